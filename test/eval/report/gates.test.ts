/** Nobody passes a gate, or is called better, by staying away from what is scored. */
import { describe, expect, test } from "vitest";
import { baselineOf, baselineScores, type CaseScores, caseScores } from "../../../src/eval/baseline.ts";
import { compareVariants } from "../../../src/eval/report/compare-variants.ts";
import type { EvalReport, ReportTrial } from "../../../src/eval/report/eval-report.ts";
import { gateText, pairsText, verdictText } from "../../../src/eval/report/figures.ts";
import { judgeGates } from "../../../src/eval/report/judge-gates.ts";

/** Scores of one scorer by case, one for each trial; null where it does not apply. */
type Scored = Record<string, (number | null)[]>;

function trialsOf(variant: string, scored: Scored): ReportTrial[] {
  return Object.entries(scored).flatMap(([name, scores]) =>
    scores.map((score, place) => ({
      ...{ case: name, variant, trial: place + 1, run: "r", decision: 1, error: null },
      scores: { input_correct: { score, evidence: [] } },
    })),
  );
}

function sixty(scoresOf: (place: number) => (number | null)[]): Scored {
  return Object.fromEntries(Array.from({ length: 60 }, (_, place) => [`c${place}`, scoresOf(place)]));
}

function compare(old: Scored, now: Scored) {
  const side = (id: string, scored: Scored) => ({ id, scores: caseScores({ trials: trialsOf(id, scored) }, id) });
  const options = { scorers: ["input_correct"], judges: [], clusterOf: (name: string) => name, seed: 1 };
  const [found] = compareVariants(side("old", old), [side("new", now)], options);
  return found!;
}

describe("a comparison", () => {
  test("does not call a variant better that only refuses where the other one is wrong", () => {
    const old = sixty((place) => (place % 2 === 0 ? [1, 0, 1, 0] : [1, 1, 1, 1]));
    const now = sixty((place) => (place % 2 === 0 ? [1, null, 1, null] : [1, 1, 1, 1]));
    const found = compare(old, now);
    expect(found).toMatchObject({ difference: 0, n: 30, unsure: 30, p: 1, verdict: "no-evidence" });
    expect(found.low).toBeLessThan(0.01);
    expect(found.high).toBeGreaterThan(0.2);
    expect(pairsText(found)).toBe("30 + 30 in part");
    expect(verdictText(found)).toContain("in 30 cases it applies to different trials");
  });

  test("still finds what outweighs the worst that the others could have been", () => {
    const old = sixty((place) => (place < 30 ? [0] : [1]));
    const now = sixty((place) => (place === 59 ? [null] : [1]));
    expect(compare(old, now)).toMatchObject({ n: 59, unsure: 1, verdict: "better" });
    expect(compare(now, old)).toMatchObject({ n: 59, unsure: 1, verdict: "worse" });
  });

  test("leaves cases alone that a scorer applies to on neither side", () => {
    const scored = sixty((place) => [place < 30 ? null : 1]);
    expect(compare(scored, scored)).toMatchObject({ difference: 0, low: 0, n: 30, unsure: 0 });
  });
});

describe("a gate", () => {
  function judge(gate: { min: number } | { noRegression: number }, scored: { committed: Scored; now: Scored }) {
    const trials = trialsOf("v", scored.now);
    const report = { suite: "s", suiteHash: "h", level: "plan", judges: [], variants: [{ id: "v", hash: "h" }] };
    const before = { ...report, trials: trialsOf("v", scored.committed) } as unknown as EvalReport;
    const scores: CaseScores = caseScores({ trials }, "v");
    const [result] = judgeGates([{ scorer: "input_correct", ...gate }], {
      ...{ variants: [{ id: "v" } as EvalReport["variants"][number]], trials, scoresOf: () => scores },
      ...{ isDue: () => true, clusterOf: (name: string) => name, baseline: baselineOf(before), seed: 1 },
      ...{ isComplete: true, judges: [] },
    });
    return result!;
  }
  const right = sixty(() => [1]);
  const mostlyGone = sixty((place) => [place < 2 ? 1 : null]);

  test("counts a case that has lost its score as 0, against the baseline and by itself", () => {
    const regression = judge({ noRegression: 0.02 }, { committed: right, now: mostlyGone });
    expect(regression).toMatchObject({ passed: false, n: 60, asZero: 58 });
    expect(gateText(regression)).toContain("over 60 cases, 58 of them with 0 where it did not apply");
    expect(judge({ min: 0.3 }, { committed: right, now: mostlyGone })).toMatchObject({ passed: false, asZero: 58 });
    expect(judge({ min: 0.3 }, { committed: right, now: right })).toMatchObject({ passed: true, asZero: 0 });
  });

  test("counts each trial that has lost its score, not only cases without any", () => {
    const half = sixty(() => [1, null]);
    const result = judge({ noRegression: 0.02 }, { committed: sixty(() => [1, 1]), now: half });
    expect(result).toMatchObject({ passed: false, bound: -0.5, asZero: 60 });
  });

  test("passes where nothing has changed, also where a scorer applied to some trials alone", () => {
    const half = sixty((place) => (place < 20 ? [1, null] : [null, null]));
    const same = judge({ noRegression: 0 }, { committed: half, now: half });
    expect(same).toMatchObject({ passed: true, bound: 0, n: 20, asZero: 20 });
  });

  test("does not speak for a suite whose cases the baseline mostly lacks", () => {
    const few = Object.fromEntries(Object.entries(right).slice(0, 20));
    const result = judge({ noRegression: 0.02 }, { committed: few, now: right });
    expect(result).toMatchObject({ passed: false, n: 20, unknown: 40 });
    expect(gateText(result)).toContain("40 more are not in the baseline");
  });
});

test("a baseline keeps to which share of the trials a scorer applied, where not to all", () => {
  const trials = trialsOf("v", { a: [1, null], b: [0.5, 0.5], c: [null, null] });
  const report = { suite: "s", suiteHash: "h", level: "plan", judges: [], variants: [{ id: "v", hash: "h" }], trials };
  const baseline = baselineOf(report as unknown as EvalReport);
  expect(baseline.variants["v"]).toEqual({
    hash: "h",
    cases: { a: { input_correct: 1 }, b: { input_correct: 0.5 }, c: {} },
    partly: { a: { input_correct: 0.5 } },
  });
  expect(baselineScores(baseline, "v")).toEqual(caseScores({ trials }, "v"));
});
