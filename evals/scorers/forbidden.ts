/** Scorer `forbidden`: tools that must not be used, and orders that must not happen. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { orderBetween } from "../../src/eval/plan-order.ts";
import type { Scorer, ScorerInput } from "../../src/eval/score.ts";

/** Looks at the plan and, where there was a run, at the calls it made. */
export const forbidden: Scorer = {
  id: "forbidden",
  description: "Share of the case's forbidden tools and orders that the plan and its run stay clear of.",
  score(input) {
    const rules = input.case.forbidden;
    if (rules.length === 0) return notApplicable("The case forbids nothing.");
    if (input.decision === null) return notApplicable("The answer is no decision.");
    const broken = rules.map((rule) =>
      typeof rule === "string" ? usesOf(rule, input) : earlyUses(rule.tool, rule.before, input),
    );
    const kept = broken.filter((findings) => findings.length === 0).length;
    return { score: kept / rules.length, evidence: broken.flat() };
  },
};

function usesOf(tool: string, { plan, result }: ScorerInput): string[] {
  const planned = (plan?.steps ?? []).filter(({ step }) => step.tool === tool);
  const called = (result?.steps ?? []).filter((row) => row.tool === tool && row.attempts > 0);
  return [
    ...planned.map(({ pointer }) => `${pointer}/tool: '${tool}' is forbidden`),
    ...called.map(({ id }) => `run: step '${id}' called '${tool}', which is forbidden`),
  ];
}

/** Steps of `tool` that don't wait for every step of `before`, or that have none to wait for. */
function earlyUses(tool: string, before: string, { plan, graph }: ScorerInput): string[] {
  if (plan === null || graph === null) return [];
  const first = plan.steps.filter(({ step }) => step.tool === before).map(({ step }) => step.id);
  const order = orderBetween(graph, graph.ids);
  const uses = plan.steps.filter(({ step }) => step.tool === tool);
  const early = uses.filter(({ step }) => first.length === 0 || first.some((id) => !order.isBefore(id, step.id)));
  return early.map(({ pointer }) => `${pointer}: '${tool}' may run before '${before}' has ended`);
}
