/**
 * What a person may tell a run: approve, reject, answer, cancel, resume (KERNEL 14, 16, 19; SAFETY, rule 4).
 * Owns: when a word is in order, and the entries it becomes. Pure; the same in every process.
 */
import type { Issue } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import type { NewEntry } from "../journal/entries.ts";
import type { Signal } from "../journal/store.ts";
import { examineJson } from "../plan/json-limits.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import {
  type ApprovalState,
  address,
  type Call,
  isOpenApproval,
  type Ledger,
  liveCalls,
  mustNotRepeat,
  openApprovals,
  toolOf,
} from "./ledger.ts";
import { countersOf } from "./ledger-tallies.ts";

/** What a person's answer may take; a request's body has the same limit. */
const ANSWER_LIMITS = { maxBytes: 8 * 2 ** 20, maxDepth: 64 };

export interface CommandOptions {
  nowMs: number;
  getTool: (name: string) => Tool | undefined;
  /** What is wrong with a plan that a person puts in a planner's place. */
  checkPlan: (plan: JsonValue) => Issue[];
}

/** Throws RUN_ENDED, RUN_NOT_WAITING, APPROVAL_MISMATCH, APPROVAL_EXPIRED, VALIDATION, and PLAN_ codes of an edited plan. */
export function commandEntries(ledger: Ledger, signal: Signal, options: CommandOptions): NewEntry[] {
  if (ledger.ended !== null) {
    throw refuse("RUN_ENDED", `The run is ${ledger.ended.status}.`, { ledger, hint: "Start or fork a run instead." });
  }
  switch (signal.kind) {
    case "approve":
    case "reject":
      return decideApproval(ledger, signal, options);
    case "answer":
      return answer(ledger, signal, options);
    case "cancel":
      return ledger.isCancelRequested ? [] : [{ kind: "cancel.requested", data: { by: "person" } }];
    case "resume":
      return resume(ledger, options.nowMs);
  }
}

function decideApproval(ledger: Ledger, signal: Signal, options: CommandOptions): NewEntry[] {
  const { kind, data } = signal;
  const { nowMs } = options;
  const state = findApproval(ledger, data.approval);
  const { approval, status } = state;
  if (status === "expired" || (status === "requested" && Date.parse(approval.expiresAt) <= nowMs)) {
    throw refuse("APPROVAL_EXPIRED", `Approval ${approval.id} expired at ${approval.expiresAt}.`, {
      ledger,
      hint: "Resume the run where nobody drives it: the step fails with this, and the plan says what follows.",
    });
  }
  if (!isOpenApproval(state)) {
    throw refuse("RUN_NOT_WAITING", `Approval ${approval.id} is already ${status === "requested" ? "void" : status}.`, {
      ledger,
      hint: "See the run's result for what is open.",
    });
  }
  if (typeof data.hash === "string" && data.hash !== approval.hash) {
    throw refuse("APPROVAL_MISMATCH", `Approval ${approval.id} is for another input than the one that was shown.`, {
      ledger,
      hint: "Look at the approval again.",
    });
  }
  const at = state.call === null ? {} : address(state.call);
  if (kind === "approve") {
    const granted: NewEntry = { kind: "approval.granted", ...at, data: { approval: approval.id, by: "person" } };
    return data.plan === undefined ? [granted] : [editPlan(ledger, { state, plan: data.plan, options }), granted];
  }
  const reason = typeof data.reason === "string" ? data.reason : null;
  return [{ kind: "approval.denied", ...at, data: { approval: approval.id, reason } }];
}

/** A plan of the person's own takes the place of the one that was shown, where it is in order. */
function editPlan(
  ledger: Ledger,
  { state, plan, options }: { state: ApprovalState; plan: JsonValue; options: CommandOptions },
): NewEntry {
  const { approval, call } = state;
  if (call !== null || ledger.review === null) {
    throw refuse("VALIDATION", `Approval ${approval.id} is for one step, not for a plan.`, {
      ledger,
      hint: "Approve it without a plan, or reject it.",
    });
  }
  const { finding } = examineJson(plan, ANSWER_LIMITS);
  if (finding !== null) {
    const message = `The plan holds ${finding.what}${finding.path === "" ? "" : ` at ${finding.path}`}.`;
    throw refuse("VALIDATION", message, { ledger, hint: "Send plain JSON." });
  }
  const issues = options.checkPlan(plan);
  const first = issues.find(({ severity }) => severity === "error");
  if (first !== undefined) {
    const { code, message, hint } = first;
    throw new PlanwrightError(code, message, { runId: ledger.run, hint, issues });
  }
  const { n } = ledger.review.accepted;
  return { kind: "plan.edited", data: { n, approval: approval.id, plan: { value: plan }, by: "person" } };
}

/** By id; without one, the only one that is open. */
function findApproval(ledger: Ledger, id: JsonValue | undefined): ApprovalState {
  const open = openApprovals(ledger);
  const named = typeof id === "string" ? ledger.approvals.get(id) : undefined;
  const only = typeof id !== "string" && open.length === 1 ? open[0] : undefined;
  const found = named ?? only;
  if (found !== undefined) return found;
  if (typeof id === "string")
    throw refuse("APPROVAL_MISMATCH", `This run has no approval ${id}.`, { ledger, hint: listOpen(open) });
  if (open.length === 0)
    throw refuse("RUN_NOT_WAITING", "The run waits for no approval.", {
      ledger,
      hint: "See the run's result for what it waits for.",
    });
  throw refuse("VALIDATION", "The run waits for several approvals.", { ledger, hint: listOpen(open) });
}

