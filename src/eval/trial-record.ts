/**
 * What is kept of one trial: enough to score it again without asking anybody. Owns: the shape of the lines of a trial
 * journal. Must not: hold scores; they follow from it.
 */
import { z } from "zod";
import { errorShapeSchema } from "../error/planwright-error.ts";
import { decisionLogEntrySchema } from "../journal/decision-log-entry.ts";
import { runResultSchema } from "../run/run-result.ts";

export const LEVELS = ["plan", "loop", "outcome"] as const;
/** plan: one decision, nothing runs; loop: decisions until the end, with stub tools; outcome: what really came of it. */
export type Level = (typeof LEVELS)[number];

export const measuresSchema = z.strictObject({
  /** Input and output tokens of all model calls. */
  tokens: z.number(),
  /** Null where a price is unknown. */
  costUsd: z.number().nullable(),
  modelCalls: z.int(),
  /** How long models took for their answers, when they were given; null where none was asked. */
  latencyMs: z.number().nullable(),
  replans: z.int(),
});
export type Measures = z.infer<typeof measuresSchema>;

export const trialRecordSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal("trial"),
  case: z.string(),
  variant: z.string(),
  /** From 1. */
  trial: z.int().min(1),
  /** Run whose decision log tells the rest. */
  run: z.string(),
  decisions: z.array(decisionLogEntrySchema),
  /** How the run ended; null at the level plan, where nothing runs. */
  result: runResultSchema.nullable(),
  /** What the world was like after it, as the suite's world tells; null where it tells nothing. */
  state: z.json(),
  /** Models that answered, as their providers gave their names. */
  answeredBy: z.array(z.string()),
  measures: measuresSchema,
  /** Why there is nothing to score: the provider, the time limit, a stub that the suite lacks. A bad plan is no error. */
  error: errorShapeSchema.nullable(),
});
export type TrialRecord = z.infer<typeof trialRecordSchema>;

export const experimentHeaderSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal("experiment"),
  experiment: z.string(),
  suite: z.string(),
  /** Of what trials depend on; golds may change without asking anybody again. */
  askedHash: z.string(),
  level: z.enum(LEVELS),
  variants: z.array(z.strictObject({ id: z.string(), hash: z.string(), facts: z.record(z.string(), z.json()) })),
});
export type ExperimentHeader = z.infer<typeof experimentHeaderSchema>;

/** Tells trials of one experiment apart. */
export function trialKey({ case: id, variant, trial }: Pick<TrialRecord, "case" | "variant" | "trial">): string {
  return JSON.stringify([id, variant, trial]);
}
