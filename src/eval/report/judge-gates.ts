/** Gates: what a suite insists on. Owns: which end of which interval decides. Pure. */
import { type Baseline, baselineScores, type CaseScores } from "../baseline.ts";
import { comparePaired } from "../statistics/compare-paired.ts";
import type { Gate } from "../suite.ts";
import { pairCases } from "./compare-variants.ts";
import type { GateResult, ReportVariant } from "./eval-report.ts";

export interface Judged {
  variants: readonly ReportVariant[];
  scoresOf: (variant: string) => CaseScores;
  clusterOf: (name: string) => string;
  baseline: Baseline | null;
  seed: number;
  /** False where trials are missing: a part of the truth passes no gate. */
  isComplete: boolean;
  /** Judges whose word was not compared with people's: it passes no gate. */
  uncalibrated: ReadonlySet<string>;
}

/** One result for each gate and variant that it is about. */
export function judgeGates(gates: readonly Gate[], judged: Judged): GateResult[] {
  return gates.flatMap((gate) =>
    judged.variants
      .filter(({ id }) => gate.variant === undefined || gate.variant === id)
      .map((variant) => ("min" in gate ? absolute(gate, variant, judged) : noRegression(gate, variant, judged))),
  );
}

function absolute(gate: { scorer: string; min: number }, variant: ReportVariant, judged: Judged): GateResult {
  const { scorer, min } = gate;
  const bound = variant.scores[scorer]?.low ?? null;
  const passed = mayPass(scorer, judged) && bound !== null && bound >= min;
  return { variant: variant.id, scorer, kind: "absolute", threshold: min, bound, passed };
}

/** The worst that the difference to the committed scores may be, by its interval. */
function noRegression(
  { scorer, noRegression: margin }: { scorer: string; noRegression: number },
  { id }: ReportVariant,
  judged: Judged,
): GateResult {
  const { scoresOf, clusterOf, baseline, seed } = judged;
  const before = baseline === null ? null : baselineScores(baseline, id);
  const sides = { baseline: { id, scores: before ?? new Map() }, variant: { id, scores: scoresOf(id) } };
  const { low } = comparePaired(pairCases(sides, scorer, clusterOf), { seed });
  const passed = mayPass(scorer, judged) && low !== null && low >= -margin;
  return { variant: id, scorer, kind: "no-regression", threshold: margin, bound: low, passed };
}

function mayPass(scorer: string, { isComplete, uncalibrated }: Judged): boolean {
  return isComplete && !uncalibrated.has(scorer);
}
