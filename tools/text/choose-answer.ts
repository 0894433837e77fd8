/**
 * The sentence that answers a question. Owns: the score, the share of the question's telling words a sentence has, and
 * what kind of thing the question word asks for. Made for English questions.
 */
import { contentStems } from "./content-stems.ts";
import type { RankedPassage } from "./rank-passages.ts";
import { splitSentences } from "./sentences.ts";

/** Less of the question's words is no answer to it. */
const LEAST_SHARE = 0.5;

export interface ChosenAnswer {
  sentence: string;
  passage: RankedPassage;
  /** 0 to 1. */
  score: number;
}

const MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December";
const WANTED: readonly [question: RegExp, sign: RegExp][] = [
  [
    /\bhow (?:much|many|long|far|old|often|large|big|high)\b/i,
    /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred|thousand|million|half|twice|once)\b/i,
  ],
  [
    /\bwhen\b|\b(?:what|which) (?:date|day|year|month|time)\b/i,
    new RegExp(String.raw`\b\d{4}\b|\d{1,2}:\d{2}|\b(?:${MONTHS}|\w+day|tomorrow|yesterday|today|noon|o'clock)\b`),
  ],
  [/\bwho(?:se|m)?\b/i, /(?<=\S )\p{Lu}\p{Ll}+/u],
  [/\bwhere\b/i, /\b(?:in|at|on|near|from|to|beside|behind|under) (?:the )?\p{Lu}?\p{L}+/u],
  [/\bwhy\b/i, /\b(?:because|since|so that|due to|as a result|in order to|therefore)\b/i],
];

export function chooseAnswer(passages: readonly RankedPassage[], question: string): ChosenAnswer | null {
  const asked = new Set(contentStems(question));
  const sign = WANTED.find(([pattern]) => pattern.test(question))?.[1] ?? null;
  const candidates = passages.flatMap((passage) => {
    const sentences = splitSentences(passage.text, ["paragraph", "item", "quote", "table"]);
    return sentences.map(({ text }) => ({ sentence: text, passage, score: scoreOf(text, asked, sign) }));
  });
  return candidates.reduce<ChosenAnswer | null>((best, one) => (one.score > (best?.score ?? 0) ? one : best), null);
}

/** 0 for questions, and for sentences with too few of the words that were asked for. */
function scoreOf(text: string, asked: ReadonlySet<string>, sign: RegExp | null): number {
  const has = new Set(contentStems(text));
  const share = asked.size === 0 ? 0 : [...asked].filter((stem) => has.has(stem)).length / asked.size;
  if (share < LEAST_SHARE || text.endsWith("?")) return 0;
  return sign === null || sign.test(text) ? share : share * 0.6;
}
