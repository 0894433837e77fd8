/** What a planner is asked. Owns: the request's shape; who fills it in is the runtime, never the planner. */

import type { Issue } from "../error/issue.ts";
import type { ErrorShape } from "../error/planwright-error.ts";
import type { DocumentDigest } from "../goal/document.ts";
import type { Params } from "../goal/run-request.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import type { Effect, Idempotency, PlanningHints } from "../tool/tool.ts";

/** Why a decision is asked for (CONTRACTS 3). */
export const DECISION_CAUSES = [
  "start",
  "then-replan",
  "step-failed",
  "output-invalid",
  "success-unmet",
  "answer",
  "edit",
  "fork",
] as const;
export type DecisionCause = (typeof DECISION_CAUSES)[number];

/**
 * How much a planner sees of untrusted content: bounded previews, or types, sizes and status codes only;
 * `none` for planners that look at nothing (fixed plans). Anything but `preview` keeps the plan trusted.
 */
export type Visibility = "preview" | "shape" | "none";

export interface ToolDescription {
  name: string;
  version: string;
  description: string;
  inputSchema: JsonSchema;
  outputSchema: JsonSchema;
  effect: Effect;
  idempotency: Idempotency;
  planning: PlanningHints | null;
}

/** One earlier step as a planner sees it. */
export interface HistoryItem {
  step: string;
  tool: string;
  /** The step as the plan has it; a planner that wants to keep or repeat it has to name it unchanged. */
  definition?: JsonValue;
  status: "completed" | "failed" | "unmet" | "skipped" | "unknown" | "pending" | "running" | "waiting" | "cancelled";
  /** Bounded JSON text of the output under `preview`, else null. */
  preview: string | null;
  /** JSON Schema of the output where the step completed. */
  outputSchema: JsonSchema | null;
  error: { code: ErrorShape["code"]; message: string | null } | null;
}

export interface PlanningRequest {
  run: string;
  /** Decision number, from 1. */
  n: number;
  /** Try within the decision, from 1; above 1 it is a repair and `issues` holds the last try's findings. */
  attempt: number;
  cause: DecisionCause;
  goal: string;
  params: Params;
  documents: DocumentDigest[];
  tools: ToolDescription[];
  history: HistoryItem[];
  /** Earlier questions of this run with their answers. */
  answers: { question: string; answer: JsonValue }[];
  budgetLeft: { steps: number; replans: number; tokens: number; costUsd: number; seconds: number };
  /** Schema that the run's output must satisfy, or null. */
  outputSchema: JsonSchema | null;
  issues: Issue[];
  /** The last try's decision as it was parsed, or null. */
  previous: JsonValue;
  /** The last try exactly as the model wrote it, where `previous` was decoded from it; else null. */
  previousAnswer: string | null;
  visibility: Visibility;
}
