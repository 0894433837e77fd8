/**
 * Scores that were committed, to compare later ones with. Owns: the shape of `NAME.baseline.json`, and what a report
 * gives for it. Must not: be written but by an explicit command.
 */
import { z } from "zod";
import type { EvalReport } from "./report/eval-report.ts";
import { LEVELS } from "./trial-record.ts";

const share = z.number().min(0).max(1);

const judgeMarkSchema = z.strictObject({
  rubricHash: z.string(),
  model: z.string().nullable(),
  promptHash: z.string().nullable(),
  isCalibrated: z.boolean(),
});
export type JudgeMarks = Readonly<Record<string, z.infer<typeof judgeMarkSchema>>>;

export const baselineSchema = z.strictObject({
  v: z.literal(1),
  suite: z.string(),
  suiteHash: z.string(),
  level: z.enum(LEVELS),
  /** By whom a judge's scores were given: those of another one, or of an uncalibrated one, are none to compare with. */
  judges: z.record(z.string(), judgeMarkSchema).optional(),
  /** Per variant and case: the mean over its trials of each scorer that applies. */
  variants: z.record(
    z.string(),
    z.strictObject({
      hash: z.string(),
      cases: z.record(z.string(), z.record(z.string(), share)),
      /** Per case and scorer, the share of the trials that it applies to, where it does not apply to all of them. */
      partly: z.record(z.string(), z.record(z.string(), share)).optional(),
    }),
  ),
});
export type Baseline = z.infer<typeof baselineSchema>;

export interface CaseScore {
  /** Over the trials that the scorer applies to. */
  mean: number;
  /** Share of the scored trials that it applies to; above 0. */
  share: number;
}

/** Per case of one variant, by scorer. A scorer that applies to no trial of a case is not there; a case without trials neither. */
export type CaseScores = Map<string, Map<string, CaseScore>>;

/** Digits that survive: means of trials are fractions, and a file that is committed should not change for rounding. */
const DIGITS = 1e9;

export function baselineOf(report: EvalReport): Baseline {
  const { suite, suiteHash, level } = report;
  const variants = report.variants.map(({ id, hash }) => {
    const scores = caseScores(report, id);
    const partly = recordOf(scores, ({ share }) => (share === 1 ? null : share));
    const some = Object.entries(partly).filter(([, shares]) => Object.keys(shares).length > 0);
    const cases = recordOf(scores, ({ mean }) => mean);
    return [id, { hash, cases, ...(some.length === 0 ? {} : { partly: Object.fromEntries(some) }) }] as const;
  });
  const judges = report.judges.length === 0 ? {} : { judges: judgeMarks(report) };
  return { v: 1, suite, suiteHash, level, ...judges, variants: Object.fromEntries(variants) };
}

export function judgeMarks({ judges }: Pick<EvalReport, "judges">): JudgeMarks {
  return Object.fromEntries(
    judges.map(({ id, rubricHash, model, promptHash, calibration }) => [
      id,
      { rubricHash, model, promptHash, isCalibrated: calibration !== null },
    ]),
  );
}

/** Whether earlier scores under this id were given by the same model with the same rubric and prompt. */
export function isSameJudge(judge: EvalReport["judges"][number], earlier: JudgeMarks | undefined): boolean {
  const mark = earlier !== undefined && Object.hasOwn(earlier, judge.id) ? earlier[judge.id] : undefined;
  const { rubricHash, model, promptHash } = judge;
  return mark?.rubricHash === rubricHash && mark.model === model && mark.promptHash === promptHash;
}

function recordOf(
  scores: CaseScores,
  figureOf: (score: CaseScore) => number | null,
): Record<string, Record<string, number>> {
  const cases = [...scores].map(([name, ofCase]) => {
    const figures = [...ofCase].flatMap(([scorer, score]) => {
      const figure = figureOf(score);
      return figure === null ? [] : [[scorer, figure] as const];
    });
    return [name, Object.fromEntries(figures)] as const;
  });
  return Object.fromEntries(cases);
}

/** Trials with an error, and scores that don't apply, count nowhere. */
export function caseScores({ trials }: Pick<EvalReport, "trials">, variant: string): CaseScores {
  const sums = new Map<string, Map<string, { sum: number; n: number }>>();
  const counts = new Map<string, number>();
  for (const trial of trials) {
    if (trial.variant !== variant || trial.error !== null) continue;
    const ofCase = sums.get(trial.case) ?? new Map<string, { sum: number; n: number }>();
    sums.set(trial.case, ofCase);
    counts.set(trial.case, (counts.get(trial.case) ?? 0) + 1);
    for (const [scorer, { score }] of Object.entries(trial.scores)) {
      if (score === null) continue;
      const { sum, n } = ofCase.get(scorer) ?? { sum: 0, n: 0 };
      ofCase.set(scorer, { sum: sum + score, n: n + 1 });
    }
  }
  const round = (figure: number): number => Math.round(figure * DIGITS) / DIGITS;
  return new Map(
    [...sums].map(([name, scores]) => {
      const all = counts.get(name) ?? 1;
      const means = [...scores].map(([scorer, { sum, n }]) => {
        return [scorer, { mean: round(sum / n), share: round(n / all) }] as const;
      });
      return [name, new Map(means)];
    }),
  );
}

/** The scores of one variant of a baseline; null where it has none of that name. */
export function baselineScores({ variants }: Baseline, variant: string): CaseScores | null {
  const found = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (found === undefined) return null;
  return new Map(
    Object.entries(found.cases).map(([name, scores]) => {
      const shares = found.partly?.[name] ?? {};
      const known = Object.entries(scores).map(([scorer, mean]) => {
        return [scorer, { mean, share: shares[scorer] ?? 1 }] as const;
      });
      return [name, new Map(known)];
    }),
  );
}
