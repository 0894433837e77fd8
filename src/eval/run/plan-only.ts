/**
 * A planner in a run in which nothing may run: the level `plan`. The run has a budget of no steps, so that it ends with
 * the accepted decision; the planner must not notice. Owns: that pretence.
 */
import type { Budget } from "../../goal/run-request.ts";
import type { Planner } from "../../planner/planner.ts";
import type { PlanningRequest } from "../../planner/planning-request.ts";

/** Nothing runs, and nobody is asked twice but for repairs. */
export const NOTHING_RUNS = { maxSteps: 0, maxReplans: 0 };

/** `budget`: what the planner is told that is left. Steps of a plan that is still being written are not passed on. */
export function planOnly(planner: Planner, budget: Budget): Planner {
  const asUsual = (request: PlanningRequest): PlanningRequest => ({
    ...request,
    budgetLeft: { ...request.budgetLeft, steps: budget.maxSteps, replans: budget.maxReplans },
  });
  const { reserve } = planner;
  return {
    ...planner,
    ...(reserve === undefined ? {} : { reserve: (request, left) => reserve(asUsual(request), left) }),
    plan: (request, { onStep: _, ...options }) => planner.plan(asUsual(request), options),
  };
}
