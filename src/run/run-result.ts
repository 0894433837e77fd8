/** What a run came to, as everyone outside sees it (CONTRACTS 1), and its events (CONTRACTS 4). Owns: both shapes. */
import { z } from "zod";
import { errorShapeSchema } from "../error/planwright-error.ts";
import { budgetSchema } from "../goal/run-request.ts";
import { approvalSchema, END_STATUSES } from "../journal/entries.ts";
import { mayRepeatSchema } from "../journal/fork-data.ts";
import { planDecisionSchema, stepSchema } from "../plan/decision.ts";
import { labelSchema } from "../policy/label.ts";
import { forecastCheckSchema } from "./measure-plan.ts";

export const RUN_STATUSES = ["queued", "planning", "running", "waiting", "interrupted", ...END_STATUSES] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STEP_STATUSES = [
  "pending",
  "running",
  "waiting",
  "completed",
  "failed",
  "unmet",
  "skipped",
  "unknown",
  "cancelled",
] as const;

export const stepRowSchema = z.strictObject({
  id: z.string(),
  /** forEach: one row for the step (null) and one per element. */
  index: z.int().nullable(),
  tool: z.string(),
  toolVersion: z.string().nullable(),
  revision: z.int(),
  attempts: z.int(),
  durationMs: z.number().nullable(),
  status: z.enum(STEP_STATUSES),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  output: z.json(),
  error: errorShapeSchema.nullable(),
  label: labelSchema.nullable(),
});

export const waitingSchema = z.strictObject({
  reason: z.enum(["approval", "answer", "retry-at", "needs-attention"]),
  approvals: z.array(approvalSchema),
  question: z.string().nullable(),
  until: z.string().nullable(),
  error: errorShapeSchema.nullable(),
});

const usageSchema = z.strictObject({
  inputTokens: z.int(),
  outputTokens: z.int(),
  modelCalls: z.int(),
  toolCalls: z.int(),
});

const forkViewSchema = z.strictObject({
  run: z.string(),
  atDecision: z.int(),
  /** Spent by the source before that decision; the fork's own `usage`, `costUsd` and budget don't hold it. */
  inherited: z.strictObject({ steps: z.int(), usage: usageSchema, costUsd: z.number().nullable() }),
  mayRepeat: z.array(mayRepeatSchema),
});

export const runResultSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  goal: z.string(),
  workflow: z.strictObject({ name: z.string(), version: z.number(), hash: z.string() }).nullable(),
  status: z.enum(RUN_STATUSES),
  output: z.json(),
  missing: z.array(z.strictObject({ path: z.string(), ref: z.string() })),
  /** Text of an abandon or limit. */
  reason: z.string().nullable(),
  /** Set exactly for failed and exhausted runs. */
  error: errorShapeSchema.nullable(),
  waiting: waitingSchema.nullable(),
  plan: z
    .strictObject({
      revision: z.int(),
      steps: z.array(stepSchema),
      then: planDecisionSchema.shape.then.unwrap(),
      output: z.json(),
    })
    .nullable(),
  steps: z.array(stepRowSchema),
  decisions: z.int(),
  replans: z.int(),
  planner: z.string(),
  model: z.string().nullable(),
  /** `RUN@N`: the run that this one was forked from, and the decision that it asks again. */
  forkedFrom: z.string().nullable(),
  /** What a fork took over without doing it, and what it may do once more; null for other runs. */
  fork: forkViewSchema.nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  durationMs: z.number(),
  usage: usageSchema,
  costUsd: z.number().nullable(),
  budget: budgetSchema,
  success: z.array(z.strictObject({ name: z.string(), met: z.boolean(), evidence: z.string() })),
  journalHead: z.string(),
  /** Only where one run is shown: its first plan's forecast and what it took; null before that is over. */
  forecast: forecastCheckSchema.nullable().optional(),
});

export type RunResult = z.infer<typeof runResultSchema>;
export type StepRow = z.infer<typeof stepRowSchema>;

/** A line of a listing: a result without plan and steps, and without an output that is large. */
export const listedRunSchema = runResultSchema.omit({ plan: true, steps: true }).extend({
  output: z.json().meta({ description: "Null where it is longer than 16,384 characters of JSON, or not there." }),
  outputOmitted: z.boolean().meta({ description: "The run has an output, but it is too long for a listing." }),
});
export type RunListItem = z.infer<typeof listedRunSchema>;

export const runEventSchema = z.strictObject({
  v: z.literal(1),
  run: z.string(),
  seq: z.int(),
  at: z.string(),
  kind: z.string(),
  step: z.string().nullable(),
  index: z.int().nullable(),
  attempt: z.int().nullable(),
  data: z.record(z.string(), z.json()),
});
export type RunEvent = z.infer<typeof runEventSchema>;
