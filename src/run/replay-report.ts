/** What replaying a run shows: that its journal is whole, who decided what, and what another planner would have decided. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { errorShapeSchema } from "../error/planwright-error.ts";
import { comparisonSchema } from "../plan/compare-decisions.ts";
import { decisionSchema } from "../plan/decision.ts";
import { DECISION_CAUSES } from "../planner/planning-request.ts";
import { RUN_STATUSES } from "./run-result.ts";

const usageSchema = z.strictObject({ inputTokens: z.int(), outputTokens: z.int(), modelCalls: z.int() });
const spentShape = { usage: usageSchema, costUsd: z.number().nullable() };

/** One answer to a question of a past run. */
const answerSchema = z.strictObject({
  decision: decisionSchema.nullable(),
  /** Whether parser and checker found it in order, after repairs. */
  isValid: z.boolean(),
  issues: z.array(issueSchema),
  error: errorShapeSchema.nullable(),
  tries: z.int(),
  /** Against what was decided then; null where there is nothing to compare. */
  comparison: comparisonSchema.nullable(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  ...spentShape,
});
export type ReplayAnswer = z.infer<typeof answerSchema>;

const decisionReplaySchema = z.strictObject({
  n: z.int(),
  cause: z.enum(DECISION_CAUSES),
  verdict: z.enum(["accepted", "rejected", "fallback"]),
  planner: z.string(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  decision: decisionSchema.nullable(),
  /** Whether the recorded question still has the hash that was recorded with it. */
  isRequestIntact: z.boolean(),
  /** The other planner's answer; null where it was not asked. */
  asked: answerSchema.nullable(),
  /** Answers of what planned then, to the same question. */
  noise: z.array(answerSchema),
  /** Why nobody was asked again, or null. */
  notAsked: z.string().nullable(),
});
export type DecisionReplay = z.infer<typeof decisionReplaySchema>;

const laneSchema = z.strictObject({
  planner: z.string(),
  model: z.string().nullable(),
  answers: z.int(),
  /** How many are as decided then. */
  same: z.int(),
  ...spentShape,
});
export type ReplayLane = z.infer<typeof laneSchema>;

export const runReplaySchema = z.strictObject({
  v: z.literal(1),
  run: z.string(),
  goal: z.string(),
  status: z.enum(RUN_STATUSES),
  forkedFrom: z.string().nullable(),
  entries: z.int(),
  /** Hash of the last entry: it stands for all before it. */
  journalHead: z.string(),
  /** Hash of what the journal folds to: equal on every machine. */
  snapshot: z.string(),
  decisions: z.array(decisionReplaySchema),
  /** Null where nobody was asked again. */
  asked: laneSchema.nullable(),
  /** What planned then, asked again: how much an answer varies by itself. Null where it was not asked. */
  noise: laneSchema.nullable(),
  /** Why there is no such lane, or null. */
  noNoise: z.string().nullable(),
  /** Spent by asking again. */
  ...spentShape,
});
export type RunReplay = z.infer<typeof runReplaySchema>;
