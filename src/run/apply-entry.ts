/**
 * The one function that changes a ledger: live, when folding, in every process (KERNEL 1).
 * Owns: what each kind of entry means. Must not: read the clock, draw chance or call anything outside.
 */
import { errorShape } from "../error/planwright-error.ts";
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import type { Decision } from "../plan/decision.ts";
import { applyStepEntry, callOf, failCall } from "./apply-call.ts";
import { applyEarlyStep, dropEarlySteps } from "./apply-early-step.ts";
import { applyAccepted, openCalls } from "./apply-plan.ts";
import { applyCompensation, applyRecovery, isCompensation, resumeCompensation } from "./apply-recovery.ts";
import { applyPlanApproval, applyPlanEdit } from "./apply-review.ts";
import type { Counters } from "./counters.ts";
import { type ApprovalState, type Ledger, mustNotRepeat } from "./ledger.ts";
import { setCallStatus } from "./ledger-tallies.ts";
import { DECISION_KEY, JUDGE_KEY, settle, settleAtWorst } from "./reservations.ts";
import type { MachineEvent } from "./run-machine.ts";

/** Applies the next entry. Throws where it does not follow the one before. */
export function applyEntry(ledger: Ledger, entry: JournalEntry): void {
  if (entry.seq !== ledger.seq + 1) throw new Error(`entry ${entry.seq} does not follow ${ledger.seq}`);
  const isDowntime = entry.kind === "run.resumed" && entry.data.seal !== null;
  if (!isDowntime && ledger.startedAt !== null && ledger.waiting === null) {
    ledger.activeMs += entry.spentMs ?? Math.max(0, Date.parse(entry.at) - Date.parse(ledger.at));
  }
  ledger.seq = entry.seq;
  ledger.at = entry.at;
  ledger.head = entry.hash;
  applyKind(ledger, entry);
}

/** What an entry means, whoever wrote it: the next one of this run, or one that a fork inherits (`inherit.ts`). */
export function applyKind(ledger: Ledger, entry: JournalEntry): void {
  switch (entry.kind) {
    case "run.accepted":
      return;
    case "run.started":
      ledger.startedAt = entry.at;
      return;
    case "run.waiting":
      ledger.waiting = entry.data;
      return;
    case "run.resumed":
      return resume(ledger, entry);
    case "run.ended":
      settleAtWorst(ledger);
      ledger.ended = entry.data;
      ledger.endedAt = entry.at;
      return;
    case "cancel.requested":
      ledger.isCancelRequested = true;
      return;
    case "budget.settled":
      ledger.limit = entry.data;
      return;
    case "decision.requested":
    case "decision.step":
    case "decision.received":
    case "decision.rejected":
    case "decision.accepted":
      return applyDecision(ledger, entry);
    case "step.started":
    case "step.completed":
    case "step.failed":
    case "step.unknown":
      return applyStepEntry(ledger, entry);
    case "approval.requested":
    case "approval.granted":
    case "approval.denied":
    case "approval.expired":
      return applyApproval(ledger, entry);
    case "question.asked":
      ledger.question = entry.data;
      return;
    case "question.answered":
      return applyAnswer(ledger, entry);
    default:
      return applyRule(ledger, entry);
  }
}

/** What comes of a run's rules (CONTRACTS 10), and of a person's look at a plan. */
function applyRule(ledger: Ledger, entry: JournalEntry): void {
  if (isCompensation(entry)) return applyCompensation(ledger, entry);
  switch (entry.kind) {
    case "recovery.applied":
      return applyRecovery(ledger, entry);
    case "plan.edited":
      return applyPlanEdit(ledger, entry);
    case "success.checked":
      return applySuccess(ledger, entry);
    case "target.missed":
      ledger.missedTargets.add(entry.data.target);
      return;
    case "observation.recorded":
      ledger.toObserve.shift();
      return;
    default:
  }
}

/** What judging used takes the place of what was reserved for it. */
function applySuccess(ledger: Ledger, { data }: EntryOf<"success.checked">): void {
  const { reservation, usage, costUsd = 0 } = data;
  ledger.success = data;
  ledger.fruitlessOwners = 0;
  if (reservation === undefined) settle(ledger, JUDGE_KEY, usage === undefined ? null : { usage, costUsd });
  else ledger.reservations.set(JUDGE_KEY, reservation);
}

/**
 * A takeover puts calls that may run again back in the queue; the others become unknown by entries of their own.
 * A hold is only released by a person.
 */
function resume(ledger: Ledger, entry: EntryOf<"run.resumed">): void {
  const isPerson = entry.data.by === "person";
  if (isPerson || ledger.waiting?.hold !== true) ledger.waiting = null;
  if (entry.data.seal === null) return;
  // Nobody died over a run that was never started: it waited for a place.
  if (ledger.startedAt !== null) ledger.fruitlessOwners = isPerson ? 0 : ledger.fruitlessOwners + 1;
  settleAtWorst(ledger);
  dropEarlySteps(ledger);
  resumeCompensation(ledger);
  for (const call of openCalls(ledger)) {
    if (mustNotRepeat(call)) continue;
    setCallStatus(ledger, call, call.step.isDropped ? "cancelled" : "ready");
  }
}

