/**
 * Words that structure a goal: order, conditions, branches, exceptions, repetition. Owns: their spellings.
 * Must not: decide what they do (split-goal.ts does).
 */
import { isDocumentNoun, type Token } from "./tokens.ts";
import { NOUN_VERBS, OPEN_VERBS, STOP_WORDS, TASK_VERBS } from "./vocabulary.ts";

export type MarkerKind =
  | "and"
  | "or"
  | "but"
  | "comma"
  | "then"
  | "first"
  | "if"
  | "unless"
  | "else"
  | "not"
  | "each"
  | "reason"
  | "using"
  | "before"
  | "after";

export interface Marker {
  kind: MarkerKind;
  /** How many tokens it takes. */
  length: number;
}

interface Spelling {
  words: string[];
  kind: MarkerKind;
  /** Only where a clause begins. */
  isInitial: boolean;
}

const TABLE: readonly [MarkerKind, "initial" | "anywhere", string][] = [
  ["then", "anywhere", "then|after that|after this|after which|afterwards|finally|lastly|subsequently|and then"],
  ["then", "initial", "next|in the end|at the end|last of all|once done|when done|once that is done"],
  ["first", "initial", "first|firstly|first of all|to begin with|to start with"],
  ["and", "anywhere", "and|&|plus|as well as|along with|together with"],
  ["and", "initial", "also|in addition|additionally"],
  ["or", "anywhere", "or|nor"],
  ["but", "anywhere", "but|however|though"],
  ["unless", "anywhere", "unless|except if|except when"],
  ["if", "anywhere", "if|in case|provided that|only if|in the event that"],
  ["else", "anywhere", "otherwise|or else|else|if not|in any other case|failing that"],
  [
    "not",
    "anywhere",
    "do not|don't|dont|does not|must not|should not|mustn't|shouldn't|never|without|except for|except",
  ],
  [
    "not",
    "anywhere",
    "excluding|nothing about|nothing on|nothing|instead of|rather than|leave out|but not|not the|not a",
  ],
  ["not", "anywhere", "no need to|no need for|other than|neither"],
  ["not", "initial", "no|not|skip|omit|exclude|avoid|ignore"],
  ["each", "anywhere", "for each of the|for each|for every one of the|for every|each of the|each|every"],
  ["reason", "anywhere", "because|so that|in order to|in order that|so i|so we|so they|as i|as we|since i|since we"],
  ["using", "initial", "using|based on|on the basis of|with the help of|from|out of"],
  ["before", "anywhere", "before"],
  ["after", "anywhere", "after|once"],
];

const SPELLINGS = new Map<string, Spelling[]>();
for (const [kind, where, phrases] of TABLE) {
  for (const phrase of phrases.split("|")) {
    const words = phrase.split(" ");
    const known = SPELLINGS.get(words[0] ?? "") ?? [];
    SPELLINGS.set(words[0] ?? "", [...known, { words, kind, isInitial: where === "initial" }]);
  }
}
for (const list of SPELLINGS.values()) list.sort((a, b) => b.words.length - a.words.length);

/** The marker at this place, the longest spelling first, or null. */
export function markerAt(tokens: readonly Token[], at: number, isInitial: boolean): Marker | null {
  const token = tokens[at];
  if (token === undefined || token.kind === "quote") return null;
  if (token.kind === "mark") return token.lower === "&" ? { kind: "and", length: 1 } : { kind: "comma", length: 1 };
  for (const spelling of SPELLINGS.get(token.lower) ?? []) {
    if (spelling.isInitial && !isInitial) continue;
    if (!spelling.words.every((word, offset) => tokens[at + offset]?.lower === word)) continue;
    const marker = { kind: spelling.kind, length: spelling.words.length };
    if (isMeant(tokens, at, marker)) return marker;
  }
  return null;
}

/** Sorts out words that are markers only before certain others. */
function isMeant(tokens: readonly Token[], at: number, marker: Marker): boolean {
  const next = tokens[at + marker.length];
  const word = tokens[at]?.lower;
  if (marker.kind === "before" || marker.kind === "after") return next !== undefined && isDoing(next);
  if (marker.kind === "first" && word === "first" && marker.length === 1) return next?.kind !== "number";
  if (word === "not" && next?.lower === "only") return false;
  if (word === "no" && marker.length === 1)
    return next?.lower !== "more" && next?.lower !== "longer" && next?.lower !== "later";
  if (word === "nothing" && marker.length === 1) return next?.lower !== "but" && next?.lower !== "else";
  return true;
}

function isDoing(token: Token): boolean {
  return /.{2}ing$/.test(token.lower) || token.lower === "you";
}

/** True where this token opens a clause of its own: an imperative, seen by the words around it. */
export function isVerbAt(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token === undefined || token.kind !== "word") return false;
  if (TASK_VERBS.has(token.lower)) return true;
  const next = tokens[at + 1];
  const isLight = next === undefined || next.kind !== "word" || STOP_WORDS.has(next.lower);
  if (NOUN_VERBS.has(token.lower))
    return isLight && !(next?.kind === "mark") && next !== undefined && !LINKS.has(next.lower);
  return OPEN_VERBS.has(token.lower) && !isDocumentNoun(token) && !(next !== undefined && LINKS.has(next.lower));
}

/** After these a word before is a noun: "order of", "report is". */
const LINKS: ReadonlySet<string> = new Set([
  "of",
  "is",
  "are",
  "was",
  "were",
  "in",
  "from",
  "about",
  "and",
  "or",
  "has",
]);
