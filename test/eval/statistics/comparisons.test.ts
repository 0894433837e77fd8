/** Comparisons of two variants: the tests behind them, and what holds for any. How often they are right: test/scenarios. */
import fc from "fast-check";
import { jStat } from "jstat";
import { describe, expect, test } from "vitest";
import { comparePaired, judgeComparisons } from "../../../src/eval/statistics/compare-paired.ts";
import { mcnemarExact } from "../../../src/eval/statistics/mcnemar.ts";
import { signFlipTest } from "../../../src/eval/statistics/sign-flip.ts";
import { seededRandom } from "../../../src/shared/random.ts";

describe("McNemar's exact test", () => {
  test("is the binomial tail, to 1e-9", () => {
    for (let gained = 0; gained <= 25; gained++) {
      for (let lost = 0; lost <= 25; lost++) {
        const tail = jStat.binomial.cdf(Math.min(gained, lost), gained + lost, 0.5);
        const wanted = gained + lost === 0 ? 1 : Math.min(1, 2 * tail);
        expect(mcnemarExact({ gained, lost })).toBeCloseTo(wanted, 9);
      }
    }
  });

  test("needs six cases on one side alone", () => {
    expect(mcnemarExact({ gained: 5, lost: 0 })).toBeCloseTo(0.0625, 12);
    expect(mcnemarExact({ gained: 6, lost: 0 })).toBeCloseTo(0.03125, 12);
  });
});

describe("the sign-flip test", () => {
  test("counts every way to flip signs where they are few", () => {
    // Of 8 ways two are as extreme as 1 + 2 + 3.
    expect(signFlipTest([1, 2, 3], seededRandom(1))).toBe(0.25);
    // |−1 + 2 + 3| = 4 is reached by ±(3 + 2 ± 1).
    expect(signFlipTest([-1, 2, 3], seededRandom(1))).toBe(0.5);
    expect(signFlipTest([0, 0, 0], seededRandom(1))).toBe(1);
  });

  test("agrees, where it draws, with counting all ways", () => {
    const sums = Array.from({ length: 15 }, (_, place) => Math.sin(place) + 0.35);
    let extreme = 0;
    const observed = sums.reduce((sum, one) => sum + one, 0);
    for (let way = 0; way < 2 ** 15; way++) {
      const total = sums.reduce((sum, one, place) => sum + ((way >> place) & 1 ? one : -one), 0);
      if (Math.abs(total) >= Math.abs(observed) - 1e-9) extreme += 1;
    }
    expect(Math.abs(signFlipTest(sums, seededRandom(3)) - extreme / 2 ** 15)).toBeLessThan(0.012);
  });
});

const pairArbitrary = fc.array(
  fc.record({
    case: fc.uuid(),
    cluster: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
    baseline: fc.double({ min: 0, max: 1, noNaN: true }),
    variant: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe("any comparison", () => {
  test("is the same for the same seed, and turns round with its sides", () => {
    fc.assert(
      fc.property(pairArbitrary, fc.nat(), (pairs, seed) => {
        const one = comparePaired(pairs, { seed });
        expect(comparePaired(pairs, { seed })).toEqual(one);
        const turned = pairs.map(({ baseline, variant, ...rest }) => ({
          ...rest,
          baseline: variant,
          variant: baseline,
        }));
        expect(comparePaired(turned, { seed }).difference).toBeCloseTo(-one.difference, 12);
        expect(comparePaired(turned, { seed }).p).toBeCloseTo(one.p, 12);
      }),
      { numRuns: 40 },
    );
  });

  test("has its difference inside the interval or at its rim, and p in (0, 1]", () => {
    fc.assert(
      fc.property(pairArbitrary, (pairs) => {
        const { difference, low, high, p, clusters } = comparePaired(pairs, { seed: 1 });
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        if (clusters < 2) expect(low).toBeNull();
        if (clusters >= 6) expect(low).not.toBeNull();
        if (low === null || high === null) return;
        expect(low).toBeLessThanOrEqual(difference + 1e-9);
        expect(high).toBeGreaterThanOrEqual(difference - 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test("of fewer than six clusters can show nothing, and says so", () => {
    const pairs = ["a", "b", "c", "d", "e"].map((cluster) => ({ case: cluster, cluster, baseline: 0, variant: 0.9 }));
    const [judged] = judgeComparisons([comparePaired(pairs, { seed: 1 })]);
    expect(judged).toMatchObject({ difference: 0.9, p: 0.0625, smallestEffect: null, verdict: "no-evidence" });
  });

  test("of a few cases that all agree has no interval, and of six that agree it says that nothing changed", () => {
    const equal = (count: number) =>
      Array.from({ length: count }, (_, place) => ({
        case: `c${place}`,
        cluster: `c${place}`,
        baseline: 1,
        variant: 1,
      }));
    expect(comparePaired(equal(2), { seed: 1 })).toMatchObject({ difference: 0, low: null, high: null });
    expect(comparePaired(equal(6), { seed: 1 })).toMatchObject({ difference: 0, low: 0, high: 0, p: 1 });
  });

  test("of clusters whose means agree by chance is as wide as their cases differ", () => {
    const pairs = [0, 1, 0, 1].map((variant, place) => {
      return { case: `c${place}`, cluster: `d${place >> 1}`, baseline: 1 - variant, variant };
    });
    const { difference, low, high } = comparePaired(pairs, { seed: 1 });
    // ±1 twice each: s/√n = √(4/3)/2 = 1/√3, and t(0.975) with one degree of freedom is 12.706204736174705.
    expect(difference).toBe(0);
    expect(low).toBeCloseTo(-12.706204736174705 / Math.sqrt(3), 9);
    expect(high).toBeCloseTo(12.706204736174705 / Math.sqrt(3), 9);
  });

  test("of nothing, or of one cluster, is no evidence", () => {
    expect(judgeComparisons([comparePaired([], { seed: 1 })])[0]).toMatchObject({ p: 1, verdict: "no-evidence", n: 0 });
    const one = [{ case: "a", cluster: "a", baseline: 0, variant: 1 }];
    expect(judgeComparisons([comparePaired(one, { seed: 1 })])[0]).toMatchObject({ low: null, verdict: "no-evidence" });
  });
});
