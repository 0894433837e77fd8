/**
 * Built-in tool `analyze_sentiment`: the tone of a text, and how it changes. Owns: its schemas and the labels' bounds.
 */
import { z } from "zod";
import { cutText } from "../src/shared/cut-text.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { findBlocks } from "./text/blocks.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { inTurns } from "./text/in-turns.ts";
import { loadVader } from "./text/load-vader.ts";
import { sampleSentences } from "./text/sample-sentences.ts";
import { splitIntoParts } from "./text/segments.ts";
import { type Sentence, splitSentences } from "./text/sentences.ts";

const label = z.enum(["positive", "neutral", "negative"]);
type Label = z.infer<typeof label>;
const score = z.number().min(-1).max(1);

/** Mean polarity of a part's sentences; between these bounds it is neutral (VADER's own bounds). */
const NEUTRAL = 0.05;
/** A sentence without any word of feeling counts this much of one with feeling. */
const TONELESS_WEIGHT = 0.3;
const LONGEST_TELLING = 240;

/** Sentiment by sentence (VADER), for the whole text and for 3 to 8 parts in order. */
export const analyzeSentiment = defineTool({
  name: "analyze_sentiment",
  version: "1",
  description:
    "Rates the tone of a text (positive, neutral, negative; -1 to 1) as a whole and part by part in order, so that one sees how the mood changes.",
  inputSchema: z.object({ text: z.string().describe("The text whose tone is wanted.") }),
  outputSchema: z.object({
    label: label.describe("Tone of the whole text."),
    score: score.describe("Mean tone of its sentences, -1 (negative) to 1 (positive)."),
    segments: z
      .array(
        z.object({
          label: label.describe("Tone of this part."),
          score: score.describe("Mean tone of the part's sentences."),
          text: z.string().describe("The sentence that shows the part's tone best."),
        }),
      )
      .describe("3 to 8 parts of about equal length, in document order; fewer where there are fewer sentences."),
    ...evidenceShape(["vader-by-sentence", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "sentiment",
      "tone",
      "mood",
      "how the tone changes",
      "how the mood changes",
      "feeling",
      "feelings",
      "attitude",
      "emotion",
      "emotional",
      "positive or negative",
      "optimistic",
      "pessimistic",
      "upbeat",
      "polarity",
      "how does it feel",
    ],
  },
  async execute({ text }, { signal }) {
    const sentences = splitSentences(text, ["paragraph", "item", "quote", "heading", "table"]);
    const prose = sentences.filter(({ kind }) => kind !== "heading" && kind !== "table");
    const rated = sampleSentences(prose.length > 0 ? prose : sentences);
    const scores = await rateSentences(rated, signal);
    const headings = findBlocks(text).flatMap((block) => (block.kind === "heading" ? [block.start] : []));
    const segments = splitIntoParts(rated, headings).map((part) => describePart(part, scores));
    const whole = meanScore(rated, scores);
    const confidence = rated.length === 0 ? 0 : roundScore(0.4 + 0.3 * Math.min(1, ratedShare(rated, scores) * 2));
    return {
      label: labelOf(whole),
      score: whole,
      segments,
      method: rated.length === 0 ? ("none" as const) : ("vader-by-sentence" as const),
      confidence,
    };
  },
});

/** "Dear Anna," is no word of feeling. */
const SALUTATION = /^(?:My )?Dear(?:est)? [^,.!?\n]{1,60}(?:[,:!]\s*|$)/;

type Scores = ReadonlyMap<Sentence, number>;

async function rateSentences(sentences: readonly Sentence[], signal: AbortSignal): Promise<Scores> {
  const rate = await loadVader();
  const scores = new Map<Sentence, number>();
  await inTurns(sentences, { signal, size: ({ text }) => text.length * 4 }, (sentence) => {
    const said = sentence.text.replaceAll("’", "'").replace(SALUTATION, "");
    scores.set(sentence, said === "" ? 0 : rate(said));
  });
  return scores;
}

function describePart(part: readonly Sentence[], scores: Scores): { label: Label; score: number; text: string } {
  const mean = meanScore(part, scores);
  return { label: labelOf(mean), score: mean, text: tellingSentence(part, { scores, mean }) };
}

function meanScore(sentences: readonly Sentence[], scores: Scores): number {
  let sum = 0;
  let weight = 0;
  for (const sentence of sentences) {
    const own = scores.get(sentence) ?? 0;
    sum += own;
    weight += own === 0 ? TONELESS_WEIGHT : 1;
  }
  return weight === 0 ? 0 : roundScore(sum / weight);
}

/** The share of sentences that say anything about the tone. */
function ratedShare(sentences: readonly Sentence[], scores: Scores): number {
  return sentences.filter((sentence) => scores.get(sentence) !== 0).length / sentences.length;
}

function labelOf(mean: number): Label {
  return mean >= NEUTRAL ? "positive" : mean <= -NEUTRAL ? "negative" : "neutral";
}

/** The strongest sentence in the part's direction; in a neutral part the one nearest to its mean. Readable ones first. */
function tellingSentence(part: readonly Sentence[], facts: { scores: Scores; mean: number }): string {
  const { scores, mean } = facts;
  const readable = part.filter(({ text }) => text.length >= 40 && text.length <= LONGEST_TELLING);
  const direction = labelOf(mean) === "neutral" ? 0 : Math.sign(mean);
  const fit = (sentence: Sentence): number => {
    const own = scores.get(sentence) ?? 0;
    return direction === 0 ? -Math.abs(own - mean) : own * direction;
  };
  const choices = readable.length > 0 ? readable : part;
  const best = choices.reduce(
    (leader, sentence) => (fit(sentence) > fit(leader) ? sentence : leader),
    choices[0] as Sentence,
  );
  return cutText(best.text, LONGEST_TELLING);
}
