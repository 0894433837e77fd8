/** What the loop does with each message from outside. Owns: which entries come too late. Must not: await anything. */
import type { NewEntry } from "../journal/entries.ts";
import { watchExpiry } from "./approvals.ts";
import { settleUndo, undoCall } from "./compensate.ts";
import { obey } from "./driver-commands.ts";
import { append, type DriverCore, type Message } from "./driver-core.ts";
import { takeStreamedStep } from "./early-steps.ts";
import { isOpenApproval } from "./ledger.ts";
import { settleReconciled } from "./reconcile-call.ts";
import { JUDGE_KEY } from "./reservations.ts";
import { lookAgain } from "./reserve-call.ts";
import { isActive } from "./run-status.ts";
import { settleCall } from "./settle-call.ts";
import { callAfterSync } from "./start-calls.ts";
import { checkTime } from "./stop-run.ts";

/** Throws where the store has failed. */
export function handleMessage(core: DriverCore, message: Message): void {
  const isOver = core.state.ledger.ended !== null;
  switch (message.kind) {
    case "store-failed":
      throw message.error;
    case "command":
      return obey(core, message.command);
    case "call-released":
      core.slotsUsed -= 1;
      return;
    case "entry":
      if (message.entry.kind === "decision.received") afterAnswer(core);
      if (!isOver && isTimely(core, message.entry)) appendTimely(core, message.entry);
      return;
    case "streamed-step":
      return takeStreamedStep(core, message);
    case "may-call":
      return callAfterSync(core, message.call);
    case "call-settled":
      if (message.outcome.ok || !message.outcome.isGivenUp) core.slotsUsed -= 1; // Else when the tool itself ends.
      return settleCall(core, message.call, message.outcome);
    case "may-undo":
      return undoCall(core, message.call, message.failures);
    case "undone":
      return settleUndo(core, message.call, message);
    case "observed":
      core.observed = message.values;
      return;
    case "reconciled":
      return settleReconciled(core, message.call, message.outcome);
    case "budget-freed":
      return lookAgain(core);
    case "retry-due":
      core.dueRetries.push(message.call);
      return;
    case "time-check":
      if (!isOver) checkTime(core);
      return;
    case "go-on":
    case "park":
      return;
  }
}

function appendTimely(core: DriverCore, entry: NewEntry): void {
  append(core, entry);
  if (entry.kind === "approval.requested") watchExpiry(core, entry.data.approval);
  if (entry.kind === "success.checked" && core.state.phase() === "finishing") core.effects.push("finishRun");
}

function afterAnswer(core: DriverCore): void {
  core.isAsking = false;
  core.mailbox.post({ kind: "budget-freed" });
}

/** Answers that come after the run was stopped, or the approval was decided, are not wanted any more. */
function isTimely(core: DriverCore, entry: NewEntry): boolean {
  const isFinishing = core.state.phase() === "finishing";
  if (entry.kind === "decision.received") return isAwaited(core, entry.data);
  if (entry.kind.startsWith("decision.")) return isActive(core.state) || isFinishing;
  if (entry.kind === "success.checked") return core.state.ledger.reservations.has(JUDGE_KEY);
  if (entry.kind === "run.ended") return isFinishing || core.state.phase() === "ending";
  if (entry.kind === "approval.expired" && !isOpen(core, entry.data.approval)) return false;
  return isActive(core.state);
}

/** Also while the run is being stopped: what the answer used counts all the same. */
function isAwaited({ state }: DriverCore, { n, attempt }: { n: number; attempt: number }): boolean {
  const { open } = state.ledger;
  return open !== null && open.raw === null && open.n === n && open.attempt === attempt;
}

function isOpen(core: DriverCore, approval: string): boolean {
  const known = core.state.ledger.approvals.get(approval);
  return known !== undefined && isOpenApproval(known);
}