type DecisionEntry = EntryOf<
  "decision.requested" | "decision.step" | "decision.received" | "decision.rejected" | "decision.accepted"
>;

function applyDecision(ledger: Ledger, entry: DecisionEntry): void {
  switch (entry.kind) {
    case "decision.requested":
      return open(ledger, entry);
    case "decision.step":
      return applyEarlyStep(ledger, entry);
    case "decision.received": {
      const { raw, answer, issues, error, usage, costUsd } = entry.data;
      ledger.lastTry = raw;
      ledger.lastAnswer = answer ?? null;
      if (ledger.open !== null)
        ledger.open = { ...ledger.open, raw, error, ...(issues === undefined ? {} : { issues }) };
      settle(ledger, DECISION_KEY, { usage, costUsd });
      ledger.fruitlessOwners = 0;
      return;
    }
    case "decision.rejected":
      ledger.review = null;
      ledger.lastRejection = entry.data;
      dropEarlySteps(ledger);
      return;
    case "decision.accepted":
      return applyAccepted(ledger, entry);
  }
}

function open(ledger: Ledger, entry: EntryOf<"decision.requested">): void {
  const { n, attempt, cause, visibility, request, requestHash } = entry.data;
  const { outputIssues, planner, handedTo, reservation } = entry.data;
  ledger.decisions = n;
  ledger.success = null;
  ledger.review = null;
  if (attempt === 1) ledger.lastRejection = null;
  if (outputIssues !== undefined) ledger.outputIssues = outputIssues;
  const standIn = {
    ...(planner === undefined ? {} : { planner }),
    ...(handedTo === undefined ? {} : { handedTo }),
  };
  ledger.open = { n, attempt, cause, visibility, requestHash, request, raw: null, error: null, ...standIn };
  if (reservation !== undefined) ledger.reservations.set(DECISION_KEY, reservation);
}

type ApprovalEntry = EntryOf<"approval.requested" | "approval.granted" | "approval.denied" | "approval.expired">;

function applyApproval(ledger: Ledger, entry: ApprovalEntry): void {
  if (entry.kind === "approval.requested") {
    const { approval, plan } = entry.data;
    if (plan !== undefined) return applyPlanApproval(ledger, { approval, plan });
    const call = callOf(ledger, entry);
    call.approval = approval.id;
    ledger.approvals.set(approval.id, { approval, status: "requested", call });
    return setCallStatus(ledger, call, "waiting");
  }
  const state = ledger.approvals.get(entry.data.approval);
  if (state?.status !== "requested") return;
  state.status =
    entry.kind === "approval.granted" ? "granted" : entry.kind === "approval.denied" ? "denied" : "expired";
  if (state.call === null) return decidePlan(ledger, state, entry);
  if (state.call.status !== "waiting") return;
  if (entry.kind === "approval.granted") return setCallStatus(ledger, state.call, "ready");
  const stepId = state.call.step.id;
  const error =
    entry.kind === "approval.expired"
      ? errorShape("APPROVAL_EXPIRED", `The approval for step '${stepId}' expired.`, {
          stepId,
          hint: "Start the run again, or fork it before this step.",
        })
      : errorShape(
          "APPROVAL_DENIED",
          `A person denied step '${stepId}'${entry.data.reason ? `: ${entry.data.reason}` : "."}`,
          {
            stepId,
            hint: "The planner may look for another way.",
          },
        );
  failCall(ledger, state.call, { error, at: entry.at });
}

function decidePlan(ledger: Ledger, { approval, status }: ApprovalState, entry: ApprovalEntry): void {
  const { review } = ledger;
  if (review?.approval !== approval.id || status === "requested") return;
  review.verdict = status;
  if (entry.kind === "approval.denied") review.reason = entry.data.reason;
}

function applyAnswer(ledger: Ledger, entry: EntryOf<"question.answered">): void {
  if (ledger.question !== null && entry.data.settles === null) {
    ledger.answers.push({ question: ledger.question.question, answer: entry.data.answer });
    ledger.question = null;
    ledger.progress += 1;
  }
}

/** The entry as the machine gets it. To be called after `applyEntry`, with the counters of then. */
export function machineEvent(ledger: Ledger, entry: JournalEntry, counters: Counters): MachineEvent {
  const event: MachineEvent = { type: entry.kind, counters };
  if (entry.kind === "run.ended") event.status = entry.data.status;
  if (entry.kind === "budget.settled") event.limit = entry.data.limit;
  if (entry.kind === "decision.rejected") event.isLastTry = entry.data.error !== null;
  if (entry.kind === "approval.requested" && entry.data.plan !== undefined) event.isPlan = true;
  if (entry.kind.startsWith("approval.") && ledger.review !== null) event.isReviewed = ledger.review.verdict !== "open";
  if (entry.kind === "decision.accepted") {
    const decision = storedValue(entry.data.decision, ledger.readBlob) as Decision;
    event.decision = decision.kind;
    if (decision.kind === "plan") event.then = decision.then;
  }
  return event;
}
