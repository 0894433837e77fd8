/** Counts of calls and steps by status, kept up to date in O(1), from which the machine's counters follow. */

import type { Counters } from "./counters.ts";
import { type Call, type CallStatus, factsOf, type Ledger } from "./ledger.ts";
import { DECISION_KEY, JUDGE_KEY } from "./reservations.ts";
import { READY_KINDS, type ReadyKind, type Tallies } from "./tallies.ts";

/** A call that was started before, and a fan-out, costs no further step; a started one has had its effect allowed. */
export function readyKind(call: Call): ReadyKind {
  const isFanOut = call.index === null && call.step.compiled.items !== null;
  const isFree = isFanOut || call.attempts > 0;
  const isRead = factsOf(call)?.effect === "read" || call.attempts > 0;
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
    case "escalated":
      tallies.unknown += by;
      return;
    default:
  }
}

/** Steps that may still be started within the budget. */
export function stepsLeft(ledger: Ledger): number {
  return Math.max(0, ledger.accepted.budget.maxSteps - ledger.countedSteps);
}

export function replansLeft(ledger: Ledger): number {
  return Math.max(0, ledger.accepted.budget.maxReplans - Math.max(0, ownDecisions(ledger) - 1));
}

/** A fork's first decision is its own; those before it were the source's. */
function ownDecisions({ decisions, inherited }: Ledger): number {
  return decisions - (inherited?.decisions ?? 0);
}

/** Which ready calls may start: all, or after a failure only reads and what was started before (KERNEL 8). */
export function isStartable(ledger: Ledger, kind: ReadyKind): boolean {
  return !isHeldBack(ledger, kind) && (READY_KINDS[kind].isFree || stepsLeft(ledger) > 0);
}

/** Kept from starting by something else than the step budget: a hold, or a failure. */
function isHeldBack({ waiting, tallies, compensation }: Ledger, kind: ReadyKind): boolean {
  if (waiting?.hold === true || tallies.fatal > 0 || compensation !== null) return true;
  return tallies.toReplan > 0 && !READY_KINDS[kind].isRead;
}

/** How many ready calls may start (by `isStartable`, as far as the step budget goes), and how many only it stops. */
function startableOf(ledger: Ledger): Pick<Counters, "startable" | "overBudget"> {
  const free = notHeldBack(ledger, "freeRead") + notHeldBack(ledger, "freeEffect");
  const fresh = notHeldBack(ledger, "freshRead") + notHeldBack(ledger, "freshEffect");
  const affordable = Math.min(fresh, stepsLeft(ledger));
  return { startable: free + affordable, overBudget: fresh - affordable };
}

function notHeldBack(ledger: Ledger, kind: ReadyKind): number {
  const count = ledger.tallies.ready[kind];
  return count === 0 || isHeldBack(ledger, kind) ? 0 : count;
}

/** What the machine is told with every entry. */
export function countersOf(ledger: Ledger): Counters {
  const { tallies } = ledger;
  const { startable, overBudget } = startableOf(ledger);
  return {
    startable,
    overBudget,
    running: tallies.running + (ledger.compensation?.current == null ? 0 : 1),
    asking: ledger.reservations.has(DECISION_KEY) || ledger.reservations.has(JUDGE_KEY) ? 1 : 0,
    retrying: tallies.retrying,
    awaitingApproval: tallies.waiting,
    unknown: tallies.unknown,
    due: ledger.due.size + ledger.recovering.size + (ledger.compensation === null ? 0 : 1),
    unsettled: tallies.unsettled,
    toReplan: tallies.toReplan,
    fatal: tallies.fatal,
    isHeld: ledger.waiting?.hold === true,
    canReplan: ownDecisions(ledger) === 0 || replansLeft(ledger) > 0,
  };
}
