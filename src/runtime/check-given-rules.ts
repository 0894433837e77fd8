/**
 * Rules that come with a request instead of with a workflow. Owns: that what they fall back on is right before anything
 * runs, as far as a plan that is given tells. Must not: judge the plan (the run does).
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { checkFallbacks } from "../plan/check-fallbacks.ts";
import { parseKnownDecision } from "../plan/known-decisions.ts";
import { PERSONAL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import type { CheckedRequest } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Throws the first issue's PLAN_ code with all of them; their paths lead into the request. */
export function checkGivenRules({ tools }: Pick<RuntimeEnvironment, "tools">, request: CheckedRequest): void {
  const { rules, plan, documents } = request;
  const recovery = rules?.recovery ?? [];
  if (!recovery.some(({ tool }) => tool !== undefined)) return;
  const decision = plan === undefined ? null : parseKnownDecision(plan, PERSONAL_PLAN_LIMITS).decision;
  const known = decision?.kind === "plan" ? decision : null;
  const found = checkFallbacks(recovery, { tools, plan: known, documents: documents.length });
  const issues = found.map((issue) => ({ ...issue, path: `/rules${issue.path}` }));
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? "" : ` (and ${issues.length - 1} more)`;
  throw new PlanwrightError(first.code, `The rules of the request are refused: ${first.message}${more}`, {
    issues,
    hint: first.hint,
  });
}
