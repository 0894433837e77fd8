/**
 * Candidates for key phrases: runs of adjectives and nouns in English, runs between stop words elsewhere. Owns: what
 * may be a topic. Must not: score.
 */
import type { TaggedWord } from "./load-wink.ts";
import { ROLES, TITLES } from "./name-words.ts";
import { isStopWord } from "./stop-words.ts";
import { splitWords } from "./words.ts";

const MAX_WORDS = 4;
/** Nouns that say nothing of a topic, and words of time and measure. */
const EMPTY_NOUNS = new Set(
  `thing way lot bit kind sort type number part time day week month year hour minute moment today tonight tomorrow yesterday
  people person man woman folk guy everyone someone anyone example case fact reason question answer percent cent million billion
  thousand hundred dozen pound dollar euro mile metre meter kilometre end start side top bottom place point piece half quarter
  rest anything nothing something january february march april june july august september october november december monday
  tuesday wednesday thursday friday saturday sunday mr mrs ms dr morning afternoon evening night noon midnight item other chance hand
  page table chapter section figure note summary introduction conclusion background overview hello dear regards
  thanks thank applause laughter country nation world home life name word line case area place sense matter need hope idea`.split(
    /\s+/,
  ),
);
/** Adjectives that don't narrow a noun. */
const EMPTY_ADJECTIVES = new Set(
  `new old good great big small own same such many few more most much last next first second third other several whole
  able certain sure real true full long short high low early late different important possible only entire past
  recent current previous main major late little best better bad worse worst open ready two three four five six seven eight
  nine ten further following additional total`.split(/\s+/),
);

export interface Phrase {
  words: string[];
  /** Nothing but proper nouns. */
  isName: boolean;
}

/** Phrases of one tagged sentence. */
export function nounPhrases(tagged: readonly TaggedWord[]): Phrase[] {
  const phrases: Phrase[] = [];
  let run: TaggedWord[] = [];
  for (const word of [...tagged, { text: "", tag: "PUNCT" }]) {
    if (isPart(word)) {
      run.push(word);
      continue;
    }
    const phrase = trimRun(run);
    if (phrase !== null) phrases.push(phrase);
    run = [];
  }
  return phrases;
}

function isPart({ text, tag }: TaggedWord): boolean {
  return (
    (tag === "NOUN" || tag === "PROPN" || tag === "ADJ") &&
    /^[\p{L}][\p{L}\p{N}'’&.-]*$/u.test(text) &&
    !isStopWord(text.toLowerCase())
  );
}

/** Ends on a noun, starts with a word that narrows; the last words of long runs. */
function trimRun(run: readonly TaggedWord[]): Phrase | null {
  let end = run.length;
  while (end > 0 && (run[end - 1]!.tag === "ADJ" || isEmptyNoun(run[end - 1]!.text))) end--;
  let start = Math.max(0, end - MAX_WORDS);
  while (start < end && (EMPTY_ADJECTIVES.has(run[start]!.text.toLowerCase()) || isEmptyNoun(run[start]!.text)))
    start++;
  while (start < end - 1 && TITLES.has(wordKey(run[start]!))) start++;
  const words = run.slice(start, end);
  if (words.length === 1 && (TITLES.has(wordKey(words[0]!)) || ROLES.has(wordKey(words[0]!)))) return null;
  const isLoneLetter = words.length === 1 && words[0]!.text.length < 3 && !/^[A-Z]{2}$/.test(words[0]!.text);
  if (words.length === 0 || isLoneLetter) return null;
  return { words: words.map((word) => displayForm(word)), isName: words.every(({ tag }) => tag === "PROPN") };
}

function wordKey({ text }: TaggedWord): string {
  return text.toLowerCase().replaceAll(".", "");
}

function isEmptyNoun(text: string): boolean {
  const lower = text.toLowerCase();
  return EMPTY_NOUNS.has(lower) || lower === "lives" || (lower.endsWith("s") && EMPTY_NOUNS.has(lower.slice(0, -1)));
}

/** Names keep their capitals, other words lose the one of a sentence start. */
function displayForm({ text, tag }: TaggedWord): string {
  return tag === "PROPN" || /\p{Lu}.*\p{Lu}/u.test(text) ? text : text.toLowerCase();
}

/** Runs of content words between stop words and punctuation, for texts that aren't English (RAKE, S. Rose et al., 2010). */
export function contentRuns(sentence: string): Phrase[] {
  const runs: Phrase[] = [];
  let run: string[] = [];
  let last = 0;
  for (const word of splitWords(sentence)) {
    const gap = sentence.slice(last, word.start);
    last = word.end;
    const lower = word.text.toLowerCase();
    const isContent = lower.length > (/[a-z]/.test(lower) ? 3 : 1) && !isStopWord(lower) && /\p{L}/u.test(lower);
    if (!isContent || !/^\s*$/.test(gap) || run.length >= 2) {
      if (run.length > 0) runs.push({ words: run, isName: false });
      run = [];
    }
    if (isContent) run.push(lower);
  }
  return run.length > 0 ? [...runs, { words: run, isName: false }] : runs;
}
