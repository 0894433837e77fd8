/**
 * What one run adds to the statistics of all, and what these are. Owns: both shapes. A run's summary is kept in the
 * run index, so a change of its meaning needs another `v`.
 */
import { z } from "zod";
import { END_STATUSES } from "../journal/entries.ts";
import { durationsSchema } from "./durations.ts";

/** Another version's summaries are read from the journals again. */
export const SUMMARY_VERSION = 1;

const spentShape = {
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** USD of the calls whose price is known. */
  costUsd: z.number(),
  /** Calls whose price is unknown. */
  unpriced: z.int(),
};

const askedShape = {
  /** Several models, or prompts, with `+` between them; empty for none. */
  model: z.string(),
  /** `name@version`. */
  prompt: z.string(),
  modelCalls: z.int(),
  ...spentShape,
};
const askedSchema = z.object(askedShape);
/** Which models were asked with which prompts, and what that took. */
export type Asked = z.infer<typeof askedSchema>;

/** Attempts of one tool in one step that ended in one way; a forEach counts each element, and not itself. */
export const callTallySchema = z.object({
  /** `…` for all steps beyond the first hundred of a run. */
  step: z.string(),
  tool: z.string(),
  status: z.enum(["completed", "failed", "unknown"]),
  count: z.int(),
  /** Those of them that were not the first attempt. */
  retries: z.int(),
  durations: durationsSchema,
  /** Absent where the tool asked no model: most do not, and there are many thousands of these. */
  asked: askedSchema.optional(),
});
export type CallTally = z.infer<typeof callTallySchema>;

/** Answers of a planner; rules have no model and no prompt. */
export const answerTallySchema = z.object({
  count: z.int(),
  /** Those that were no good: an error, or rejected by the checker. */
  failures: z.int(),
  /** Those that were not the first try of their decision. */
  retries: z.int(),
  durations: durationsSchema,
  ...askedShape,
});
export type AnswerTally = z.infer<typeof answerTallySchema>;

const counts = z.record(z.string(), z.int());

export const runSummarySchema = z.object({
  v: z.literal(SUMMARY_VERSION),
  run: z.string(),
  createdAt: z.string(),
  /** How the run ended; null while it has not. */
  status: z.enum(END_STATUSES).nullable(),
  /** `name@version`; empty where a planner made the plan. */
  workflow: z.string(),
  /** From acceptance to the end; null while it has not ended. */
  durationMs: z.number().nullable(),
  replans: z.int(),
  calls: z.array(callTallySchema),
  answers: z.array(answerTallySchema),
  /** Verdicts, as in the decision log. */
  decisions: counts,
  recoveries: counts,
  success: counts,
  targets: counts,
  observations: z.int(),
  limits: counts,
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** One sample, or one histogram, of a metric. */
export const sampleSchema = z.object({
  labels: z.record(z.string(), z.string()),
  /** Of a histogram: how many. */
  value: z.number(),
  /** Histograms: sum in the metric's unit, and how many were at most `le`. */
  histogram: z.object({ sum: z.number(), buckets: z.array(z.object({ le: z.string(), count: z.int() })) }).optional(),
});

export const metricSchema = z.object({
  name: z.string(),
  type: z.enum(["counter", "histogram"]),
  help: z.string(),
  samples: z.array(sampleSchema),
});
export type Metric = z.infer<typeof metricSchema>;
export type Sample = z.infer<typeof sampleSchema>;

const breakdownShape = {
  count: z.int(),
  failures: z.int(),
  retries: z.int(),
  /** Null where nothing was measured; at most 1 % too high. */
  medianMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
  ...spentShape,
};
const row = z.object({ name: z.string(), ...breakdownShape });
export type BreakdownRow = z.infer<typeof row>;

/** `planwright stats --json`. */
export const statsSchema = z.object({
  v: z.literal(1),
  filter: z.object({
    /** Only runs that were accepted at this time or later. */
    since: z.string().nullable(),
    /** Only runs of the workflow of this name. */
    workflow: z.string().nullable(),
    /** Only runs that ended so. */
    status: z.enum(END_STATUSES).nullable(),
  }),
  runs: z.object({
    ended: z.int(),
    /** Accepted, but neither ended nor damaged. */
    open: z.int(),
    /** Not counted, since their journals cannot be read. */
    unreadable: z.int(),
  }),
  /** The numbers of the metrics, by name. */
  metrics: z.array(metricSchema),
  /** Attempts, by workflow, step and tool: at most 200 rows, the rest together as `…`; so are all others. */
  steps: z.array(z.object({ workflow: z.string(), tool: z.string(), ...row.shape })),
  tools: z.array(row),
  /** Runs; `failures` ended failed or exhausted, `retries` are replans. */
  workflows: z.array(row),
  /** Answers of planners, and calls of tools that asked a model, by prompt version. */
  prompts: z.array(row),
  models: z.array(row),
});
export type Stats = z.infer<typeof statsSchema>;
