/** `POST /v1/plans`: plans and checks, runs nothing. Owns: telling a planner's bad plan from the caller's. */
import type { ErrorCode } from "../../error/codes.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { DryRun } from "../../run/dry-run.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import { runRequestOf, START_BODY_RULES, startBodySchema } from "../request-schemas.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";

export function planGoalRoute(parts: ServerParts): Route {
  return defineRoute({
    method: "POST",
    path: "/v1/plans",
    operation: "planGoal",
    summary: "Plans a goal and checks the plan, with a forecast; nothing runs. Also answers 200 where valid is false.",
    body: { schema: startBodySchema, rules: START_BODY_RULES },
    answers: { 200: { description: "What would be done.", schema: "DryRun" } },
    errors: [
      "NOT_FOUND",
      "PROMPT_NOT_FOUND",
      "PLAN_SCHEMA",
      "DOCUMENT_UNREADABLE",
      "DOCUMENT_TOO_LARGE",
      "MODEL_UNAVAILABLE",
    ],
    async handle({ body, files }) {
      const asked = runRequestOf(body, files);
      return jsonResponse(
        200,
        asked.plan === undefined ? await parts.runtime.plan(asked) : await refuseBadPlan(parts, asked),
      );
    },
  });
}

/** A plan that the caller sent has to be right: throws the code of what is wrong first, with all issues. */
export async function refuseBadPlan({ runtime }: ServerParts, request: RunRequest): Promise<DryRun> {
  const { idempotencyKey: _, ...asked } = request;
  const dryRun = await runtime.plan(asked);
  const found = dryRun.issues.find(({ severity }) => severity === "error");
  if (found === undefined) return dryRun;
  throw new PlanwrightError(found.code as ErrorCode, found.message, { hint: found.hint, issues: dryRun.issues });
}
