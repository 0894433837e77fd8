/** Steps that come into the ledger and go out of it. Owns: how a new step begins, and what dropping one leaves. */
import { TRUSTED } from "../policy/label.ts";
import type { Ledger, StepState } from "./ledger.ts";
import { setCallStatus } from "./ledger-tallies.ts";
import { createCall } from "./new-ledger.ts";
import { tally } from "./settle-step.ts";

type NewStep = Pick<
  StepState,
  "compiled" | "definition" | "onFailure" | "facts" | "literalLabel" | "revision" | "place"
>;

/** A step that waits for everything; who adds it to the ledger tallies it. */
export function createStep(step: NewStep): StepState {
  const state = {
    id: step.compiled.step.id,
    ...step,
    priority: 0,
    status: "pending",
    isDropped: false,
    whenLabel: TRUSTED,
    openSources: 0,
    lastFailure: null,
    fanOut: null,
    earlier: [],
  } as Omit<StepState, "call"> as StepState;
  state.call = createCall(state, null);
  return state;
}

/** Takes a step out of the plan; one that was started stays listed. */
export function dropStep(ledger: Ledger, step: StepState): void {
  tally(ledger, step, -1);
  step.isDropped = true;
  ledger.due.delete(step);
  const calls = [step.call, ...(step.fanOut?.elements ?? [])];
  for (const call of calls) {
    ledger.recovering.delete(call);
    if (call.status === "running" || call.status === "completed" || call.status === "failed") continue;
    setCallStatus(ledger, call, call.status === "unknown" ? "failed" : "cancelled");
  }
  const isListed = step.status === "failed" || calls.some((call) => call.attempts > 0 || call.startedAt !== null);
  if (!isListed) ledger.steps.delete(step.id);
}
