/**
 * What follows when a step settles: dependents become ready, unmet or skipped (KERNEL 9). All of it is derived
 * from entries and never journalled. Owns: readiness. Must not: start anything.
 */
import { evaluateCondition } from "../plan/evaluate-condition.ts";
import { joinLabels } from "../policy/label.ts";
import type { Ledger, StepState, StepStatus } from "./ledger.ts";
import { scopeOf, traceSources } from "./ledger-scope.ts";
import { setCallStatus } from "./ledger-tallies.ts";

/** Settled: dependents may go on. A failure settles only where it is skipped. */
export function isSettled(step: StepState): boolean {
  if (step.status === "failed") return step.onFailure === "skip";
  return step.status !== "pending" && step.status !== "active";
}

/** Sets a step's status and lets everything that waited for it go on. */
export function settleStep(ledger: Ledger, step: StepState, status: StepStatus): void {
  const settled = [change(ledger, step, status)];
  for (let next = settled.pop(); next !== undefined; next = settled.pop()) {
    if (!isSettled(next)) continue;
    for (const id of ledger.dependents.get(next.id) ?? []) {
      const dependent = ledger.steps.get(id);
      if (dependent?.status !== "pending") continue;
      dependent.openSources -= 1;
      const verdict = dependent.openSources === 0 ? judgeReadiness(ledger, dependent) : null;
      if (verdict !== null) settled.push(change(ledger, dependent, verdict));
    }
  }
}

/** Steps of a fresh plan that wait for nothing. */
export function startSources(ledger: Ledger, steps: readonly StepState[]): void {
  for (const step of steps) {
    if (step.status !== "pending" || step.openSources > 0 || step.call.status !== "idle") continue;
    const verdict = judgeReadiness(ledger, step);
    if (verdict !== null) settleStep(ledger, step, verdict);
  }
}

function change(ledger: Ledger, step: StepState, status: StepStatus): StepState {
  tally(ledger, step, -1);
  step.status = status;
  tally(ledger, step, 1);
  if (isSettled(step) || status === "failed") ledger.statuses[step.id] = status;
  if (status === "skipped" || status === "unmet") setCallStatus(ledger, step.call, "skipped");
  if (isNews(step)) ledger.progress += 1;
  if (status === "completed") observe(ledger, step);
  return step;
}

/** What the run's rules want recorded of it; the driver does. */
function observe(ledger: Ledger, step: StepState): void {
  for (const [point, { after }] of ledger.accepted.rules?.observe.entries() ?? []) {
    if (after === step.id) ledger.toObserve.push({ point, step });
  }
}

/** The same failure twice is no progress: a plan that only repeats it is stuck (KERNEL 8). */
function isNews(step: StepState): boolean {
  if (step.status !== "failed") return isSettled(step);
  const code = step.fanOut?.error?.code ?? step.call.error?.code ?? "INTERNAL";
  if (code === step.lastFailure) return false;
  step.lastFailure = code;
  return true;
}

/** Adds a step to the tallies, or takes it out. */
export function tally(ledger: Ledger, step: StepState, by: number): void {
  if (step.isDropped) return;
  if (step.status === "pending" || step.status === "active") ledger.tallies.unsettled += by;
  if (step.status !== "failed" || step.isEarly === true) return;
  if (step.onFailure === "replan") ledger.tallies.toReplan += by;
  if (step.onFailure === "fail") ledger.tallies.fatal += by;
}

/** Makes a step whose sources are settled ready; or says why it never will be. Builds no value: that is for the start. */
function judgeReadiness(ledger: Ledger, step: StepState): "unmet" | "skipped" | null {
  const { when } = step.compiled;
  if (when !== null) {
    const verdict = evaluateCondition(when, scopeOf(ledger, step, null));
    step.whenLabel = verdict.label;
    if (!verdict.holds) return "unmet";
  }
  const { absent, label } = traceSources(ledger, step);
  step.call.inputLabel = joinLabels(step.call.inputLabel, label);
  if (absent !== null) return "skipped";
  setCallStatus(ledger, step.call, "ready");
  return null;
}
