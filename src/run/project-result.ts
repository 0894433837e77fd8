/** Reads a run's result and events off its state. Pure; the same for live, folded and listed runs. */
import type { JournalEntry, StoredValue } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { ownDecision } from "../plan/known-decisions.ts";
import { hashForPeople } from "../shared/hash.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { type Call, factsOf, type Ledger, openApprovals, type StepState, toolOf } from "./ledger.ts";
import { outputOf, outputOfCall } from "./ledger-scope.ts";
import type { RunEvent, RunListItem, RunResult, StepRow } from "./run-result.ts";
import type { RunState } from "./run-state.ts";
import { isTerminal, runStatus, waitingReason } from "./run-status.ts";

export interface ProjectionOptions {
  /** Whether a live process owns the run. */
  isOwned: boolean;
  nowMs: number;
}

export function projectResult(state: RunState, options: ProjectionOptions): RunResult {
  const { ledger } = state;
  const item = projectListItem(state, options);
  const isOver = isTerminal(item.status);
  const rows = [...ledger.steps.values()].flatMap((step) => stepRows(ledger, step, isOver));
  const { journalHead, outputOmitted: _, ...head } = item;
  return { ...head, output: outputOfRun(ledger), plan: planOf(ledger), steps: rows, journalHead };
}

/** Longest output that listings show, in characters of JSON: a page has up to 1,000 of them. */
const LISTED_OUTPUT = 16_384;

/** The result without plan, steps and a large output: what listings show. */
export function projectListItem(state: RunState, { isOwned, nowMs }: ProjectionOptions): RunListItem {
  const { ledger } = state;
  const { accepted, ended } = ledger;
  const status = runStatus(state, isOwned);
  const outputOmitted = isLargeOutput(ended?.output ?? null);
  const endMs = ledger.endedAt === null ? nowMs : Date.parse(ledger.endedAt);
  return {
    v: 1,
    id: ledger.run,
    goal: accepted.goal,
    workflow: accepted.workflow,
    status,
    output: outputOmitted ? null : outputOfRun(ledger),
    missing: ended?.missing ?? [],
    reason: ended?.reason ?? null,
    error: ended?.error ?? null,
    waiting: status === "waiting" ? waitingOf(ledger) : null,
    decisions: ledger.decisions,
    replans: Math.max(0, ledger.decisions - 1),
    planner: accepted.planner,
    model: accepted.model,
    forkedFrom: accepted.forkedFrom,
    fork: forkOf(ledger),
    createdAt: ledger.createdAt,
    endedAt: ledger.endedAt,
    durationMs: Math.max(0, endMs - Date.parse(ledger.createdAt)),
    usage: { ...ledger.usage },
    costUsd: ledger.costUsd,
    budget: accepted.budget,
    success: successOf(ledger),
    journalHead: hashForPeople(ledger.head),
    outputOmitted,
  };
}

function outputOfRun({ ended, readBlob }: Ledger): JsonValue {
  return ended?.output == null ? null : storedValue(ended.output, readBlob);
}

/** What is in a blob is larger than any that is not. */
function isLargeOutput(output: StoredValue | null): boolean {
  if (output === null) return false;
  return "blob" in output || JSON.stringify(output.value).length > LISTED_OUTPUT;
}

function forkOf({ accepted, inherited }: Ledger): RunResult["fork"] {
  if (accepted.fork === undefined || inherited === null) return null;
  const { run, decision, mayRepeat } = accepted.fork;
  const { steps, usage, costUsd } = inherited;
  return { run, atDecision: decision, inherited: { steps, usage: { ...usage }, costUsd }, mayRepeat };
}

function waitingOf(ledger: Ledger): RunResult["waiting"] {
  const { reason, until, error } = waitingReason(ledger);
  return {
    reason,
    approvals: openApprovals(ledger).map(({ approval }) => approval),
    question: ledger.question?.question ?? null,
    until,
    error,
  };
}

/** The last verdicts; a criterion that was never looked at is not met. */
function successOf({ accepted, success }: Ledger): RunResult["success"] {
  const verdicts = new Map(success?.results.map((result) => [result.name, result]));
  return (accepted.rules?.success ?? []).map(({ name }) => {
    const verdict = verdicts.get(name);
    return { name, met: verdict?.met ?? false, evidence: verdict?.evidence ?? "not checked" };
  });
}

function planOf(ledger: Ledger): RunResult["plan"] {
  if (ledger.plan === null) return null;
  const { steps, then, output = null } = ownDecision(ledger.plan);
  return { revision: ledger.revision, steps, then, output };
}

function stepRows(ledger: Ledger, step: StepState, isOver: boolean): StepRow[] {
  const own = { ...callRow(ledger, step.call, isOver), status: stepStatus(step, isOver) };
  if (step.fanOut === null) return [own];
  own.output = step.status === "completed" ? outputOf(ledger, step) : null;
  own.attempts = Math.max(0, ...step.fanOut.elements.map((element) => element.attempts));
  return [own, ...step.fanOut.elements.map((element) => callRow(ledger, element, isOver))];
}

function callRow(ledger: Ledger, call: Call, isOver: boolean): StepRow {
  const { step, startedAt, endedAt } = call;
  return {
    id: step.id,
    index: call.index,
    tool: toolOf(call),
    toolVersion: factsOf(call)?.version ?? null,
    revision: step.revision,
    attempts: call.attempts,
    durationMs:
      startedAt === null || endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)),
    status: callStatus(call, isOver),
    startedAt,
    endedAt,
    output: outputOfCall(ledger, call),
    error: call.error,
    label: call.outputLabel ?? call.label,
  };
}

function stepStatus(step: StepState, isOver: boolean): StepRow["status"] {
  if (step.status === "pending" || step.status === "active") {
    if (step.fanOut !== null) return isOver || step.isDropped ? "cancelled" : "running";
    return step.isDropped && step.call.status === "idle" ? "cancelled" : callStatus(step.call, isOver);
  }
  return step.status;
}

/** What was open when the run ended, or when its step was dropped, counts as cancelled. */
function callStatus(call: Call, isOver: boolean): StepRow["status"] {
  switch (call.status) {
    case "idle":
    case "ready":
      return isOver ? "cancelled" : "pending";
    case "running":
    case "fanned-out":
    case "recovering":
      return isOver ? "cancelled" : "running";
    case "retrying":
    case "waiting":
    case "escalated":
      return isOver ? "cancelled" : "waiting";
    default:
      return call.status;
  }
}

/** The public view of an entry; every entry gives exactly one event. */
export function projectEvent(entry: JournalEntry): RunEvent {
  return {
    v: 1,
    run: entry.run,
    seq: entry.seq,
    at: entry.at,
    kind: entry.kind,
    step: entry.step ?? null,
    index: entry.index ?? null,
    attempt: entry.attempt ?? null,
    data: entry.data as unknown as JsonObject,
  };
}
