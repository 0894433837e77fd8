/**
 * Shared decisions in which the checker found nothing. Everything but the policy is a pure function of the decision, the
 * tools and a few facts of the run, so that the same decision under the same facts need not be looked at again. Owns:
 * which facts these are. Must not: remember anything of a run, nor what a policy said.
 */
import type { CheckContext } from "./check-context.ts";
import type { Examination } from "./check-examination.ts";
import type { Decision } from "./decision.ts";
import { isShared } from "./known-decisions.ts";

/** What the policy's pass needs of an examination. */
export type Passed = Pick<Examination, "plan" | "graph" | "steps" | "tools" | "groups">;

type Tools = CheckContext["tools"];

const PASSED = new WeakMap<Tools, WeakMap<Decision, { facts: string; passed: Passed }>>();

/** Null where the decision has to be examined. */
export function passedBefore(decision: Decision, context: CheckContext): Passed | null {
  const known = PASSED.get(context.tools)?.get(decision);
  return known !== undefined && known.facts === factsOf(context) ? known.passed : null;
}

/** To be told of decisions without any issue but the policy's. */
export function rememberPassed({ decision, context, ...examination }: Examination): void {
  const facts = factsOf(context);
  if (facts === null || !isShared(decision)) return;
  const { plan, graph, steps, tools, groups } = examination;
  const byDecision = PASSED.get(context.tools) ?? new WeakMap();
  PASSED.set(context.tools, byDecision);
  byDecision.set(decision, { facts, passed: { plan, graph, steps, tools, groups } });
}

/** Null for runs that have more to go by: earlier steps, parameters, a schema of the output, groups. */
function factsOf({ known, params, paramsSchema, outputSchema, groups, ...facts }: CheckContext): string | null {
  if (known.size > 0 || groups !== undefined || paramsSchema !== null || outputSchema !== null) return null;
  if (Object.keys(params).length > 0) return null;
  return `${facts.documents} ${facts.maxSteps} ${facts.isPersonal} ${facts.defaultOnFailure}`;
}
