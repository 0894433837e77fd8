/**
 * How recovery changes the ledger: a rule's answer to a failure, and the undoing of completed steps. Owns: both.
 * The failure of an attempt is in the ledger before; `failCall` there has found the rule.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import { compileInput } from "../plan/compile-value.ts";
import type { OnFailure } from "../plan/decision.ts";
import { joinLabels } from "../policy/label.ts";
import { callOf, completeWith, loseCall } from "./apply-call.ts";
import { address, type Call, type Compensation, type Ledger, mustNotRepeat } from "./ledger.ts";
import { setCallStatus } from "./ledger-tallies.ts";
import { dropStep } from "./step-table.ts";

type Applied = EntryOf<"recovery.applied">;

export function applyRecovery(ledger: Ledger, entry: Applied): void {
  const call = callOf(ledger, entry);
  const { data } = entry;
  ledger.recovering.delete(call);
  call.rule = data.rule;
  switch (data.verb) {
    case "retry":
      return retry(ledger, call, entry);
    case "fallback":
      return data.tool === undefined ? standInValue(ledger, call, entry) : standInTool(ledger, call, entry);
    case "escalate":
      return setCallStatus(ledger, call, "escalated");
    case "compensate":
      ledger.compensation = { call, current: null, undone: [], left: [] };
      return;
    case "replan":
    case "skip":
    case "fail":
      return lose(ledger, call, { onFailure: data.verb, at: entry.at });
  }
}

function retry(ledger: Ledger, call: Call, { data, at }: Applied): void {
  call.failures += 1;
  call.endedAt = null;
  call.retryAt = data.retryAt ?? null;
  if (call.retryAt === null) return setCallStatus(ledger, call, "ready");
  call.pauseMs = Math.max(0, Date.parse(call.retryAt) - Date.parse(at));
  setCallStatus(ledger, call, "retrying");
}

/** What decided that the value stands in is what went into the call that failed. */
function standInValue(ledger: Ledger, call: Call, { data, at }: Applied): void {
  const label = joinLabels(call.step.literalLabel, call.inputLabel);
  completeWith(ledger, call, { at, output: data.output ?? { value: null }, label });
}

function standInTool(ledger: Ledger, call: Call, { data }: Applied): void {
  if (data.tool === undefined) return;
  const input = ledger.accepted.rules?.recovery[data.rule]?.input;
  const compiled = input === undefined ? null : compileInput(input, `/recovery/${data.rule}/input`).value;
  call.standIn = { tool: data.tool.name, facts: data.tool.facts, input: compiled };
  call.failures = 0;
  call.endedAt = null;
  delete call.given;
  call.approval = null;
  setCallStatus(ledger, call, "ready");
}

/** The failure counts after all, as the rule says. */
function lose(ledger: Ledger, call: Call, { onFailure, at }: { onFailure: OnFailure; at: string }): void {
  call.step.onFailure = onFailure;
  loseCall(ledger, call, { error: errorOf(call), at });
}

function errorOf(call: Call): ErrorShape {
  return call.error ?? errorShape("INTERNAL", `Step '${call.step.id}' failed without a reason.`);
}

type CompensationEntry = EntryOf<
  "compensation.started" | "compensation.completed" | "compensation.failed" | "compensation.settled"
>;

export function isCompensation(entry: JournalEntry): entry is CompensationEntry {
  return entry.kind.startsWith("compensation.");
}

export function applyCompensation(ledger: Ledger, entry: CompensationEntry): void {
  const { compensation } = ledger;
  if (compensation === null) return loseUndone(ledger, entry);
  if (entry.kind === "compensation.settled") return settle(ledger, compensation, entry.at);
  if (entry.kind === "compensation.started") {
    compensation.current = namedCall(entry, nextToUndo(ledger)?.call);
    return;
  }
  const call = namedCall(entry, compensation.current);
  const { id: step } = call.step;
  if (entry.kind === "compensation.completed") compensation.undone.push({ step, index: call.index });
  else leave(compensation, call, entry.data.error);
  done(ledger, compensation, call);
}

