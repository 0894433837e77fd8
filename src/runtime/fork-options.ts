/** What an application asks of a fork, and what it gets. Owns: both shapes, and the check of the first. */
import { z } from "zod";
import { type Budget, budgetSchema, type Grant } from "../goal/run-request.ts";
import type { MayRepeat } from "../journal/fork-data.ts";
import type { JsonValue } from "../shared/json.ts";
import type { RunHandle } from "./run-handle.ts";
import { approveSchema, goalSchema, invalid, planSchema, withoutUndefined } from "./run-request.ts";

export interface ForkOptions {
  /** Number of the decision that is asked again, from 1. */
  atDecision: number;
  /** Another goal; the source's by default. */
  goal?: string;
  /** The plan of a person that is taken as that decision, once it is checked; else the runtime's planner is asked. */
  plan?: JsonValue;
  /** Limits that differ from the source's. What the source has used is not counted. */
  budget?: Partial<Budget>;
  /**
   * Grants for irreversible tools, as in a request; `"none"` denies whatever needs an approval. Grants of the source are
   * not taken over; by default the fork asks, or denies where its source did.
   */
  approve?: Grant[] | "none";
}

/** A handle of the new run, with what it may do once more. */
export interface ForkedRun extends RunHandle {
  /** `RUN@N` */
  readonly forkedFrom: string;
  /**
   * Effects of the source that the fork may have again: calls (no plain reads) that the source made or began after what
   * is kept, and those before whose outcome nobody knows.
   */
  readonly mayRepeat: readonly MayRepeat[];
}

export interface CheckedForkOptions {
  atDecision: number;
  goal: string | null;
  plan: JsonValue | undefined;
  budget: Partial<Budget>;
  approve: Grant[] | "none" | null;
}

const optionsSchema = z.strictObject({
  atDecision: z.int("is no whole number").min(1, "is below 1"),
  goal: goalSchema.optional(),
  plan: planSchema.optional(),
  budget: budgetSchema.partial().strict().default({}),
  approve: approveSchema.optional(),
});

const FORK_HINT = "A fork has atDecision, and may have goal, plan, budget, approve.";

/** Throws VALIDATION with one issue per problem. */
export function checkForkOptions(options: ForkOptions): CheckedForkOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw invalid(parsed.error, "Fork", FORK_HINT);
  const { atDecision, goal = null, plan, budget, approve = null } = parsed.data;
  return { atDecision, goal, plan, budget: withoutUndefined(budget), approve };
}
