/** Verdicts in many seeded experiments: seldom where nothing differs, as often as promised where something does. */
import { describe, expect, test } from "vitest";
import { comparePaired, judgeComparisons } from "../../src/eval/statistics/compare-paired.ts";
import type { CasePair } from "../../src/eval/statistics/estimate.ts";
import { type Random, seededRandom } from "../../src/shared/random.ts";

/** Cases in clusters; each side is what the cluster has in common plus noise, the variant moved by `effect`. */
function drawPairs(random: Random, shape: { clusters: number; size: number; effect: number }): CasePair[] {
  return Array.from({ length: shape.clusters }, (_, cluster) => {
    const shared = random.next() - random.next();
    return Array.from({ length: shape.size }, (_, place) => ({
      case: `${cluster}.${place}`,
      cluster: `d${cluster}`,
      baseline: random.next(),
      variant: random.next() + shared / 2 + shape.effect,
    }));
  }).flat();
}

/** 0 or 1 on both sides; the variant is right in `effect` more of the cases. */
function drawBinary(random: Random, shape: { cases: number; effect: number }): CasePair[] {
  return Array.from({ length: shape.cases }, (_, place) => {
    const drawn = random.next();
    const [gained, lost] = [0.15 + shape.effect / 2, 0.15 - shape.effect / 2];
    const baseline = drawn < gained ? 0 : drawn < gained + lost ? 1 : Number(random.next() < 0.5);
    const variant = drawn < gained ? 1 : drawn < gained + lost ? 0 : baseline;
    return { case: `c${place}`, cluster: `c${place}`, baseline, variant };
  });
}

function verdicts(count: number, draw: (random: Random) => CasePair[], seed: number): Record<string, number> {
  const random = seededRandom(seed);
  const found: Record<string, number> = { better: 0, worse: 0, "no-evidence": 0 };
  for (let experiment = 0; experiment < count; experiment++) {
    const [judged] = judgeComparisons([comparePaired(draw(random), { seed: experiment })]);
    found[judged!.verdict]! += 1;
  }
  return found;
}

describe("1,000 comparisons of a planner with itself", () => {
  test.each([
    ["30 clusters of 3 cases", 3, (random: Random) => drawPairs(random, { clusters: 30, size: 3, effect: 0 })],
    ["60 cases on their own", 4, (random: Random) => drawPairs(random, { clusters: 60, size: 1, effect: 0 })],
    ["100 cases that are right or wrong", 5, (random: Random) => drawBinary(random, { cases: 100, effect: 0 })],
  ])("give at most 65 verdicts: %s", { timeout: 60_000 }, (_, seed, draw) => {
    const { better, worse } = verdicts(1_000, draw, seed);
    expect(better! + worse!).toBeLessThanOrEqual(65);
  });

  test("also where 17 scorers are looked at together", { timeout: 60_000 }, () => {
    const random = seededRandom(6);
    let alarms = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const all = Array.from({ length: 17 }, (_, scorer) =>
        comparePaired(drawBinary(random, { cases: 60, effect: 0 }), { seed: experiment * 17 + scorer }),
      );
      if (judgeComparisons(all).some(({ verdict }) => verdict !== "no-evidence")) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(17);
  });
});

describe("an effect of the size that a comparison says it can show", () => {
  /** Mean of the smallest effects of experiments without one. */
  function promised(draw: (random: Random) => CasePair[], seed: number): number {
    const random = seededRandom(seed);
    const effects = Array.from({ length: 100 }, (_, one) => comparePaired(draw(random), { seed: one }).smallestEffect!);
    return effects.reduce((sum, effect) => sum + effect, 0) / effects.length;
  }

  test("is found in about 8 of 10 experiments, in clusters", { timeout: 60_000 }, () => {
    const draw = (effect: number) => (random: Random) => drawPairs(random, { clusters: 40, size: 3, effect });
    const effect = promised(draw(0), 21);
    const { better, worse } = verdicts(500, draw(effect), 22);
    expect(better! / 500).toBeGreaterThan(0.74);
    expect(better! / 500).toBeLessThan(0.86);
    expect(worse).toBe(0);
    expect(verdicts(200, draw(-effect), 23).worse! / 200).toBeGreaterThan(0.7);
  });

  test("is found in about 8 of 10 experiments, on cases that are right or wrong", { timeout: 60_000 }, () => {
    const draw = (effect: number) => (random: Random) => drawBinary(random, { cases: 200, effect });
    const { better } = verdicts(500, draw(promised(draw(0), 31)), 32);
    expect(better! / 500).toBeGreaterThan(0.72);
    expect(better! / 500).toBeLessThan(0.88);
  });
});
