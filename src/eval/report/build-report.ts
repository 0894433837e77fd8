/**
 * From scored trials to the report (CONTRACTS 8). Owns: order and counts. Pure but for the environment that it is handed:
 * the same trials give the same report, byte for byte.
 */
import { type Baseline, baselineScores, type CaseScores, caseScores } from "../baseline.ts";
import type { Gate } from "../suite.ts";
import type { Level } from "../trial-record.ts";
import { compareVariants, type Side } from "./compare-variants.ts";
import type { EvalReport, ReportJudge, ReportTrial } from "./eval-report.ts";
import { judgeGates } from "./judge-gates.ts";
import { type SummedTrial, summarizeVariant, type VariantFacts } from "./summarize-variant.ts";

export interface ReportInput {
  experiment: string;
  suite: { name: string; hash: string; level: Level; trials: number; gates: readonly Gate[]; seed: number };
  /** In the suite's order, with their clusters. */
  cases: readonly { id: string; cluster: string }[];
  variants: readonly VariantFacts[];
  /** In any order. */
  trials: readonly Omit<SummedTrial, "cluster">[];
  /** Whether every gold of a case, given as the answer, would have a score. */
  isDue: (trial: ReportTrial, scorer: string) => boolean;
  scorers: readonly string[];
  judges: readonly ReportJudge[];
  unjudged: number;
  baseline: Baseline | null;
  /** Variant that the others are compared with; the first by default. */
  compareWith?: string;
  /** Scores of an earlier report or baseline that every variant is compared with instead. */
  earlier?: Side | null;
  notes: readonly string[];
  environment: EvalReport["environment"];
}

export function buildReport(input: ReportInput): EvalReport {
  const { experiment, suite, cases, variants, scorers, judges, notes, environment } = input;
  const clusters = new Map(cases.map(({ id, cluster }) => [id, cluster]));
  const clusterOf = (name: string): string => clusters.get(name) ?? name;
  const trials = inOrder(input).map((one) => ({ ...one, cluster: clusterOf(one.trial.case) }));
  const counts = countTrials(input, trials);
  const isComplete = counts.errors + counts.skipped + counts.unjudged === 0;
  const summaries = variants.map((variant) =>
    summarizeVariant(
      variant,
      trials.filter(({ trial }) => trial.variant === variant.id),
      scorers,
    ),
  );
  const reported = { trials: trials.map(({ trial }) => trial) };
  const scoresOf = rememberScores(reported);
  const gates = judgeGates(suite.gates, {
    ...{ variants: summaries, scoresOf, clusterOf, isComplete, judges },
    ...{ baseline: input.baseline, seed: suite.seed, isDue: input.isDue, ...reported },
  });
  const isPassed = gates.every(({ passed }) => passed);
  return {
    v: 1,
    experiment,
    suite: suite.name,
    suiteHash: suite.hash,
    level: suite.level,
    status: isComplete ? (isPassed ? "passed" : "failed") : "incomplete",
    notes: [...notes],
    counts,
    variants: summaries,
    judges: [...judges],
    comparisons: comparisonsOf(input, scoresOf, clusterOf),
    gates,
    ...reported,
    environment,
  };
}

/** Trials end in any order; reports list them by case, variant and number. */
function inOrder({ cases, variants, trials }: ReportInput): ReportInput["trials"][number][] {
  const casePlace = new Map(cases.map(({ id }, place) => [id, place]));
  const variantPlace = new Map(variants.map(({ id }, place) => [id, place]));
  const keyOf = ({ trial }: { trial: ReportTrial }): [number, number, number] => [
    casePlace.get(trial.case) ?? 0,
    variantPlace.get(trial.variant) ?? 0,
    trial.trial,
  ];
  return trials
    .map((one) => ({ one, key: keyOf(one) }))
    .sort(({ key: left }, { key: right }) => left[0] - right[0] || left[1] - right[1] || left[2] - right[2])
    .map(({ one }) => one);
}

function countTrials(
  { cases, variants, suite, unjudged }: ReportInput,
  trials: readonly SummedTrial[],
): EvalReport["counts"] {
  const planned = cases.length * variants.length * suite.trials;
  const errors = trials.filter(({ trial }) => trial.error !== null).length;
  return {
    cases: cases.length,
    trials: planned,
    scored: trials.length - errors,
    errors,
    skipped: planned - trials.length,
    unjudged,
  };
}

function rememberScores(reported: Pick<EvalReport, "trials">): (variant: string) => CaseScores {
  const known = new Map<string, CaseScores>();
  return (variant) => {
    const scores = known.get(variant) ?? caseScores(reported, variant);
    known.set(variant, scores);
    return scores;
  };
}

function comparisonsOf(
  { variants, scorers, judges, compareWith, earlier, suite }: ReportInput,
  scoresOf: (variant: string) => CaseScores,
  clusterOf: (name: string) => string,
): EvalReport["comparisons"] {
  const sides = variants.map(({ id }) => ({ id, scores: scoresOf(id) }));
  const options = { scorers, judges, clusterOf, seed: suite.seed };
  if (earlier != null) return compareVariants(earlier, sides, options);
  const baseline = sides.find(({ id }) => id === compareWith) ?? sides[0];
  if (baseline === undefined) return [];
  const others = sides.filter(({ id }) => id !== baseline.id);
  return compareVariants(baseline, others, options);
}

/** One variant of a committed baseline as a side of comparisons; null where it has none of that name. */
export function sideOfBaseline(baseline: Baseline, variant: string): Side | null {
  const scores = baselineScores(baseline, variant);
  return scores === null ? null : { id: `baseline:${variant}`, scores, judges: baseline.judges ?? {} };
}
