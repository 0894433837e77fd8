/** Last pass: reads that nobody reads. Owns: a warning, never an error. */
import type { Issue } from "../error/issue.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import { referencedSteps } from "./plan-graph.ts";

/** Only where the plan ends with an output of its own: else every last step's output is part of the result. */
export function checkDeadSteps(examination: Examination): Issue[] {
  const { decision, plan, tools, graph, context } = examination;
  if (decision.kind !== "plan" || decision.then === "replan" || plan.output === null) return [];
  const live = liveSteps(examination);
  const issues: Issue[] = [];
  for (const [id, step] of examination.steps) {
    if (live.has(id) || tools.get(id)?.effect !== "read" || context.known.has(id)) continue;
    const isLast = (graph.dependents.get(id) ?? []).length === 0;
    issues.push(
      issueOf({
        severity: "warning",
        code: "PLAN_DEAD_STEP",
        path: step.pointer,
        message: `Step '${id}' (tool '${step.step.tool}') changes nothing, and neither the output nor a needed step reads it.`,
        hint: `Remove step '${id}', or use its result in the output.`,
        fix: isLast ? [{ op: "remove", path: step.pointer }] : null,
      }),
    );
  }
  return issues;
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
