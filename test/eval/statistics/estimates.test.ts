/** Means with intervals, pass@k and pass^k, Holm, agreement: against hand-worked figures and an independent package. */
import fc from "fast-check";
import { jStat } from "jstat";
import { describe, expect, test } from "vitest";
import { measureAgreement } from "../../../src/eval/statistics/agreement.ts";
import { estimateMean } from "../../../src/eval/statistics/estimate-mean.ts";
import { holmAdjust } from "../../../src/eval/statistics/holm.ts";
import { meanOverCases, passAtK, passHatK } from "../../../src/eval/statistics/pass-at-k.ts";
import { wilsonInterval } from "../../../src/eval/statistics/wilson.ts";
import { seededRandom } from "../../../src/shared/random.ts";

describe("a mean", () => {
  test("of single trials has the usual standard error and t-interval", () => {
    const values = [0.2, 0.9, 0.4, 1, 0.65];
    const got = estimateMean(values.map((value, place) => ({ value, cluster: `c${place}` })));
    const mean = 0.63;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 / 5);
    const half = 2.7764451051977987 * error;
    expect(got).toMatchObject({ n: 5, clusters: 5, method: "student-t" });
    expect(got?.mean).toBeCloseTo(mean, 12);
    expect(got?.standardError).toBeCloseTo(error, 12);
    expect(got?.low).toBeCloseTo(mean - half, 9);
    expect(got?.high).toBeCloseTo(mean + half, 9);
  });

  test("of clusters counts clusters, not trials: worked by hand", () => {
    // Clusters {1, 1}, {0, 0}, {1, 0}: mean 1/2; cluster residuals 1, −1, 0; 3/2 · 2 = 3; √3 / 6.
    const observations = [1, 1, 0, 0, 1, 0].map((value, place) => ({ value, cluster: `d${place >> 1}` }));
    const got = estimateMean(observations);
    expect(got).toMatchObject({ mean: 0.5, n: 6, clusters: 3, method: "student-t" });
    expect(got?.standardError).toBeCloseTo(Math.sqrt(3) / 6, 12);
    expect(got?.high).toBeCloseTo(0.5 + (4.302652729911275 * Math.sqrt(3)) / 6, 9);
  });

  test("repeating each trial within its cluster makes nothing more certain", () => {
    const once = [0.1, 0.5, 0.9, 0.3].map((value, place) => ({ value, cluster: `c${place}` }));
    const thrice = once.flatMap((one) => [one, one, one]);
    expect(estimateMean(thrice)?.standardError).toBeCloseTo(estimateMean(once)?.standardError ?? Number.NaN, 12);
    expect(estimateMean(thrice)?.low).toBeCloseTo(estimateMean(once)?.low ?? Number.NaN, 12);
  });

  test("of one 0-or-1 trial a case has Wilson's interval", () => {
    const got = estimateMean([1, 1, 1, 0].map((value, place) => ({ value, cluster: `c${place}` })));
    expect(got).toMatchObject({ mean: 0.75, method: "wilson", ...wilsonInterval(3, 4) });
  });

  test("that is 1 throughout is not claimed to be certain", () => {
    const all = Array.from({ length: 30 }, (_, place) => ({ value: 1, cluster: `d${place % 10}` }));
    expect(estimateMean(all)).toMatchObject({ mean: 1, high: 1, standardError: 0, method: "wilson" });
    expect(estimateMean(all)?.low).toBeCloseTo(wilsonInterval(10, 10).low, 12);
  });

  test("of clusters whose means agree by chance is as uncertain as its trials differ", () => {
    const observations = [0, 1, 0, 1].map((value, place) => ({ value, cluster: `d${place >> 1}` }));
    const got = estimateMean(observations);
    // s/√n = √(1/3)/2, and t(0.975) with one degree of freedom is 12.706204736174705.
    expect(got?.standardError).toBeCloseTo(Math.sqrt(1 / 12), 12);
    expect(got?.low).toBeCloseTo(0.5 - 12.706204736174705 * Math.sqrt(1 / 12), 9);
  });

  test("that is the same in every trial, but neither 0 nor 1, is not claimed to be certain either", () => {
    const observations = ["a", "b", "b"].map((cluster) => ({ value: 0.95, cluster }));
    expect(estimateMean(observations)).toMatchObject({ mean: 0.95, method: "wilson", ...wilsonInterval(1.9, 2) });
  });

  test.each([
    [2, 4],
    [3, 4],
    [6, 2],
  ])("of %i clusters with %i trials each: the interval is never a point, and seldom misses", (count, size) => {
    const random = seededRandom(count);
    let missed = 0;
    for (let experiment = 0; experiment < 1_000; experiment++) {
      const observations = Array.from({ length: count * size }, (_, place) => {
        return { value: random.next() < 0.5 ? 1 : 0, cluster: `c${place % count}` };
      });
      const { low, high } = estimateMean(observations)!;
      expect(low).toBeLessThan(high!);
      if (low! > 0.5 || high! < 0.5) missed += 1;
    }
    expect(missed).toBeLessThanOrEqual(50);
  });

  test("of one cluster has no interval, and of nothing there is no mean", () => {
    expect(estimateMean([{ value: 1, cluster: "a" }])).toMatchObject({
      mean: 1,
      low: null,
      high: null,
      method: "none",
    });
    expect(estimateMean([])).toBeNull();
  });

  test("its interval holds the true mean in about 95 of 100 experiments, also where trials of a cluster hang together", () => {
    const random = seededRandom(11);
    let covered = 0;
    for (let experiment = 0; experiment < 2_000; experiment++) {
      const observations = Array.from({ length: 20 }, (_, cluster) => {
        const shared = random.next();
        return Array.from({ length: 4 }, () => ({ value: (shared + random.next()) / 2, cluster: `c${cluster}` }));
      }).flat();
      const { low, high } = estimateMean(observations)!;
      if (low! <= 0.5 && high! >= 0.5) covered += 1;
    }
    expect(covered / 2_000).toBeGreaterThan(0.935);
    expect(covered / 2_000).toBeLessThan(0.965);
  });
});

