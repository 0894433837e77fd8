/** One thing the goal asks for. Owns: its shape. */
import type { Mention } from "./mentions.ts";
import type { Clause } from "./split-goal.ts";
import type { Token } from "./tokens.ts";

export interface Wish {
  /** The goal's own words. */
  text: string;
  /** The clause, with what was added to it. */
  tokens: Token[];
  mention: Mention;
  /** Words that matched, for names. */
  words: Token[];
  stage: number;
  branch: Clause["branch"];
  each: Token[] | null;
  /** The wish whose answer this one works on. */
  source: Wish | null;
  /** Only a source for others; no part of the result. */
  isHidden: boolean;
}
