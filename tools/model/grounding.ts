/**
 * How much of what a model wrote stands on what it was given. Owns: the measure, which serves as the confidence of
 * model-backed tools. Must not: be taken for truth: words may be there and the sentence false.
 */
import type { JsonValue } from "../../src/shared/json.ts";
import { roundScore } from "../text/evidence.ts";
import { stem } from "../text/stem.ts";
import { isStopWord } from "../text/stop-words.ts";
import { splitWords } from "../text/words.ts";

/** More words than this would tell nothing new. */
const MOST_WORDS = 500;

/** Share of the content words that occur in the source, in whatever form, 0 to 1; 0 for a text without any. */
export function groundingOf(text: string, source: string): number {
  const beginnings = [...new Set(splitWords(text).flatMap((word) => beginningOf(word.text.toLowerCase())))];
  const some = beginnings.slice(0, MOST_WORDS);
  if (some.length === 0) return 0;
  const given = source.toLowerCase();
  return roundScore(some.filter((beginning) => given.includes(beginning)).length / some.length);
}

/** What all forms of a word begin with; nothing for words that say nothing. */
function beginningOf(word: string): string[] {
  if (isStopWord(word) || /^[a-z]$/.test(word)) return [];
  const stemmed = stem(word);
  let length = 0;
  while (length < word.length && word[length] === stemmed[length]) length++;
  return [word.slice(0, Math.max(length, 3))];
}

const MOST_LEAVES = 1_000;

/** Share of the texts and numbers in a value that occur in the source as they are; 0 where it has none. */
export function literalShare(value: JsonValue, source: string): number {
  const leaves = leavesOf(value).slice(0, MOST_LEAVES);
  if (leaves.length === 0) return 0;
  const given = source.toLowerCase();
  return roundScore(leaves.filter((leaf) => given.includes(leaf.toLowerCase())).length / leaves.length);
}

function leavesOf(value: JsonValue): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value.trim()];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}
