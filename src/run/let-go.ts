/**
 * Leaving a run that goes on elsewhere: parked, or given up because its store failed. Owns: what happens to calls that
 * are still under way. Must not: end the run.
 */
import { errorShape } from "../error/planwright-error.ts";
import { type DriverCore, setTimer } from "./driver-core.ts";
import { type Call, mustNotRepeat } from "./ledger.ts";
import { settleCall } from "./settle-call.ts";

/**
 * Parked: calls that must not be repeated may still end, within the grace period, and their outcome counts; all others
 * are told to stop and run again in the next process. Waits on the mailbox like the loop that it follows.
 */
export async function letGo(core: DriverCore): Promise<void> {
  const kept = keepOrAbort(core);
  const fire = (): void => core.mailbox.post({ kind: "park" });
  setTimer(core, "park", { delayMs: core.environment.limits.graceMs, fire });
  while (kept.size > 0) {
    for (const message of await core.mailbox.next()) {
      if (message.kind === "park") return;
      if (message.kind === "store-failed") throw message.error;
      if (message.kind === "call-settled" && kept.delete(message.call)) settleCall(core, message.call, message.outcome);
    }
  }
}

/** Calls that are waited for: under way and not to be repeated. */
function keepOrAbort(core: DriverCore): Set<Call> {
  core.abortPlanner?.();
  const kept = new Set<Call>();
  for (const [call, { call: running }] of core.running) {
    if (mustNotRepeat(call) && running !== null) kept.add(call);
    else running?.abort(leaving(core), 0);
  }
  return kept;
}

/** Whatever still runs when the driver is gone is told to stop; nobody waits for it. */
export function abandonCalls(core: DriverCore): void {
  core.abortPlanner?.();
  for (const { call } of core.running.values()) call?.abort(leaving(core), 0);
  core.running.clear();
  core.undoing?.abort(leaving(core), 0);
}

function leaving(core: DriverCore) {
  return errorShape("SHUTTING_DOWN", "The process gives the run up; another one can go on with it.", {
    runId: core.state.ledger.run,
  });
}
