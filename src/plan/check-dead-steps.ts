/** Last pass: reads that nobody reads. Owns: a warning, never an error. */
import type { Issue } from "../error/issue.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";
import { referencedSteps } from "./plan-graph.ts";

export function checkDeadSteps(examination: Examination): Issue[] {
  return (deadSteps(examination) ?? []).map((step) => {
    const { id, tool } = step.step;
    const isLast = (examination.graph.dependents.get(id) ?? []).length === 0;
    return issueOf({
      severity: "warning",
      code: "PLAN_DEAD_STEP",
      path: step.pointer,
      message: `Step '${id}' (tool '${tool}') changes nothing, and neither the output nor a needed step reads it.`,
      hint: `Remove step '${id}', or use its result in the output.`,
      fix: isLast ? [{ op: "remove", path: step.pointer }] : null,
    });
  });
}

/**
 * Reads whose result goes nowhere. Null unless the plan ends with an output of its own: else every last step's output is
 * part of the result.
 */
export function deadSteps(examination: Examination): CompiledStep[] | null {
  const { decision, plan, tools, context } = examination;
  if (decision.kind !== "plan" || decision.then === "replan" || plan.output === null) return null;
  const live = liveSteps(examination);
  const isDead = (id: string): boolean => !live.has(id) && tools.get(id)?.effect === "read" && !context.known.has(id);
  return [...examination.steps].filter(([id]) => isDead(id)).map(([, step]) => step);
}

function liveSteps({ plan, tools, graph, groups, steps }: Examination): Set<string> {
  const { data, order } = referencedSteps(plan.references, groups);
  const effectful = [...steps.keys()].filter((id) => tools.get(id)?.effect !== "read");
  const queue = [...data, ...order, ...effectful];
  const live = new Set<string>();
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (live.has(id)) continue;
    live.add(id);
    const sources = graph.dependencies.get(id);
    if (sources !== undefined) queue.push(...sources.data, ...sources.order);
  }
  return live;
}
