/**
 * A light guess at a text's language. Owns: "is this surely English?". Must not: guess where it isn't cheap and
 * reliable; other languages are null.
 */

/** Words that are frequent in English and in hardly any other language. */
const ENGLISH = new Set([
  "the",
  "and",
  "of",
  "to",
  "that",
  "is",
  "for",
  "with",
  "this",
  "are",
  "from",
  "have",
  "which",
  "by",
  "not",
  "on",
  "it",
]);
/** About 11 % of English prose are "the", "and", "of", "to"; 17 words of the list are 20 to 30 %. */
const LEAST_SHARE = 0.14;
const LEAST_WORDS = 12;

/** `en`, or null where the text is short, has few words, or isn't surely English. */
export function guessLanguage(text: string): string | null {
  const words: string[] =
    text
      .slice(0, 20_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  if (words.length < LEAST_WORDS) return null;
  const hits = words.filter((word) => ENGLISH.has(word)).length;
  return hits / words.length >= LEAST_SHARE && words.includes("the") ? "en" : null;
}
