/** Counts of calls and steps by status, kept up to date in O(1), from which the machine's counters follow. */
import type { Call, CallStatus, Ledger } from "./ledger.ts";
import type { Counters } from "./run-machine.ts";
import type { ReadyKind, Tallies } from "./tallies.ts";

/** A call that was started before, and a fan-out, costs no further step; a started one has had its effect allowed. */
export function readyKind(call: Call): ReadyKind {
  const isFanOut = call.index === null && call.step.compiled.items !== null;
  const isFree = isFanOut || call.attempts > 0;
  const isRead = call.step.facts?.effect === "read" || call.attempts > 0;
  if (isFree) return isRead ? "freeRead" : "freeEffect";
  return isRead ? "freshRead" : "freshEffect";
}

/** The one way to change a call's status. */
export function setCallStatus(ledger: Ledger, call: Call, status: CallStatus): void {
  count(ledger.tallies, call, -1);
  call.status = status;
  count(ledger.tallies, call, 1);
  if (status === "ready") ledger.onReady(call);
}

function count(tallies: Tallies, call: Call, by: number): void {
  switch (call.status) {
    case "ready":
      tallies.ready[readyKind(call)] += by;
      return;
    case "running":
    case "retrying":
    case "waiting":
    case "unknown":
      tallies[call.status] += by;
      return;
    default:
  }
}

/** Steps that may still be started within the budget. */
export function stepsLeft(ledger: Ledger): number {
  return Math.max(0, ledger.accepted.budget.maxSteps - ledger.countedSteps);
}

export function replansLeft(ledger: Ledger): number {
  return Math.max(0, ledger.accepted.budget.maxReplans - Math.max(0, ledger.decisions - 1));
}

/** Which ready calls may start: all, or after a failure only reads and what was started before (KERNEL 8). */
export function isStartable(ledger: Ledger, kind: ReadyKind): boolean {
  if (ledger.waiting?.hold === true || ledger.tallies.fatal > 0) return false;
  if (ledger.tallies.toReplan > 0 && kind.endsWith("Effect")) return false;
  return !kind.startsWith("fresh") || stepsLeft(ledger) > 0;
}

/** What the machine is told with every entry. */
export function countersOf(ledger: Ledger): Counters {
  const { tallies } = ledger;
  const { ready } = tallies;
  const isHeld = ledger.waiting?.hold === true;
  const isDraining = tallies.toReplan > 0;
  const free = ready.freeRead + (isDraining ? 0 : ready.freeEffect);
  const fresh = ready.freshRead + (isDraining ? 0 : ready.freshEffect);
  const left = stepsLeft(ledger);
  return {
    startable: isHeld ? 0 : free + Math.min(fresh, left),
    overBudget: left === 0 ? fresh : 0,
    running: tallies.running,
    retrying: tallies.retrying,
    awaitingApproval: tallies.waiting,
    unknown: tallies.unknown,
    due: ledger.due.size,
    unsettled: tallies.unsettled,
    toReplan: tallies.toReplan,
    fatal: tallies.fatal,
    isHeld,
    canReplan: ledger.decisions === 0 || replansLeft(ledger) > 0,
  };
}
