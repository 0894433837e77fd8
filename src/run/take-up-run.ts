/** What a driver does first: everything outstanding is computed from the state (KERNEL 4), never remembered. */
import { errorShape } from "../error/planwright-error.ts";
import { openCalls } from "./apply-plan.ts";
import { watchExpiry } from "./approvals.ts";
import { append, type DriverCore, hold } from "./driver-core.ts";
import { dueFork } from "./forked-decision.ts";
import { type Call, liveCalls, openApprovals } from "./ledger.ts";
import { reconcileCall } from "./reconcile-call.ts";
import { outstandingEffects, type RunEffect } from "./run-machine.ts";
import { scheduleRetry } from "./settle-call.ts";

/** Owners in a row without any outcome after which a person has to look (KERNEL 13). */
const FRUITLESS_OWNERS = 3;

/** Fills the ready queue, sets timers, settles what a crash cut off, and queues the effects of the present phase. */
export function takeUpRun(core: DriverCore): void {
  const { ledger } = core.state;
  ledger.onReady = (call) => core.ready.add(call);
  for (const call of liveCalls(ledger)) {
    if (call.status === "ready") core.ready.add(call);
    if (call.status === "retrying") scheduleRetry(core, call, pauseLeft(core, call));
  }
  for (const { approval } of openApprovals(ledger)) watchExpiry(core, approval);
  for (const call of openCalls(ledger)) reconcileCall(core, call);
  if (ledger.startedAt === null && ledger.ended === null) append(core, { kind: "run.started", data: {} });
  if (ledger.fruitlessOwners >= FRUITLESS_OWNERS && ledger.waiting === null && ledger.ended === null)
    holdForDeaths(core);
  core.effects.splice(0, core.effects.length, ...firstEffects(core));
}

/** A fork asks its decision, also where the source asked it over an output that this one need not build again. */
function firstEffects({ state }: DriverCore): RunEffect[] {
  const isAsking = dueFork(state.ledger) !== null && state.phase() === "finishing";
  return isAsking ? ["requestDecision"] : outstandingEffects(state.phase());
}

/** The wait after a restart: what is left of it, never more than it was meant to be. */
function pauseLeft(core: DriverCore, call: Call): number {
  const left = call.retryAt === null ? 0 : Date.parse(call.retryAt) - core.environment.clock.now();
  return Math.max(0, Math.min(left, call.pauseMs));
}

function holdForDeaths(core: DriverCore): void {
  const { ledger } = core.state;
  const message = `${ledger.fruitlessOwners} processes in a row took this run up and died without any outcome.`;
  const hint = "Look at the step that was running (a tool may crash the process), then resume the run.";
  hold(core, errorShape("INTERNAL", message, { runId: ledger.run, hint }));
}
