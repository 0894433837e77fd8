/**
 * The one plan that a run came to, over all its decisions. Owns: which steps belong to it, and what has to be said in it
 * that the run found out only on its way. Must not: turn it into a workflow.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { NO_RULES } from "../goal/run-rules.ts";
import { compileCondition } from "../plan/compile-condition.ts";
import { compilePlan, listConditionReferences, listReferences } from "../plan/compile-plan.ts";
import { compileInput } from "../plan/compile-value.ts";
import type { Reference } from "../plan/compiled.ts";
import type { Step } from "../plan/decision.ts";
import { dependenciesOf, referencedSteps, unreadSteps } from "../plan/plan-graph.ts";
import type { Ledger, StepState } from "../run/ledger.ts";
import type { JsonValue } from "../shared/json.ts";

export interface CarriedOutPlan {
  steps: Step[];
  output: JsonValue | undefined;
}

/** Steps of the last plan and all that they, the output or the run's rules rest on. Throws VALIDATION. */
export function carriedOutPlan(ledger: Ledger): CarriedOutPlan {
  const { lastDecision, plan } = ledger;
  const decision = lastDecision?.kind === "finish" || lastDecision?.kind === "plan" ? lastDecision : plan;
  if (decision === null) return { steps: [], output: undefined };
  const own = decision.kind === "plan" ? decision.steps.map(({ id }) => id) : [];
  const { data, order } = referencedSteps([...compilePlan(decision).plan.references, ...ruleReferences(ledger)]);
  const needed = withSources(ledger, [...own, ...data, ...order]);
  const states = [...ledger.steps.values()].filter(({ id }) => needed.has(id));
  const steps = states.map((state) => stepOf(ledger, state));
  return { steps, output: decision.output ?? omittedOutput(ledger, { own: new Set(own), states }) };
}

/** What stand-ins get and success criteria look at. */
function ruleReferences({ accepted }: Ledger): Reference[] {
  const { recovery, success } = accepted.rules ?? NO_RULES;
  const inputs = recovery.flatMap(({ input }) =>
    input === undefined ? [] : listReferences(compileInput(input, "").value, "input"),
  );
  const checks = success.flatMap((criterion) => {
    const condition = "check" in criterion ? compileCondition(criterion.check, "", { inside: "when" }).condition : null;
    return condition === null ? [] : listConditionReferences(condition);
  });
  return [...inputs, ...checks];
}

function withSources({ steps }: Ledger, ids: readonly string[]): ReadonlySet<string> {
  const needed = new Set<string>();
  const pending = [...ids];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const step = steps.get(id);
    if (step === undefined || needed.has(id)) continue;
    needed.add(id);
    const sources = dependenciesOf(step.compiled);
    pending.push(...sources.data, ...sources.order);
  }
  return needed;
}

/** A run that completed went on without what failed, by another plan or a rule: the one plan has to say so itself. */
function stepOf({ ended, run }: Ledger, { compiled: { step }, status, fanOut }: StepState): Step {
  if (ended?.status !== "completed" || status !== "failed" || step.onFailure === "skip") return step;
  if (fanOut?.elements.some((element) => element.status === "completed") === true) {
    throw new PlanwrightError("VALIDATION", `Step '${step.id}' of run '${run}' failed at some elements of its list.`, {
      hint: "No plan can say that it goes on without the others: promote a run in which all of them failed, or none.",
      runId: run,
    });
  }
  return { ...step, onFailure: "skip" };
}

interface Taken {
  /** Ids of the last plan: of these the run's output was made. */
  own: ReadonlySet<string>;
  states: readonly StepState[];
}

/** Where steps of earlier plans would give more outputs, the output is said. */
function omittedOutput({ lastDecision }: Ledger, { own, states }: Taken): JsonValue | undefined {
  if (lastDecision?.kind !== "plan") return undefined;
  const unread = unreadSteps(states.map(({ compiled }) => compiled));
  if (unread.every((id) => own.has(id)) && states.every(({ id }) => own.has(id))) return undefined;
  const before = unreadSteps(compilePlan(lastDecision).plan.steps);
  const completed = new Set(states.filter(({ status }) => status === "completed").map(({ id }) => id));
  return Object.fromEntries(before.filter((id) => completed.has(id)).map((id) => [id, { ref: id }]));
}
