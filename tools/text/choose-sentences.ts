/**
 * From scored sentences to a summary without repeats. Owns: maximal marginal relevance (J. Carbonell and J. Goldstein,
 * "The use of MMR", 1998). Must not: change the text of a sentence.
 */
import type { ScoredSentence } from "./score-sentences.ts";
import type { Sentence } from "./sentences.ts";
import { similarity } from "./term-vectors.ts";

/** How much weight being different has against the score. */
const DIVERSITY = 0.35;
/** What each sentence already chosen from the same stretch of the document takes off, so that all of it is covered. */
const CROWDING = 0.06;
/** Sentences this alike say the same. */
const NEAR_DUPLICATE = 0.72;

/** The best `count` sentences that say different things, in document order. */
export function chooseSentences(scored: readonly ScoredSentence[], count: number): Sentence[] {
  const left = new Set(scored);
  const chosen: ScoredSentence[] = [];
  const stretch = (scored.reduce((end, { sentence }) => Math.max(end, sentence.end), 0) + 1) / count;
  const stretchOf = ({ sentence }: ScoredSentence): number => Math.floor(sentence.start / stretch);
  /** Likeness of each sentence to the most similar chosen one. */
  const repeated = new Map<ScoredSentence, number>();
  while (chosen.length < count && left.size > 0) {
    const crowded = chosen.map(stretchOf);
    const value = (candidate: ScoredSentence): number =>
      (1 - DIVERSITY) * candidate.score -
      DIVERSITY * (repeated.get(candidate) ?? 0) -
      CROWDING * crowded.filter((taken) => taken === stretchOf(candidate)).length;
    const best = takeBest(left, value);
    left.delete(best);
    if ((repeated.get(best) ?? 0) >= NEAR_DUPLICATE) continue;
    chosen.push(best);
    for (const other of left) {
      repeated.set(other, Math.max(repeated.get(other) ?? 0, similarity(best.vector, other.vector)));
    }
  }
  return chosen.map(({ sentence }) => sentence).sort((first, second) => first.start - second.start);
}

/** The candidate with the highest value; the first of equals. */
function takeBest(
  candidates: ReadonlySet<ScoredSentence>,
  value: (candidate: ScoredSentence) => number,
): ScoredSentence {
  let best: { candidate: ScoredSentence; value: number } | null = null;
  for (const candidate of candidates) {
    const own = value(candidate);
    if (best === null || own > best.value) best = { candidate, value: own };
  }
  if (best === null) throw new RangeError("takeBest needs at least one candidate");
  return best.candidate;
}
