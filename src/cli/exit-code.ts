/** Exit codes (DESIGN, "CLI"). Owns: which outcome gives which number. */
import type { PlanwrightError } from "../error/planwright-error.ts";
import type { RunStatus } from "../run/run-result.ts";

export const EXIT = {
  ok: 0,
  failed: 1,
  /** Usage or input: the run was never accepted. */
  usage: 2,
  waiting: 3,
  exhausted: 4,
  /** 128 + SIGINT. */
  cancelled: 130,
  /** 128 + SIGTERM, also after SIGHUP: the run was left as it is, and can be resumed. */
  parked: 143,
} as const;

const OF_STATUS: Record<RunStatus, number> = {
  completed: EXIT.ok,
  failed: EXIT.failed,
  waiting: EXIT.waiting,
  exhausted: EXIT.exhausted,
  cancelled: EXIT.cancelled,
  interrupted: EXIT.parked,
  // Another process drives it.
  queued: EXIT.ok,
  planning: EXIT.ok,
  running: EXIT.ok,
};

export function exitCodeOf(status: RunStatus): number {
  return OF_STATUS[status];
}

/** Thrown before a run was accepted: 2. What is our own fault, or came over an accepted run: 1. */
export function exitCodeOfError(error: PlanwrightError, isAccepted: boolean): number {
  return isAccepted || error.code === "INTERNAL" ? EXIT.failed : EXIT.usage;
}
