/**
 * Sentences as weighted term vectors, and how alike two of them are. Owns: tf–idf with cosine similarity
 * (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988).
 */

/** Term → weight; unit length, or empty. */
export type TermVector = ReadonlyMap<string, number>;

/** In how many of the lists each term occurs. */
export function documentFrequencies(lists: readonly (readonly string[])[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const list of lists) for (const term of new Set(list)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  return frequencies;
}

/** Vector of a list of terms, where `total` lists were counted in `frequencies`. */
export function termVector(
  terms: readonly string[],
  corpus: { frequencies: ReadonlyMap<string, number>; total: number },
): TermVector {
  const vector = new Map<string, number>();
  for (const term of terms) vector.set(term, (vector.get(term) ?? 0) + 1);
  let squares = 0;
  for (const [term, count] of vector) {
    const weight = (1 + Math.log(count)) * Math.log(1 + corpus.total / (corpus.frequencies.get(term) ?? 1));
    vector.set(term, weight);
    squares += weight * weight;
  }
  const length = Math.sqrt(squares);
  for (const [term, weight] of vector) vector.set(term, weight / length);
  return vector;
}

/** Cosine of two vectors, 0 to 1. */
export function similarity(left: TermVector, right: TermVector): number {
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return sum;
}
