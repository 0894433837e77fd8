/**
 * Gates: what a suite insists on. Owns: which end of which interval decides, and that nobody passes by staying away: a
 * trial that a scorer should have applied to, and did not, counts as 0 here. Pure.
 */
import { type Baseline, baselineScores, type CaseScore, type CaseScores, isSameJudge } from "../baseline.ts";
import { comparePaired } from "../statistics/compare-paired.ts";
import type { CasePair, Observation } from "../statistics/estimate.ts";
import { estimateMean } from "../statistics/estimate-mean.ts";
import type { Gate } from "../suite.ts";
import { isOpponent } from "./compare-variants.ts";
import type { GateResult, ReportJudge, ReportTrial, ReportVariant } from "./eval-report.ts";

export interface Judged {
  variants: readonly ReportVariant[];
  scoresOf: (variant: string) => CaseScores;
  trials: readonly ReportTrial[];
  /** Whether the trial counts as 0 where it has no score. */
  isDue: (trial: ReportTrial, scorer: string) => boolean;
  clusterOf: (name: string) => string;
  baseline: Baseline | null;
  seed: number;
  /** False where trials are missing: a part of the truth passes no gate. */
  isComplete: boolean;
  /** One that is uncalibrated passes no gate, and the text that others are compared with has no gate. */
  judges: readonly ReportJudge[];
}

/** One result for each gate and variant that it is about. */
export function judgeGates(gates: readonly Gate[], judged: Judged): GateResult[] {
  return gates.flatMap((gate) =>
    judged.variants
      .filter(({ id }) => (gate.variant ?? id) === id && !isOpponent(judged.judges, gate.scorer, id))
      .map((variant) => ("min" in gate ? absolute(gate, variant, judged) : noRegression(gate, variant, judged))),
  );
}

function absolute(gate: { scorer: string; min: number }, variant: ReportVariant, judged: Judged): GateResult {
  const { scorer, min } = gate;
  const { observations, asZero } = observe(scorer, variant.id, judged);
  const bound = estimateMean(observations)?.low ?? null;
  const passed = mayPass(scorer, judged) && bound !== null && bound >= min;
  const counts = { n: observations.length, asZero, unknown: 0 };
  return { variant: variant.id, scorer, kind: "absolute", threshold: min, bound, passed, ...counts };
}

function observe(
  scorer: string,
  variant: string,
  { trials, isDue, clusterOf }: Judged,
): { observations: Observation[]; asZero: number } {
  const observations: Observation[] = [];
  let asZero = 0;
  for (const trial of trials) {
    if (trial.variant !== variant || trial.error !== null) continue;
    const score = trial.scores[scorer]?.score ?? null;
    if (score === null && !isDue(trial, scorer)) continue;
    if (score === null) asZero += 1;
    observations.push({ value: score ?? 0, cluster: clusterOf(trial.case) });
  }
  return { observations, asZero };
}

/** The worst that the difference to the committed scores may be, by its interval. */
function noRegression(
  { scorer, noRegression: margin }: { scorer: string; noRegression: number },
  { id }: ReportVariant,
  judged: Judged,
): GateResult {
  const { scoresOf, baseline, seed } = judged;
  const before = (baseline === null ? null : baselineScores(baseline, id)) ?? new Map();
  const { pairs, asZero, unknown } = pairWithBaseline(scorer, { before, after: scoresOf(id) }, judged.clusterOf);
  const { low } = comparePaired(pairs, { seed });
  const passed =
    mayPass(scorer, judged) &&
    low !== null &&
    low >= -margin &&
    unknown <= pairs.length &&
    isOfSameJudge(scorer, judged);
  const counts = { n: pairs.length, asZero, unknown };
  return { variant: id, scorer, kind: "no-regression", threshold: margin, bound: low, passed, ...counts };
}

/**
 * Cases of the suite that have a score in the baseline; trials that the scorer does not apply to count as 0 on both sides.
 * Cases with a score that the baseline does not know at all speak for nothing: where they are more, no gate passes.
 */
function pairWithBaseline(
  scorer: string,
  { before, after }: { before: CaseScores; after: CaseScores },
  clusterOf: (name: string) => string,
): { pairs: CasePair[]; asZero: number; unknown: number } {
  const pairs: CasePair[] = [];
  let [asZero, unknown] = [0, 0];
  for (const [name, scores] of after) {
    const [committed, now] = [before.get(name)?.get(scorer), scores.get(scorer)];
    if (committed === undefined) {
      if (now !== undefined && !before.has(name)) unknown += 1;
      continue;
    }
    if ((now?.share ?? 0) < 1) asZero += 1;
    pairs.push({ case: name, cluster: clusterOf(name), baseline: wholeMean(committed), variant: wholeMean(now) });
  }
  return { pairs, asZero, unknown };
}

/** Over all trials. */
function wholeMean(score: CaseScore | undefined): number {
  return score === undefined ? 0 : score.mean * score.share;
}

function mayPass(scorer: string, { isComplete, judges }: Judged): boolean {
  return isComplete && !judges.some(({ id, calibration }) => id === scorer && calibration === null);
}

function isOfSameJudge(scorer: string, { judges, baseline }: Judged): boolean {
  const judge = judges.find(({ id }) => id === scorer);
  return (
    judge === undefined || (isSameJudge(judge, baseline?.judges) && baseline?.judges?.[scorer]?.isCalibrated === true)
  );
}
