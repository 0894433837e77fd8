/**
 * Variants of one name become one: "Lindqvist" and "Maria Lindqvist", "NWA" and "Northern Water Agency". Owns: which
 * names are the same. Must not: merge names of different kinds, nor a short name that fits two long ones.
 */

import type { NameKind } from "./name-facts.ts";
import { LEGAL_FORMS } from "./name-words.ts";

export interface NamedEntity {
  text: string;
  /** `unclear` names only add to the count of a fuller form. */
  kind: NameKind | "unclear";
  /** The dictionary knows it by itself, so it isn't short for something else. */
  isKnown: boolean;
  /** Mentions of all variants. */
  count: number;
  /** Place of the first mention among all. */
  first: number;
}

export type MergedEntity = NamedEntity & { kind: NameKind };

/** Longer names take over their shorter variants; order by count, then by first mention. */
export function mergeNames(names: readonly NamedEntity[]): MergedEntity[] {
  const byLength = [...names].sort(
    (left, right) =>
      wordsOf(right.text).length - wordsOf(left.text).length || right.count - left.count || left.first - right.first,
  );
  const merged: MergedEntity[] = [];
  const byWord = new Map<string, MergedEntity[]>();
  for (const name of byLength) {
    const candidates = new Set(variantKeys(name).flatMap((key) => byWord.get(key) ?? []));
    const hosts = [...candidates].filter((candidate) => isVariant(name, candidate));
    const host = hosts.length === 1 || (hosts.length > 1 && isAcronymText(name.text)) ? hosts[0] : undefined;
    if (host !== undefined) {
      host.count += name.count;
      host.first = Math.min(host.first, name.first);
      continue;
    }
    if (name.kind === "unclear") continue;
    const own = { ...name, kind: name.kind };
    merged.push(own);
    for (const key of hostKeys(own)) byWord.set(key, [...(byWord.get(key) ?? []), own]);
  }
  return merged.sort((left, right) => right.count - left.count || left.first - right.first);
}

/** Keys under which a full name is found by its variants. */
function hostKeys({ text }: NamedEntity): string[] {
  const words = wordsOf(text);
  return [...new Set([...words, initialsOf(text)])];
}

function variantKeys({ text }: NamedEntity): string[] {
  const words = wordsOf(text);
  return [...new Set([words[0] ?? "", words.at(-1) ?? "", text.toLowerCase().replaceAll(".", "")])];
}

function isVariant(short: NamedEntity, long: NamedEntity): boolean {
  const shortWords = wordsOf(short.text);
  const longWords = wordsOf(long.text);
  if (shortWords.join(" ") === longWords.join(" ")) return short.kind === long.kind || short.count < long.count;
  if (isAcronymText(short.text) && longWords.length > 1)
    return initialsOf(long.text) === short.text.toLowerCase().replaceAll(".", "");
  if (long.kind === "place")
    return short.kind === "place" && longWords.join(" ").startsWith(`${shortWords.join(" ")} of `);
  if (short.isKnown && long.kind === "organization") return false;
  if (long.kind === "person") return isPersonVariant(shortWords, { longWords, kind: short.kind });
  if (long.kind !== "organization" || short.kind === "place") return false;
  return (
    shortWords.length < longWords.length &&
    shortWords.every((word, index) => longWords[index] === word) &&
    short.kind !== "person"
  );
}

/** A first or last name alone, or the same last name with the same initial. A lone last name may have been misjudged. */
function isPersonVariant(shortWords: string[], long: { longWords: string[]; kind: NamedEntity["kind"] }): boolean {
  const { longWords, kind } = long;
  if (longWords.length < 2) return false;
  if (shortWords.length === 1)
    return shortWords[0] === longWords.at(-1) || (kind === "person" && shortWords[0] === longWords[0]);
  if (kind !== "person" || shortWords.at(-1) !== longWords.at(-1)) return false;
  const [shortFirst = "", longFirst = ""] = [shortWords[0], longWords[0]];
  return (
    shortFirst === longFirst ||
    (shortFirst.length === 1 && longFirst.startsWith(shortFirst)) ||
    (longFirst.length === 1 && shortFirst.startsWith(longFirst))
  );
}

/** Lower-case words without "the", dots and legal forms. */
function wordsOf(text: string): string[] {
  const words = text.toLowerCase().replaceAll(/[.,]/g, "").split(/\s+/);
  const bare = words.filter((word, index) => !(index === 0 && word === "the") && !(index > 0 && LEGAL_FORMS.has(word)));
  return bare.length > 0 ? bare : words;
}

function initialsOf(text: string): string {
  const words = text.split(/[\s-]+/).filter((word) => /^\p{Lu}/u.test(word));
  return words
    .map((word) => word.charAt(0))
    .join("")
    .toLowerCase();
}

function isAcronymText(text: string): boolean {
  return /^(?:[A-Z]\.?){2,6}$/.test(text);
}
