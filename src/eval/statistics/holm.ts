/** Several tests looked at together. Owns: Holm's correction. */

/**
 * Adjusted p-values, in the order given: an adjusted value below 0.05 keeps the chance of any false alarm below 5 %.
 * Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).
 */
export function holmAdjust(ps: readonly number[]): number[] {
  const order = ps.map((p, place) => ({ p, place })).sort((left, right) => left.p - right.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let highest = 0;
  for (const [rank, { p, place }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * p));
    adjusted[place] = highest;
  }
  return adjusted;
}