describe("Wilson's interval", () => {
  /** R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3. */
  test.each([
    [81, 263, [0.2553, 0.3662]],
    [15, 148, [0.0624, 0.1605]],
    [0, 20, [0, 0.1611]],
    [1, 29, [0.0061, 0.1718]],
  ] as const)("for %i of %i is as published", (successes, n, [low, high]) => {
    const got = wilsonInterval(successes, n);
    expect(got.low).toBeCloseTo(low, 4);
    expect(got.high).toBeCloseTo(high, 4);
  });

  test("holds the share, lies within 0 and 1, and mirrors with failures for successes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (n, drawn) => {
        const successes = drawn % (n + 1);
        const { low, high } = wilsonInterval(successes, n);
        const mirror = wilsonInterval(n - successes, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / n + 1e-12);
        expect(high).toBeGreaterThanOrEqual(successes / n - 1e-12);
        expect(mirror.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

describe("pass@k and pass^k", () => {
  test("are the ratios of binomial coefficients, to 1e-9", () => {
    for (let trials = 1; trials <= 12; trials++) {
      for (let successes = 0; successes <= trials; successes++) {
        for (let k = 1; k <= trials; k++) {
          const ratio = (part: number): number =>
            part < k ? 0 : jStat.combination(part, k) / jStat.combination(trials, k);
          expect(passAtK({ trials, successes }, k)).toBeCloseTo(1 - ratio(trials - successes), 9);
          expect(passHatK({ trials, successes }, k)).toBeCloseTo(ratio(successes), 9);
        }
      }
    }
  });

  test("are unbiased: their mean over all outcomes is what k fresh trials would give", () => {
    const [trials, chance, k] = [8, 0.3, 3];
    let [any, every] = [0, 0];
    for (let successes = 0; successes <= trials; successes++) {
      const weight = jStat.combination(trials, successes) * chance ** successes * (1 - chance) ** (trials - successes);
      any += weight * passAtK({ trials, successes }, k)!;
      every += weight * passHatK({ trials, successes }, k)!;
    }
    expect(any).toBeCloseTo(1 - (1 - chance) ** k, 9);
    expect(every).toBeCloseTo(chance ** k, 9);
  });

  test("say nothing of more trials than there were", () => {
    expect(passAtK({ trials: 2, successes: 2 }, 3)).toBeNull();
    expect(passHatK({ trials: 2, successes: 2 }, 3)).toBeNull();
    expect(
      meanOverCases(
        [
          { trials: 2, successes: 1 },
          { trials: 1, successes: 1 },
        ],
        2,
        passAtK,
      ),
    ).toBeNull();
    expect(
      meanOverCases(
        [
          { trials: 2, successes: 1 },
          { trials: 2, successes: 0 },
        ],
        1,
        passAtK,
      ),
    ).toBe(0.25);
    expect(meanOverCases([], 1, passAtK)).toBeNull();
  });
});

describe("Holm's correction", () => {
  test("steps down as worked by hand", () => {
    // 0.005·4, 0.01·3, then max with 0.03·2 and 0.04·1.
    expect(holmAdjust([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  test("keeps the order, never lowers a p-value, and never rejects less than Bonferroni", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (ps) => {
        const adjusted = holmAdjust(ps);
        for (const [place, p] of ps.entries()) {
          expect(adjusted[place]).toBeGreaterThanOrEqual(p);
          expect(adjusted[place]).toBeLessThanOrEqual(Math.min(1, p * ps.length) + 1e-12);
          for (const [other, q] of ps.entries())
            if (q < p) expect(adjusted[other]).toBeLessThanOrEqual(adjusted[place]!);
        }
      }),
    );
  });
});

describe("agreement with people", () => {
  test("is kappa as in a worked example", () => {
    // 20 both yes, 15 both no, 5 yes/no, 10 no/yes: 0.7 observed, 0.5 by chance, kappa 0.4.
    const pairs = [
      ...Array(20).fill({ label: "yes", judgement: "yes" }),
      ...Array(5).fill({ label: "yes", judgement: "no" }),
      ...Array(10).fill({ label: "no", judgement: "yes" }),
      ...Array(15).fill({ label: "no", judgement: "no" }),
      ...Array(3).fill({ label: "no", judgement: null }),
    ];
    const got = measureAgreement(pairs, "yes");
    expect(got).toMatchObject({ n: 50, abstained: 3, agreement: 0.7, truePositiveRate: 0.8, trueNegativeRate: 0.6 });
    expect(got.kappa).toBeCloseTo(0.4, 12);
  });

  test("is not told where nothing was judged, or one label is all there is", () => {
    const nothing = { agreement: null, kappa: null, truePositiveRate: null, trueNegativeRate: null };
    expect(measureAgreement([{ label: "a", judgement: null }], "a")).toMatchObject({ n: 0, abstained: 1, ...nothing });
    expect(measureAgreement([{ label: "a", judgement: "a" }], "a")).toMatchObject({ agreement: 1, kappa: null });
  });
});
