/**
 * Formulas of readability. Owns: the counts they need and their constants.
 * J. P. Kincaid et al., Derivation of new readability formulas, 1975 (grade); C. H. Björnsson, Läsbarhet, 1968 (LIX);
 * J. Anderson, Lix and Rix, Journal of Reading 26, 1983 (grades of LIX).
 */
import { inTurns } from "./in-turns.ts";
import { splitSentences } from "./sentences.ts";
import { splitWords } from "./words.ts";

export interface ReadingCounts {
  words: number;
  sentences: number;
  syllables: number;
  /** Of more than six letters. */
  longWords: number;
}

export async function countReading(text: string, signal: AbortSignal): Promise<ReadingCounts> {
  const counts: ReadingCounts = { words: 0, sentences: 0, syllables: 0, longWords: 0 };
  await inTurns(splitSentences(text), { signal, size: (sentence) => sentence.text.length }, (sentence) => {
    const words = splitWords(sentence.text).filter((word) => /\p{L}/u.test(word.text));
    if (words.length === 0) return;
    counts.sentences++;
    counts.words += words.length;
    for (const word of words) {
      counts.syllables += countSyllables(word.text);
      if (word.text.length > 6) counts.longWords++;
    }
  });
  return counts;
}

export function fleschKincaidGrade({ words, sentences, syllables }: ReadingCounts): number {
  return 0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59;
}

/** Lowest LIX of each grade from 1 on; below the first it is grade 0. */
const GRADES = [10, 15, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56];

export function lixGrade({ words, sentences, longWords }: ReadingCounts): number {
  const lix = words / sentences + (100 * longWords) / words;
  return 1 + GRADES.filter((least) => lix >= least).length;
}

/** English syllables by groups of vowels; a silent e at the end and -ed don't count. At least one. */
export function countSyllables(word: string): number {
  const lower = word
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$/, "")
    .replace(/(?<=[^aeiouytd])ed$/, "d")
    .replace(/(?<=[^aeiouycsxzgh])es$/, "s");
  return Math.max(1, lower.match(/[aeiouy]+/g)?.length ?? 0);
}
