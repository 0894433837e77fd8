/**
 * The planner that holds a plan: a person's, a workflow's, or one made before. Owns: handing it out once.
 * Must not: look at the request, repair the plan, or replan; the checker and the run's recovery rules do.
 */

import { NO_USAGE } from "../src/model/usage.ts";
import type { Decision } from "../src/plan/decision.ts";
import type { Planner, Proposal } from "../src/planner/planner.ts";
import type { PlanningRequest } from "../src/planner/planning-request.ts";
import type { JsonValue } from "../src/shared/json.ts";

export interface FixedPlannerOptions {
  /** Shown in results; `fixed` by default. */
  name?: string;
}

/**
 * A planner that answers the first decision with `plan` and gives up when it is asked again: what a fixed plan
 * cannot do, only another planner or a person can.
 *
 * @example
 * createFixedPlanner({ kind: "plan", rationale: "by hand", steps: [], then: "finish" });
 */
export function createFixedPlanner(plan: Decision | JsonValue, options: FixedPlannerOptions = {}): Planner {
  // As text, nobody can change it, and every answer is a copy of its own.
  const text = JSON.stringify(plan);
  return {
    name: options.name ?? "fixed",
    visibility: "none",
    defaultOnFailure: "fail",
    isPersonal: true,
    plan: (request) => Promise.resolve(answer(text, request)),
  };
}

function answer(text: string, request: PlanningRequest): Proposal {
  const isFirst = request.n === 1 && request.attempt === 1;
  const raw = isFirst ? (JSON.parse(text) as JsonValue) : giveUp(request);
  return { raw, usage: NO_USAGE, costUsd: 0, dialect: "none" };
}

function giveUp(request: PlanningRequest): JsonValue {
  const found = request.issues.map((issue) => `${issue.code}: ${issue.message}`).join("; ");
  const failed = request.history.filter((item) => item.status === "failed").map((item) => `"${item.step}"`);
  const details = found === "" && failed.length > 0 ? `failed: ${failed.join(", ")}` : found;
  const reason = `The plan is fixed and was asked for again (${request.cause}${details === "" ? "" : `; ${details}`}).`;
  return { kind: "abandon", rationale: "A fixed plan has no second answer.", reason };
}
