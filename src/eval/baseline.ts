/**
 * Scores that were committed, to compare later ones with. Owns: the shape of `NAME.baseline.json`, and what a report
 * gives for it. Must not: be written but by an explicit command.
 */
import { z } from "zod";
import type { EvalReport } from "./report/eval-report.ts";
import { LEVELS } from "./trial-record.ts";

export const baselineSchema = z.strictObject({
  v: z.literal(1),
  suite: z.string(),
  suiteHash: z.string(),
  level: z.enum(LEVELS),
  /** Per variant and case: the mean over its trials of each scorer that applies. */
  variants: z.record(
    z.string(),
    z.strictObject({ hash: z.string(), cases: z.record(z.string(), z.record(z.string(), z.number().min(0).max(1))) }),
  ),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** Per case and scorer, the mean over the trials of one variant. */
export type CaseScores = Map<string, Map<string, number>>;

/** Digits that survive: means of trials are fractions, and a file that is committed should not change for rounding. */
const DIGITS = 1e9;

export function baselineOf(report: EvalReport): Baseline {
  const { suite, suiteHash, level } = report;
  const variants = report.variants.map(({ id, hash }) => {
    const cases = [...caseScores(report, id)].map(([name, scores]) => [name, Object.fromEntries(scores)] as const);
    return [id, { hash, cases: Object.fromEntries(cases) }] as const;
  });
  return { v: 1, suite, suiteHash, level, variants: Object.fromEntries(variants) };
}

/** Trials with an error, and scores that don't apply, count nowhere. */
export function caseScores({ trials }: Pick<EvalReport, "trials">, variant: string): CaseScores {
  const sums = new Map<string, Map<string, { sum: number; n: number }>>();
  for (const trial of trials) {
    if (trial.variant !== variant || trial.error !== null) continue;
    const ofCase = sums.get(trial.case) ?? new Map<string, { sum: number; n: number }>();
    sums.set(trial.case, ofCase);
    for (const [scorer, { score }] of Object.entries(trial.scores)) {
      if (score === null) continue;
      const { sum, n } = ofCase.get(scorer) ?? { sum: 0, n: 0 };
      ofCase.set(scorer, { sum: sum + score, n: n + 1 });
    }
  }
  const mean = ({ sum, n }: { sum: number; n: number }): number => Math.round((sum / n) * DIGITS) / DIGITS;
  return new Map(
    [...sums].map(([name, scores]) => [name, new Map([...scores].map(([scorer, total]) => [scorer, mean(total)]))]),
  );
}

/** The scores of one variant of a baseline; null where it has none of that name. */
export function baselineScores({ variants }: Baseline, variant: string): CaseScores | null {
  const found = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (found === undefined) return null;
  return new Map(Object.entries(found.cases).map(([name, scores]) => [name, new Map(Object.entries(scores))]));
}
