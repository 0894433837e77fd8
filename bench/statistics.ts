/** Numbers from several runs. */

/** The middle one; of an even count the mean of the two. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Medians, field by field, of what `measure` gives in each round; the rounds run one after the other. */
export async function medianOf<K extends string>(
  rounds: number,
  measure: () => Promise<Record<K, number>>,
): Promise<Record<K, number>> {
  const results: Record<K, number>[] = [];
  for (let round = 0; round < rounds; round++) results.push(await measure());
  const keys = Object.keys(results[0] ?? {}) as K[];
  return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => result[key]))])) as Record<
    K,
    number
  >;
}

/** Rounded to what is worth reading. */
export function rounded(value: number): number {
  return Number(value.toPrecision(value >= 1_000 ? 4 : 3));
}
