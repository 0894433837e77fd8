/** How far a judge may be trusted: its judgements against people's labels. Owns: the record of that, and when it holds. */
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { measureAgreement } from "../statistics/agreement.ts";
import { type Judge, promptFor } from "./create-judge.ts";
import { type AnyRubric, isPairRubric, labelNames, rubricHash } from "./rubric.ts";

const share = z.number().min(0).max(1).nullable();

export const calibrationSchema = z.strictObject({
  rubric: z.string(),
  rubricHash: z.string(),
  model: z.string(),
  promptHash: z.string(),
  /** The rubric's positive label; `first` for pairs. */
  positive: z.string(),
  /** Labelled texts that the judge gave a label; every other figure is of these. */
  n: z.int().min(0),
  abstained: z.int().min(0),
  agreement: share,
  kappa: z.number().min(-1).max(1).nullable(),
  truePositiveRate: share,
  trueNegativeRate: share,
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** A person's label for one text. */
export interface PersonLabel {
  case: string;
  label: string;
}

/** The judge's label for the same text; null where it abstained. */
export interface JudgeLabel {
  case: string;
  label: string | null;
}

/**
 * Compares a judge with people on the texts that both have judged. Raises VALIDATION for a label that the rubric doesn't
 * have, a text that is labelled twice, and labelled texts without a judgement.
 */
export function calibrate(
  labels: readonly PersonLabel[],
  judgements: readonly JudgeLabel[],
  { rubric, judge }: { rubric: AnyRubric; judge: Pick<Judge, "model" | "prompts"> },
): Calibration {
  checkLabels(labels, rubric);
  const positive = isPairRubric(rubric) ? "first" : rubric.positive;
  const byCase = new Map(judgements.map(({ case: id, label }) => [id, label]));
  const pairs = labels.map(({ case: id, label }) => {
    const judgement = byCase.get(id);
    if (judgement === undefined) throw refuse(`Case '${id}' is labelled, but was not judged.`);
    return { label, judgement };
  });
  return {
    rubric: rubric.name,
    ...identityOf(rubric, judge),
    positive,
    ...measureAgreement(pairs, positive),
  };
}

/** What can be known of labels before anybody is asked. Raises VALIDATION. */
export function checkLabels(labels: readonly PersonLabel[], rubric: AnyRubric): void {
  const known = new Set(labelNames(rubric));
  const seen = new Set<string>();
  for (const { case: id, label } of labels) {
    if (!known.has(label)) throw refuse(`'${label}' (case '${id}') is no label of rubric '${rubric.name}'.`);
    if (seen.has(id)) throw refuse(`Case '${id}' is labelled twice.`);
    seen.add(id);
  }
}

export type JudgeIdentity = Pick<Calibration, "rubricHash" | "model" | "promptHash">;

/** True where the calibration is of this very rubric, model and prompt; otherwise reports say "uncalibrated". */
export function isCalibrated(calibration: Calibration | null, identity: JudgeIdentity): boolean {
  if (calibration === null || calibration.n === 0) return false;
  return (
    calibration.rubricHash === identity.rubricHash &&
    calibration.model === identity.model &&
    calibration.promptHash === identity.promptHash
  );
}

export function identityOf(rubric: AnyRubric, judge: Pick<Judge, "model" | "prompts">): JudgeIdentity {
  return { rubricHash: rubricHash(rubric), model: judge.model, promptHash: promptFor(judge, rubric).hash };
}

function refuse(message: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", message, {
    hint: "Label each text once, with a label of the rubric, and judge the same texts.",
  });
}
