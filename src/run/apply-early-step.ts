/**
 * How steps of a plan that is still being written change the ledger (KERNEL 12). Owns: early steps from their entry to
 * the verdict on their plan. A failure counts only once the plan is accepted; then the step runs again.
 */
import type { EntryOf } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { compileStep } from "../plan/compile-plan.ts";
import type { PlanDecision, Step } from "../plan/decision.ts";
import { buildPlanGraph } from "../plan/plan-graph.ts";
import type { Ledger, StepState } from "./ledger.ts";
import { isSettled, startSources, tally } from "./settle-step.ts";
import { createStep, dropStep } from "./step-table.ts";

/** Adds the step, waiting for those of its sources that are under way. */
export function applyEarlyStep(ledger: Ledger, entry: EntryOf<"decision.step">): void {
  const { step: stored, definition, label, onFailure, facts } = entry.data;
  const step = storedValue(stored, ledger.readBlob) as unknown as Step;
  if (ledger.steps.has(step.id)) return;
  const place = earlySteps(ledger).length;
  const state = createStep({
    compiled: compileStep(step, `/steps/${place}`).compiled,
    definition,
    onFailure: step.onFailure ?? onFailure,
    facts,
    literalLabel: label,
    revision: ledger.revision + 1,
    place,
  });
  state.isEarly = true;
  ledger.steps.set(step.id, state);
  tally(ledger, state, 1);
  const sources = sourcesOf(ledger, state);
  for (const id of sources) ledger.dependents.set(id, [...(ledger.dependents.get(id) ?? []), step.id]);
  state.openSources = sources.length;
  startSources(ledger, [state]);
}

/** Steps that it has to wait for. */
function sourcesOf(ledger: Ledger, state: StepState): string[] {
  const others = earlySteps(ledger).map(({ compiled }) => compiled);
  const { data, order } = buildPlanGraph(others).dependencies.get(state.id) ?? { data: [], order: [] };
  return [...new Set([...data, ...order])].filter((id) => {
    const source = ledger.steps.get(id);
    return source !== undefined && !isSettled(source);
  });
}

function earlySteps(ledger: Ledger): StepState[] {
  return [...ledger.steps.values()].filter(({ isEarly }) => isEarly === true);
}

/**
 * The plan is accepted: what happens to its steps counts from now on, and they stand where the plan has them, whichever
 * came early. To be called once they are opened again.
 */
export function confirmEarlySteps(ledger: Ledger, plan: PlanDecision, revision: number): void {
  const early = earlySteps(ledger);
  if (early.length === 0) return;
  for (const step of early) confirm(ledger, step);
  for (const { id } of plan.steps) {
    const step = ledger.steps.get(id);
    if (step?.revision !== revision) continue;
    ledger.steps.delete(id);
    ledger.steps.set(id, step);
  }
}

function confirm(ledger: Ledger, step: StepState): void {
  tally(ledger, step, -1);
  delete step.isEarly;
  tally(ledger, step, 1);
}

/**
 * The plan is rejected, or nobody knows any more how it went on: what did not start vanishes, what runs may finish, and
 * what is completed may be referred to.
 */
export function dropEarlySteps(ledger: Ledger): void {
  for (const step of earlySteps(ledger)) {
    if (step.status === "completed") confirm(ledger, step);
    else if (!hasStarted(step)) dropStep(ledger, step);
  }
}

function hasStarted({ call, fanOut }: StepState): boolean {
  return call.startedAt !== null || (fanOut?.elements ?? []).some(({ attempts }) => attempts > 0);
}
