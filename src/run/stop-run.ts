/** Stopping a run: abort signals for what runs, and the wall-time budget (KERNEL 15, 16). */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { stopAsking } from "./call-planner.ts";
import { append, type DriverCore, setTimer } from "./driver-core.ts";
import { isActive } from "./run-status.ts";

/** Tells running tools and the planner to stop; after the grace period the run goes on without them. */
export function abortRunning(core: DriverCore): void {
  stopAsking(core);
  const reason = stopReason(core);
  const { graceMs } = core.environment.limits;
  for (const { call } of core.running.values()) call?.abort(reason, graceMs);
  core.undoing?.abort(reason, graceMs);
}

function stopReason(core: DriverCore): ErrorShape {
  const { ledger } = core.state;
  const details = { runId: ledger.run };
  if (ledger.limit !== null) return errorShape("CANCELLED", ledger.limit.message, details);
  if (ledger.isCancelRequested) return errorShape("CANCELLED", "The run was cancelled.", details);
  return errorShape("CANCELLED", "The run was stopped because a step failed.", details);
}

/** Milliseconds of wall time spent until now, also where the clock was set meanwhile; waiting does not count. */
export function timeSpent(core: DriverCore): number {
  const { ledger } = core.state;
  const sinceEntry = Math.max(0, Math.round(core.environment.clock.monotonic() - core.appendedAtMs));
  return ledger.activeMs + (ledger.waiting === null && ledger.startedAt !== null ? sinceEntry : 0);
}

function timeLeft(core: DriverCore): number {
  return core.state.ledger.accepted.budget.maxSeconds * 1_000 - timeSpent(core);
}

/** Keeps one timer while the run is active. */
export function watchTime(core: DriverCore): void {
  if (core.state.ledger.waiting !== null || !isActive(core.state)) return setTimer(core, "time", null);
  if (core.timers.has("time")) return;
  setTimer(core, "time", { delayMs: timeLeft(core), fire: () => core.mailbox.post({ kind: "time-check" }) });
}

/** The timer may have been set before a pause: look again. */
export function checkTime(core: DriverCore): void {
  const { ledger } = core.state;
  if (!isActive(core.state) || ledger.waiting !== null || timeLeft(core) > 0) return;
  const message = `The budget of ${ledger.accepted.budget.maxSeconds} seconds is used up.`;
  append(core, { kind: "budget.settled", data: { limit: "LIMIT_TIME", message } });
}
