/** The words that say what a text is about, as stems. Owns: the filter (stop words, single letters, bare numbers). */
import { stem } from "./stem.ts";
import { isStopWord } from "./stop-words.ts";
import { splitWords } from "./words.ts";

/** Stems in order, with repeats. */
export function contentStems(text: string): string[] {
  const stems: string[] = [];
  for (const word of splitWords(text)) {
    const lower = word.text.toLowerCase();
    if (isStopWord(lower) || /^(?:[a-z]|[\d.,-]+)$/.test(lower)) continue;
    stems.push(stem(lower));
  }
  return stems;
}
