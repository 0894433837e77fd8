/** The figures of one variant: scores with intervals, measures, and how often k trials succeed. Pure. */
import { estimateMean } from "../statistics/estimate-mean.ts";
import { meanOverCases, passAtK, passHatK, type TrialCounts } from "../statistics/pass-at-k.ts";
import type { Measures } from "../trial-record.ts";
import { MEASURES, type MeasureName, type ReportTrial, type ReportVariant, type ScoreEstimate } from "./eval-report.ts";

/** A scored trial with what only the summary needs. */
export interface SummedTrial {
  trial: ReportTrial;
  cluster: string;
  measures: Measures;
  /** Whether the trial succeeded as a whole; null where nobody can say. */
  passed: boolean | null;
}

export interface VariantFacts {
  id: string;
  hash: string;
  facts: ReportVariant["facts"];
}

/** Largest k that is reported. */
const MOST_TRIALS = 10;

/** Trials with an error count nowhere but in the report's counts. */
export function summarizeVariant(
  { id, hash, facts }: VariantFacts,
  trials: readonly SummedTrial[],
  scorers: readonly string[],
): ReportVariant {
  const scored = trials.filter(({ trial }) => trial.error === null);
  const scores = scorers.map((scorer) => [scorer, estimate(scored, scorer)] as const);
  const measures = MEASURES.map((name) => [name, measure(scored, name)] as const);
  return {
    ...{ id, hash, facts },
    scores: Object.fromEntries(scores),
    measures: Object.fromEntries(measures) as ReportVariant["measures"],
    ...successRates(scored),
  };
}

function estimate(trials: readonly SummedTrial[], scorer: string): ScoreEstimate {
  const values = trials.map(({ trial, cluster }) => ({ value: trial.scores[scorer]?.score ?? null, cluster }));
  const observations = values.filter((one): one is { value: number; cluster: string } => one.value !== null);
  const notApplicable = values.length - observations.length;
  const found = estimateMean(observations);
  if (found !== null) return { ...found, notApplicable };
  const nothing = { mean: null, low: null, high: null, standardError: null, n: 0, clusters: 0 };
  return { ...nothing, notApplicable, method: "none" };
}

function measure(trials: readonly SummedTrial[], name: MeasureName): ReportVariant["measures"][MeasureName] {
  const values = trials.map(({ measures }) => measures[name]);
  const known = values.filter((value) => value !== null);
  // One unknown price makes the sum unknown; a trial that asked no model has no latency, and that is no gap.
  const isUnknown = name === "costUsd" && known.length < values.length;
  if (known.length === 0 || isUnknown) return { mean: null, total: null, n: 0 };
  const total = known.reduce((sum, value) => sum + value, 0);
  return { mean: total / known.length, total, n: known.length };
}

function successRates(trials: readonly SummedTrial[]): Pick<ReportVariant, "passAtK" | "passHatK"> {
  const cases = new Map<string, TrialCounts>();
  for (const { trial, passed } of trials) {
    if (passed === null) continue;
    const counts = cases.get(trial.case) ?? { trials: 0, successes: 0 };
    cases.set(trial.case, {
      trials: counts.trials + 1,
      successes: counts.successes + (passed ? 1 : 0),
    });
  }
  const counts = [...cases.values()];
  const most = Math.min(MOST_TRIALS, ...counts.map((one) => one.trials));
  const rates = { passAtK: {} as Record<string, number>, passHatK: {} as Record<string, number> };
  for (let k = 1; counts.length > 0 && k <= most; k++) {
    const atLeastOne = meanOverCases(counts, k, passAtK);
    const all = meanOverCases(counts, k, passHatK);
    if (atLeastOne !== null) rates.passAtK[k] = atLeastOne;
    if (all !== null) rates.passHatK[k] = all;
  }
  return rates;
}
