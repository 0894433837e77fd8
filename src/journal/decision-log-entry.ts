/** One line of the decision log (CONTRACTS 3). Owns: the shape. Must not: know how journals are read. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { decisionSchema } from "../plan/decision.ts";
import { DECISION_CAUSES } from "../planner/planning-request.ts";
import { diffSchema } from "./entries.ts";

export const VERDICTS = ["accepted", "rejected", "fallback"] as const;

const count = z.int().min(0);
export const usageSchema = z.strictObject({ inputTokens: count, outputTokens: count, modelCalls: count });

/** Null where a price was unknown. */
const costSchema = z.number().nullable();

/** One answer of the planner; a try above the first is a repair. */
export const decisionTrySchema = z.strictObject({
  /** As it came: a model's text, or the JSON text of a structured answer; empty where there was no answer. */
  raw: z.string(),
  /** What the parser made of it; null where it is no decision. */
  decision: decisionSchema.nullable(),
  /** Why it was rejected (also a planner's own error), or the warnings it was accepted with. */
  issues: z.array(issueSchema),
  dialect: z.enum(["variants", "entries", "tool", "text", "none"]),
  usage: usageSchema,
  costUsd: costSchema,
  durationMs: z.number(),
});
export type DecisionTry = z.infer<typeof decisionTrySchema>;

/** What the planner saw at the first try; repairs see the issues and the answer of the try before as well. */
export const decisionViewSchema = z.strictObject({
  documents: z.array(
    z.strictObject({ name: z.string(), type: z.string(), chars: z.int(), previewChars: z.int().nonnegative() }),
  ),
  /** Names of the tools in its catalogue. */
  tools: z.array(z.string()),
  history: z.array(z.strictObject({ step: z.string(), status: z.string() })),
  budgetLeft: z.strictObject({
    steps: z.number(),
    replans: z.number(),
    tokens: z.number(),
    costUsd: z.number(),
    seconds: z.number(),
  }),
  visibility: z.enum(["preview", "shape", "none"]),
});
export type DecisionView = z.infer<typeof decisionViewSchema>;

export const decisionLogEntrySchema = z.strictObject({
  v: z.literal(1),
  run: z.string(),
  /** Decision number, from 1. */
  n: z.int().min(1),
  /** When it was asked for, ISO 8601. */
  at: z.string(),
  cause: z.enum(DECISION_CAUSES),
  /** Revision of the plan that held after it; 0 where there was none yet. */
  revision: z.int().nonnegative(),
  planner: z.string(),
  /** Of the last try. */
  model: z.string().nullable(),
  prompt: z.strictObject({ name: z.string(), version: z.int(), hash: z.string() }).nullable(),
  /** Hash of the planning request of the first try. */
  requestHash: z.string(),
  saw: decisionViewSchema,
  tries: z.array(decisionTrySchema).min(1),
  /** What was accepted; null where the last try was rejected. */
  decision: decisionSchema.nullable(),
  verdict: z.enum(VERDICTS),
  considered: z.array(z.strictObject({ tool: z.string(), score: z.number(), why: z.string() })),
  /** Ids of the steps that this decision brought in or changed, in the order of its plan. */
  steps: z.array(z.string()),
  diff: diffSchema,
  /** Sums over the tries. */
  usage: usageSchema,
  costUsd: costSchema,
  durationMs: z.number(),
});
export type DecisionLogEntry = z.infer<typeof decisionLogEntrySchema>;
