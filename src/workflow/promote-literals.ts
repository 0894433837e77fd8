/**
 * Which literals of a plan are a caller's to choose. Owns: how a literal is found among params and in a goal, and what
 * the params that come of it are called. Must not: walk through plans.
 */
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import type { Param } from "./workflow.ts";

export interface Literals {
  /** A reference to the param with this value, or null; of lists, objects, texts and numbers only. */
  param(value: JsonValue): JsonObject | null;
  /** The same; where there is none and the goal mentions the value, to a new one. */
  find(value: JsonValue, at: { key: string; step: string; mayUseGoal: boolean }): JsonObject | null;
}

/** Shorter texts are found in any goal. */
const SHORTEST_TEXT = 3;
const NUMBER_WORDS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const WORD = /[\p{L}\p{N}_]/u;

export function createLiterals({
  goal,
  params,
  declared,
}: {
  goal: string;
  params: JsonObject;
  declared: Record<string, Param>;
}): Literals {
  const made = new Map<string, JsonValue>();
  const param = (value: JsonValue): JsonObject | null => {
    if (!canBeParam(value)) return null;
    const name = Object.keys(params).find((key) => Object.hasOwn(declared, key) && isSameJson(params[key], value));
    return name === undefined ? null : referenceTo(name);
  };
  return {
    param,
    find(value, { key, step, mayUseGoal }) {
      const known = param(value);
      if (known !== null || !mayUseGoal || !isMentioned(value, goal)) return known;
      const name = nameFor(value, { key, step, declared, made });
      made.set(name, value);
      declared[name] ??= {
        type: typeof value === "string" ? "string" : Number.isSafeInteger(value) ? "integer" : "number",
        default: value,
      };
      return referenceTo(name);
    },
  };
}

function referenceTo(name: string): JsonObject {
  return { ref: /^[A-Za-z_]\w*$/.test(name) ? `params.${name}` : `params[${JSON.stringify(name)}]` };
}

function canBeParam(value: JsonValue): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return typeof value === "number";
}

function isMentioned(value: JsonValue, goal: string): boolean {
  if (typeof value === "number") {
    const word = NUMBER_WORDS[value];
    return hasWords(goal, String(value)) || (word !== undefined && hasWords(goal, word));
  }
  return typeof value === "string" && value.trim().length >= SHORTEST_TEXT && hasWords(goal, value.trim());
}

/** Whole words, in any case. */
function hasWords(goal: string, words: string): boolean {
  const [text, wanted] = [goal.toLowerCase(), words.toLowerCase()];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text.slice(at + wanted.length);
    const goesOn = WORD.test(after[0] ?? " ") || (/\d$/.test(wanted) && /^[.,]\d/.test(after));
    if (!WORD.test(before) && !goesOn) return true;
  }
  return false;
}

interface Naming {
  key: string;
  step: string;
  declared: Record<string, Param>;
  made: ReadonlyMap<string, JsonValue>;
}

/** After the argument; where that is taken by another value, with the step before it, and a number at last. */
function nameFor(value: JsonValue, { key, step, declared, made }: Naming): string {
  const plain = key.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[^A-Za-z])/, "p");
  for (let number = 0; ; number++) {
    const name = number === 0 ? plain : number === 1 ? `${step}_${plain}` : `${step}_${plain}_${number}`;
    const isMine = made.has(name) && isSameJson(made.get(name), value);
    if (isMine || !Object.hasOwn(declared, name)) return name;
  }
}