/**
 * Entries about undoing name the call whose turn it is. An element of a list that is worked through anew is not found by
 * its place any more: another one may stand there, or none yet.
 */
function namedCall({ seq, step, index }: CompensationEntry, call: Call | null | undefined): Call {
  if (call?.step.id === step && call?.index === (index ?? null)) return call;
  throw new Error(`entry ${seq} names another call than the one to be undone, of step '${step}'`);
}

/**
 * The run that this one was forked from has undone the call since, for all that is known: nothing may rest on it. It counts as failed, and its
 * step is gone; one with another id may do the same again.
 */
function loseUndone(ledger: Ledger, entry: CompensationEntry): void {
  const isIt = ({ step, index }: Call): boolean => step.id === entry.step && index === (entry.index ?? null);
  const call = entry.kind === "compensation.started" ? ledger.undoable.findLast(isIt) : undefined;
  if (call === undefined) return;
  const { step } = call;
  ledger.undoable = ledger.undoable.filter((other) => other !== call);
  dropStep(ledger, step);
  const message = `Step '${step.id}' was undone, or may have been, by the run that this one was forked from.`;
  call.error = errorShape("TOOL_PERMANENT", message, { stepId: step.id });
  call.output = null;
  setCallStatus(ledger, call, "failed");
  step.status = "failed";
  ledger.statuses[step.id] = "failed";
  if (step.fanOut === null) return;
  step.fanOut.output = null;
  step.fanOut.error ??= call.error;
}

function done(ledger: Ledger, compensation: Compensation, call: Call): void {
  compensation.current = null;
  ledger.undoable = ledger.undoable.filter((other) => other !== call);
}

function leave(compensation: Compensation, call: Call, error: ErrorShape): void {
  compensation.left.push({ step: call.step.id, index: call.index, error });
}

/** The failure that asked for it ends the run, and says what became of the steps before it. */
function settle(ledger: Ledger, compensation: Compensation, at: string): void {
  const { call } = compensation;
  ledger.compensation = null;
  call.error = withOutcome(errorOf(call), compensation);
  lose(ledger, call, { onFailure: "fail", at });
}

function withOutcome(error: ErrorShape, compensation: Compensation): ErrorShape {
  return { ...error, message: [error.message, ...outcomeOf(compensation)].join(" ") };
}

function outcomeOf({ undone, left }: Compensation): string[] {
  return [
    ...(undone.length === 0 ? [] : [`Undone: ${names(undone)}.`]),
    ...left.map((one) => `Not undone: ${names([one])} (${one.error.code}: ${one.error.message})`),
  ];
}

function names(calls: readonly { step: string; index: number | null }[]): string {
  return calls.map(({ step, index }) => (index === null ? step : `${step}[${index}]`)).join(", ");
}

/** What a run that ends before all is undone says of it; null where nothing was being undone. */
export function cutShort({ compensation, undoable }: Ledger): string | null {
  if (compensation === null) return null;
  const open = undoable.map(({ step, index }) => ({ step: step.id, index })).reverse();
  const untouched = open.length === 0 ? [] : [`Not undone: ${names(open)}.`];
  const first = `Undoing, for which step '${compensation.call.step.id}' had failed, was cut short.`;
  return [first, ...outcomeOf(compensation), ...untouched].join(" ");
}

/**
 * A process died while it undid a step: one that may be called again stays to be undone; of another nobody knows
 * whether it was (SAFETY R4).
 */
export function resumeCompensation(ledger: Ledger): void {
  const { compensation } = ledger;
  const current = compensation?.current ?? null;
  if (compensation === null || current === null) return;
  if (!mustNotRepeat(current)) {
    compensation.current = null;
    return;
  }
  const message = `Undoing step '${current.step.id}' was started, but nobody knows how it ended.`;
  leave(compensation, current, errorShape("TOOL_OUTCOME_UNKNOWN", message, { stepId: current.step.id }));
  done(ledger, compensation, current);
}

/** How entries about undoing a call name it. */
export function nextToUndo(ledger: Ledger): { call: Call; at: ReturnType<typeof address> } | null {
  const call = ledger.undoable.at(-1);
  return call === undefined ? null : { call, at: address(call) };
}
