/** What is known about a name before it is judged. Owns: the kinds and the shape of the facts. */
import type { NameMention } from "./find-names.ts";
import type { KnownName } from "./load-name-lexicon.ts";

export type NameKind = "person" | "organization" | "place";

/** All mentions of one name, and what is known about it. */
export interface NameFacts {
  words: readonly string[];
  mentions: readonly NameMention[];
  known: KnownName;
  isOrdinary: (word: string) => boolean;
}
