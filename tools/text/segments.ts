/**
 * A text in a few balanced parts, in order, so that a reader can see how something changes. Owns: how many parts and
 * where they are cut: at headings first, then between blocks. Must not: split a sentence.
 */
import type { Sentence } from "./sentences.ts";

const FEWEST = 3;
const MOST = 8;
const SENTENCES_A_PART = 8;

/** 3 to 8 parts of about equal length; fewer only where there are fewer sentences. `headings` are offsets of headings. */
export function splitIntoParts(sentences: readonly Sentence[], headings: readonly number[]): Sentence[][] {
  const parts = Math.min(sentences.length, MOST, Math.max(FEWEST, Math.round(sentences.length / SENTENCES_A_PART)));
  if (parts <= 1) return sentences.length === 0 ? [] : [[...sentences]];
  const reach = cumulativeLengths(sentences);
  const total = reach.at(-1) ?? 0;
  const cuts = [0];
  for (let part = 1; part < parts; part++) {
    const window = { from: (cuts.at(-1) ?? 0) + 1, to: sentences.length - (parts - part) };
    cuts.push(bestCut(sentences, { reach, headings, window, target: (total * part) / parts, size: total / parts }));
  }
  return cuts.map((cut, index) => sentences.slice(cut, cuts[index + 1] ?? sentences.length));
}

function cumulativeLengths(sentences: readonly Sentence[]): number[] {
  let sum = 0;
  return sentences.map((sentence) => {
    sum += sentence.text.length;
    return sum;
  });
}

interface CutQuestion {
  /** Characters up to and with each sentence. */
  reach: readonly number[];
  headings: readonly number[];
  /** First and last sentence that may open the part. */
  window: { from: number; to: number };
  target: number;
  size: number;
}

/** The sentence to start the part with: near the target, better at a block's start, best below a heading. */
function bestCut(sentences: readonly Sentence[], question: CutQuestion): number {
  const { reach, headings, window, target, size } = question;
  let best = window.from;
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = window.from; index <= window.to; index++) {
    const before = sentences[index - 1] as Sentence;
    const here = sentences[index] as Sentence;
    const isBelowHeading = headings.some((heading) => heading >= before.end && heading < here.start);
    const bonus = isBelowHeading ? 0.45 : here.block === before.block ? 0 : 0.15;
    const cost = Math.abs((reach[index - 1] ?? 0) - target) / size - bonus;
    if (cost >= lowest) continue;
    best = index;
    lowest = cost;
  }
  return best;
}
