/** The best assignment is the best one: against trying all of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { assignBest } from "../../src/eval/optimal-assignment.ts";

/** The largest sum of any way to give each row of the shorter side a place of its own. */
function bestByTrying(weights: number[][], used: ReadonlySet<number> = new Set(), row = 0): number {
  if (row === weights.length) return 0;
  const columns = weights[0]!.length;
  let best = Number.NEGATIVE_INFINITY;
  for (let column = 0; column < columns; column++) {
    if (used.has(column)) continue;
    best = Math.max(best, weights[row]![column]! + bestByTrying(weights, new Set([...used, column]), row + 1));
  }
  return best;
}

const matrix = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

test("no other assignment has a larger sum, and nothing is used twice", () => {
  fc.assert(
    fc.property(matrix, (weights) => {
      const pairs = assignBest(weights);
      const columns = weights[0]!.length;
      const turned = weights[0]!.map((_, column) => weights.map((row) => row[column]!));
      const best = bestByTrying(weights.length <= columns ? weights : turned);
      expect(pairs).toHaveLength(Math.min(weights.length, columns));
      expect(new Set(pairs.map(({ row }) => row)).size).toBe(pairs.length);
      expect(new Set(pairs.map(({ column }) => column)).size).toBe(pairs.length);
      expect(pairs.reduce((sum, { weight }) => sum + weight, 0)).toBe(best);
      for (const { row, column, weight } of pairs) expect(weight).toBe(weights[row]![column]);
    }),
    { numRuns: 500 },
  );
});

test("nothing is assigned where one side is empty", () => {
  expect(assignBest([])).toEqual([]);
  expect(assignBest([[], []])).toEqual([]);
});

test("200 rows by 200 columns with a known best: the permutation that weighs most", () => {
  const size = 200;
  const weights = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) =>
      column === (row * 7 + 3) % size ? 2 : ((row * 31 + column * 17) % 100) / 100,
    ),
  );
  expect(assignBest(weights).every(({ row, column }) => column === (row * 7 + 3) % size)).toBe(true);
});
