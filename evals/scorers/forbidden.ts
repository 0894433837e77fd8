/** Scorer `forbidden`: tools that must not be used, and orders that must not happen. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { orderBetween } from "../../src/eval/plan-order.ts";
import type { AcceptedDecision, Scorer, ScorerInput } from "../../src/eval/score.ts";
import { type CompiledStep, compilePlan } from "../../src/plan/compile-plan.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { buildPlanGraph } from "../../src/plan/plan-graph.ts";

/** Looks at the plan and, where there was a run, at the calls it made and at every plan that it went by. */
export const forbidden: Scorer = {
  id: "forbidden",
  description: "Share of the case's forbidden tools and orders that the plan and its run stay clear of.",
  score(input) {
    const rules = input.case.forbidden;
    if (rules.length === 0) return notApplicable("The case forbids nothing.");
    if (input.decision === null && input.accepted.length === 0) return notApplicable("The answer is no decision.");
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

/** Uses of `tool` that don't wait for every step of `before`, or that have none to wait for, in whatever the run went by. */
function earlyUses(tool: string, before: string, input: ScorerInput): string[] {
  const seen = new Set<string>();
  const awaited = new Set<string>();
  return turnsOf(input).flatMap((turn) => {
    const { steps } = compilePlan(turn.decision).plan;
    for (const { step } of steps) if (step.tool === before) awaited.add(step.id);
    const isEarly = createEarlyCheck(steps, { before, settled: turn.settled, awaited });
    const uses = steps.filter(({ step }) => step.tool === tool && !seen.has(step.id) && isEarly(step.id));
    for (const { step } of steps) seen.add(step.id);
    return uses.map(({ step, pointer }) => {
      const place = turn.decision === input.decision ? pointer : `run: step '${step.id}'`;
      return `${place}: '${tool}' may run before '${before}' has ended`;
    });
  });
}

/** `awaited`: all steps of `before` so far, those of earlier plans included. */
function createEarlyCheck(
  steps: readonly CompiledStep[],
  { before, settled, awaited }: { before: string; settled: readonly string[]; awaited: ReadonlySet<string> },
): (id: string) => boolean {
  const open = steps.filter(({ step }) => step.tool === before && !settled.includes(step.id));
  if (open.length === 0) {
    const isSettled = [...awaited].some((id) => settled.includes(id));
    return () => !isSettled;
  }
  const graph = buildPlanGraph(steps);
  const order = orderBetween(graph, graph.ids);
  return (id) => open.some(({ step }) => !order.isBefore(step.id, id));
}

const SETTLED: ReadonlySet<string> = new Set(["completed", "unmet", "skipped", "failed"]);

type Turn = AcceptedDecision & { decision: GoingAhead };
type GoingAhead = Extract<Decision, { kind: "plan" | "finish" }>;

/** What the run went by, and the decision that is scored where that is none of it. */
function turnsOf({ decision, accepted, known }: ScorerInput): Turn[] {
  const isAmong = accepted.some((one) => one.decision === decision);
  const settled = [...known].filter(([, { status }]) => SETTLED.has(status)).map(([id]) => id);
  const all = isAmong || decision === null ? accepted : [...accepted, { decision, settled }];
  return all.filter((turn): turn is Turn => turn.decision.kind === "plan" || turn.decision.kind === "finish");
}
