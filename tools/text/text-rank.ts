/**
 * Which sentences are central: those that resemble many others that are central themselves. Owns: the ranking
 * (G. Erkan and D. Radev, "LexRank: graph-based lexical centrality as salience in text summarization", 2004).
 */
import { similarity, type TermVector } from "./term-vectors.ts";

const DAMPING = 0.85;
const ROUNDS = 30;
/** Likeness below this is chance. */
const LEAST_SIMILARITY = 0.05;

/** Centrality of each vector, 0 to 1, the most central having 1. Takes the square of the number of vectors. */
export function rankByCentrality(vectors: readonly TermVector[]): number[] {
  const count = vectors.length;
  const edges: { to: number; weight: number }[][] = vectors.map(() => []);
  const totals = new Array<number>(count).fill(0);
  for (let left = 0; left < count; left++) {
    for (let right = left + 1; right < count; right++) {
      const weight = similarity(vectors[left]!, vectors[right]!);
      if (weight < LEAST_SIMILARITY) continue;
      edges[left]!.push({ to: right, weight });
      edges[right]!.push({ to: left, weight });
      totals[left]! += weight;
      totals[right]! += weight;
    }
  }
  let ranks = new Array<number>(count).fill(1);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Array<number>(count).fill(1 - DAMPING);
    for (let from = 0; from < count; from++) {
      const share = (DAMPING * ranks[from]!) / (totals[from]! || 1);
      for (const { to, weight } of edges[from]!) next[to]! += share * weight;
    }
    ranks = next;
  }
  const highest = ranks.reduce((most, rank) => Math.max(most, rank), 0) || 1;
  return ranks.map((rank) => rank / highest);
}