function listOpen(open: readonly ApprovalState[]): string {
  if (open.length === 0) return "No approval is open.";
  return `Open: ${open.map(({ approval }) => `${approval.id} (${approval.step === null ? "the plan" : `step ${approval.step}`})`).join(", ")}.`;
}

function answer(ledger: Ledger, { data }: Signal, options: CommandOptions): NewEntry[] {
  const unknown = unknownCalls(ledger)[0];
  const value = data.answer ?? null;
  const { finding } = examineJson(value, ANSWER_LIMITS);
  if (finding !== null) {
    const message = `The answer holds ${finding.what}${finding.path === "" ? "" : ` at ${finding.path}`}.`;
    throw refuse("VALIDATION", message, { ledger, hint: "Answer with plain JSON." });
  }
  if (ledger.question !== null && unknown === undefined) {
    return [{ kind: "question.answered", data: { answer: { value }, settles: null } }];
  }
  if (unknown === undefined) {
    throw refuse("RUN_NOT_WAITING", "The run waits for no answer.", {
      ledger,
      hint: "See the run's result for what it waits for.",
    });
  }
  const isList = unknown.step.compiled.items !== null && unknown.index === null;
  if (isList && !Array.isArray(value)) {
    const message = `The answer is no output of step '${unknown.step.id}': it runs for each element of a list.`;
    throw refuse("VALIDATION", message, { ledger, hint: "Answer with the list of outputs as JSON." });
  }
  const checked = isList ? undefined : options.getTool(toolOf(unknown))?.checkOutput(value);
  if (checked?.ok === false) {
    const message = `The answer is no output of step '${unknown.step.id}': ${checked.issues[0]?.message ?? ""}`;
    throw new PlanwrightError("VALIDATION", message, {
      runId: ledger.run,
      hint: "Answer with the step's output as JSON.",
      issues: checked.issues,
    });
  }
  const at = address(unknown);
  return [
    {
      kind: "question.answered",
      data: { answer: { value }, settles: { step: unknown.step.id, index: unknown.index } },
    },
    { kind: "step.completed", ...at, attempt: unknown.attempts, data: { output: { value } } },
  ];
}

/** Releases a held run; calls whose outcome is unknown count as failed. */
function resume(ledger: Ledger, nowMs: number): NewEntry[] {
  const entries: NewEntry[] = unknownCalls(ledger).flatMap((call) => resumeCall(call) ?? []);
  if (ledger.waiting?.hold === true) entries.push({ kind: "run.resumed", data: { seal: null, by: "person" } });
  if (entries.length > 0) return entries;
  if (!waitsOnlyForPerson(ledger, nowMs)) return [];
  const what = ledger.question === null ? "an approval: approve or reject it" : "an answer to its question";
  throw refuse("RUN_NOT_WAITING", "Resuming alone does not help this run.", { ledger, hint: `It waits for ${what}.` });
}

/** What a person was asked to look at is tried again where that is safe, else it counts as failed. */
function resumeCall(call: Call): NewEntry | null {
  if (call.error === null) return null;
  const at = { ...address(call), attempt: call.attempts };
  if (call.status === "escalated" && call.rule !== undefined && !mustNotRepeat(call)) {
    const { code } = call.error;
    return { kind: "recovery.applied", ...at, data: { rule: call.rule, verb: "retry", code, retryAt: null } };
  }
  return { kind: "step.failed", ...at, data: { error: call.error, retryAt: null } };
}

/**
 * Read off what is open, not off the last `run.waiting`: a crash may come between a person's word and the entry that
 * says that the run goes on.
 */
function waitsOnlyForPerson(ledger: Ledger, nowMs: number): boolean {
  const { startable, running, due, retrying, awaitingApproval, toReplan, overBudget, fatal } = countersOf(ledger);
  if (startable + running + due + retrying + fatal > 0) return false;
  if (ledger.question !== null || ledger.review?.verdict === "open") return !hasExpired(ledger, nowMs);
  const isDecided = awaitingApproval > 0 && toReplan + overBudget === 0 && ledger.open === null;
  return isDecided && !hasExpired(ledger, nowMs);
}

/** An approval that ran out while nobody drove the run: its next owner says so, and the run goes on from there. */
function hasExpired(ledger: Ledger, nowMs: number): boolean {
  return openApprovals(ledger).some(({ approval }) => Date.parse(approval.expiresAt) <= nowMs);
}

/** Calls that only a person can settle: their outcome is unknown, or a rule has left it to a person. */
function unknownCalls(ledger: Ledger): Call[] {
  return liveCalls(ledger).filter(({ status }) => status === "unknown" || status === "escalated");
}

type Refusal = "RUN_ENDED" | "RUN_NOT_WAITING" | "APPROVAL_MISMATCH" | "APPROVAL_EXPIRED" | "VALIDATION";

function refuse(code: Refusal, message: string, about: { ledger: Ledger; hint: string }): PlanwrightError {
  return new PlanwrightError(code, message, { runId: about.ledger.run, hint: about.hint });
}
