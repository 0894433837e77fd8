/** How step entries change the ledger. Owns: calls and fan-outs from start to outcome. */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { EntryOf, StoredValue } from "../journal/entries.ts";
import { type Resolved, resolveValue } from "../plan/resolve-value.ts";
import { traceValue } from "../plan/trace-value.ts";
import { joinLabels, type Label, TRUSTED } from "../policy/label.ts";
import { sha256Short } from "../shared/hash.ts";
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import {
  type Call,
  type CallUse,
  type FanOut,
  factsOf,
  findCall,
  type Ledger,
  mustNotRepeat,
  type StepState,
  toolOf,
} from "./ledger.ts";
import { scopeOf } from "./ledger-scope.ts";
import { setCallStatus } from "./ledger-tallies.ts";
import { repeatCall } from "./new-ledger.ts";
import { findRule } from "./recovery-rules.ts";
import { callKey, settle } from "./reservations.ts";
import { settleStep } from "./settle-step.ts";

type StepEntry = EntryOf<"step.started" | "step.completed" | "step.failed" | "step.unknown">;

/** The call an entry is about. Throws where the journal names one that cannot be there. */
export function callOf(ledger: Ledger, entry: { seq: number; step?: string; index?: number }): Call {
  const call = findCall(ledger, { step: entry.step ?? "", index: entry.index ?? null });
  if (call === undefined) throw new Error(`entry ${entry.seq} names an unknown call of step '${entry.step}'`);
  return call;
}

export function applyStepEntry(ledger: Ledger, entry: StepEntry): void {
  const call = callOf(ledger, entry);
  switch (entry.kind) {
    case "step.started":
      return entry.data.items === undefined ? start(ledger, call, entry) : fanOut(ledger, call, entry);
    case "step.completed":
      return complete(ledger, call, entry);
    case "step.failed":
      return fail(ledger, call, entry);
    case "step.unknown":
      ledger.fruitlessOwners = 0;
      settleCallUse(ledger, call, entry.data);
      ledger.unknownKeys.add(unknownKey(toolOf(call), call.inputHash));
      call.error = entry.data.error;
      return setCallStatus(ledger, call, call.step.isDropped ? "failed" : "unknown");
  }
}

/** What a replan may not call again without approval while the outcome is unknown. */
export function unknownKey(tool: string, inputHash: string | null): string {
  return `${tool} ${inputHash}`;
}

function start(ledger: Ledger, call: Call, entry: EntryOf<"step.started">): void {
  if (call.attempts === 0) ledger.countedSteps += 1;
  setCallStatus(ledger, call, "idle");
  call.attempts = entry.attempt ?? 1;
  call.startedAt ??= entry.at;
  if (call.standIn !== undefined) rememberStandIn(ledger, call, call.standIn);
  call.label = entry.data.label;
  call.inputHash = entry.data.inputHash;
  if (entry.data.given !== undefined) call.given = entry.data.given;
  call.retryAt = null;
  ledger.usage.toolCalls += 1;
  if (entry.data.reservation !== undefined) ledger.reservations.set(callKey(call), entry.data.reservation);
  if (call.step.status === "pending") call.step.status = "active";
  setCallStatus(ledger, call, "running");
}

function rememberStandIn({ accepted }: Ledger, call: Call, { tool, facts }: NonNullable<Call["standIn"]>): void {
  if (accepted.standsInPerCall !== true || call.stoodIn?.some((other) => other.tool === tool)) return;
  call.stoodIn = [...(call.stoodIn ?? []), { tool, facts }];
}

/** What its models used takes the place of what was reserved for them. */
function settleCallUse(ledger: Ledger, call: Call, { usage, costUsd = 0 }: CallUse): void {
  if (usage !== undefined) call.used = { usage, costUsd };
  settle(ledger, callKey(call), usage === undefined ? null : { usage, costUsd });
}

function fanOut(ledger: Ledger, call: Call, entry: EntryOf<"step.started">): void {
  const { step } = call;
  const list = prepareCall(ledger, call);
  const items = list.kind === "value" && Array.isArray(list.value) ? list.value : [];
  const label = entry.data.label;
  const elements: Call[] = [];
  const open = { error: null, output: null, outputLabel: null, fateLabel: null, isDue: false };
  step.fanOut = { items, label, elements, openElements: items.length, ...open };
  step.status = "active";
  call.startedAt ??= entry.at;
  call.label = label;
  setCallStatus(ledger, call, "fanned-out");
  for (const index of items.keys()) openElement(ledger, step, index);
  step.earlier = [];
  if (step.fanOut.openElements === 0) markDue(ledger, step, step.fanOut);
}

/**
 * Makes an element ready, or skips it where it has nothing to work on: null in its place. One that completed before
 * the step was planned again keeps its output (SAFETY R3).
 */
function openElement(ledger: Ledger, step: StepState, index: number): void {
  const { fanOut } = step;
  if (fanOut === null) return;
  const before = step.earlier[index];
  const element = repeatCall(step, index, before);
  if (before?.status === "completed" && isSameCall(before, () => resolveCall(ledger, element))) {
    fanOut.elements.push(before);
    fanOut.openElements -= 1;
    return;
  }
  fanOut.elements.push(element);
  const { absent, label } = traceValue(step.compiled.input, scopeOf(ledger, step, index));
  element.inputLabel = joinLabels(label, fanOut.label);
  if (absent !== null) fanOut.openElements -= 1;
  setCallStatus(ledger, element, absent === null ? "ready" : "skipped");
}

/** What must not be repeated is not, even where its input has changed with a source that ran anew (SAFETY R4). */
function isSameCall(before: Call, resolve: () => Resolved): boolean {
  if (mustNotRepeat(before)) return true;
  const resolved = resolve();
  const { inputHash } = before;
  return resolved.kind === "value" && inputHash !== null && hashInput(resolved.value) === inputHash;
}

/** Longest canonical text of an input, in UTF-16 units: far enough from where an entry could not be written. */
const INPUT_TEXT_CHARS = 256 * 2 ** 20;

/** Short hash of a resolved input; null where its JSON text would be too long. */
export function hashInput(value: JsonValue): string | null {
  try {
    const text = canonicalJson(value);
    return text.length > INPUT_TEXT_CHARS ? null : sha256Short(text);
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

/** Input of a call as its sources are now; the list, for a fan-out. */
export function resolveCall(ledger: Ledger, call: Call): Resolved {
  const { items, input } = call.step.compiled;
  const isFanOut = items !== null && call.index === null;
  return resolveValue(isFanOut ? items : (call.standIn?.input ?? input), scopeOf(ledger, call.step, call.index));
}

/**
 * Input of a call that is about to start (the list, for a fan-out). Too large where nothing may be built of it; absent
 * where a tool stands in whose own input refers to what is not there: no step has waited for that.
 */
export type PreparedCall =
  | { kind: "value"; value: JsonValue; label: Label }
  | { kind: "too-large" }
  | { kind: "absent"; ref: string };

/** Resolves the input of a ready or retrying call, with the join of all labels that count. */
export function prepareCall(ledger: Ledger, call: Call): PreparedCall {
  const resolved = resolveCall(ledger, call);
  if (resolved.kind === "too-large") return { kind: "too-large" };
  if (resolved.kind === "absent") return { kind: "absent", ref: resolved.ref.text };
  const { value, label } = resolved;
  // An element's input label holds that of its list.
  return { kind: "value", value, label: joinLabels(joinLabels(label, call.step.whenLabel), call.inputLabel) };
}

function complete(ledger: Ledger, call: Call, entry: EntryOf<"step.completed">): void {
  ledger.fruitlessOwners = 0;
  call.endedAt = entry.at;
  call.error = null;
  const { step } = call;
  if (step.fanOut !== null && call.index === null) return settleFanOut(ledger, step, "completed");
  settleCallUse(ledger, call, entry.data);
  if (factsOf(call)?.compensates === true) ledger.undoable.push(call);
  const label = entry.data.label ?? call.label ?? step.literalLabel;
  completeWith(ledger, call, { at: entry.at, output: entry.data.output ?? null, label });
}

/** The call is over and has an output: its tool's, or what a rule put in its place. */
export function completeWith(
  ledger: Ledger,
  call: Call,
  { at, output, label }: { at: string; output: StoredValue | null; label: Label },
): void {
  const { step } = call;
  call.endedAt = at;
  call.error = null;
  call.output = output;
  call.outputLabel = joinLabels(label, step.whenLabel);
  setCallStatus(ledger, call, "completed");
  if (call.index === null) settleLive(ledger, step, "completed");
  else closeElement(ledger, step);
}

function fail(ledger: Ledger, call: Call, entry: EntryOf<"step.failed">): void {
  ledger.fruitlessOwners = 0;
  const { error, retryAt } = entry.data;
  settleCallUse(ledger, call, entry.data);
  if (error.code === "TOOL_TIMEOUT" && mustNotRepeat(call)) {
    ledger.unknownKeys.add(unknownKey(toolOf(call), call.inputHash));
  }
  if (retryAt !== null) {
    call.failures += 1;
    call.retryAt = retryAt;
    call.pauseMs = Math.max(0, Date.parse(retryAt) - Date.parse(entry.at));
    call.error = error;
    return setCallStatus(ledger, call, "retrying");
  }
  failCall(ledger, call, { error, at: entry.at });
}

/**
 * A failure that no further attempt of the tool's own follows; also what a denied or expired approval comes to. Where a
 * rule fits, it has the next word; while steps are undone, that is waited for.
 */
export function failCall(ledger: Ledger, call: Call, failure: { error: ErrorShape; at: string }): void {
  call.inputLabel = failureLabel(ledger, call);
  const isOpen = !call.step.isDropped && call.step.isEarly !== true && !isFannedOut(call);
  const rule = isOpen ? findRule(ledger, call, failure.error) : undefined;
  if (rule === undefined && (!isOpen || ledger.compensation === null)) return loseCall(ledger, call, failure);
  if (rule !== undefined) call.rule = rule;
  call.error = failure.error;
  call.endedAt = failure.at;
  call.retryAt = null;
  ledger.recovering.add(call);
  setCallStatus(ledger, call, "recovering");
}

/** Of all that went into it so far, and into what stood in for it, called or not: that decides what follows (KERNEL 17). */
function failureLabel(ledger: Ledger, { step, index, inputLabel, label, standIn }: Call): Label {
  const tried = joinLabels(inputLabel, label ?? TRUSTED);
  if (standIn?.input == null) return tried;
  return joinLabels(tried, traceValue(standIn.input, scopeOf(ledger, step, index)).label);
}

/** Of its elements the rules were asked before. */
function isFannedOut(call: Call): boolean {
  return call.step.fanOut !== null && call.index === null;
}

/** The failure counts: the step's `onFailure` says what it comes to. */
export function loseCall(ledger: Ledger, call: Call, failure: { error: ErrorShape; at: string }): void {
  const { step } = call;
  call.error = failure.error;
  call.endedAt = failure.at;
  call.retryAt = null;
  if (step.fanOut !== null && call.index === null) return settleFanOut(ledger, step, "failed");
  setCallStatus(ledger, call, "failed");
  if (call.index === null) return settleLive(ledger, step, "failed");
  if (step.onFailure !== "skip" && step.fanOut !== null) {
    step.fanOut.error ??= failure.error;
    cancelReadyElements(ledger, step, step.fanOut);
  }
  closeElement(ledger, step);
}

function cancelReadyElements(ledger: Ledger, step: StepState, fanOut: FanOut): void {
  for (const element of fanOut.elements) {
    if (element.status !== "ready" && element.status !== "waiting") continue;
    setCallStatus(ledger, element, "cancelled");
    fanOut.openElements -= 1;
  }
  if (fanOut.openElements === 0) markDue(ledger, step, fanOut);
}

function closeElement(ledger: Ledger, step: StepState): void {
  const { fanOut } = step;
  if (fanOut === null) return;
  fanOut.openElements -= 1;
  if (fanOut.openElements === 0) markDue(ledger, step, fanOut);
}

function markDue(ledger: Ledger, step: StepState, fanOut: FanOut): void {
  if (step.isDropped) return;
  fanOut.isDue = true;
  ledger.due.add(step);
}

function settleFanOut(ledger: Ledger, step: StepState, status: "completed" | "failed"): void {
  if (step.fanOut !== null) step.fanOut.isDue = false;
  ledger.due.delete(step);
  setCallStatus(ledger, step.call, status);
  settleLive(ledger, step, status);
}

/** Late outcomes of dropped steps are kept with the call and change nothing else. */
function settleLive(ledger: Ledger, step: StepState, status: "completed" | "failed"): void {
  if (step.isDropped) step.status = status;
  else settleStep(ledger, step, status);
}

/** The error of a fan-out of which an element failed. */
export function fanOutError(step: StepState): ErrorShape {
  const first = step.fanOut?.error;
  const failed = step.fanOut?.elements.filter((element) => element.status === "failed").length ?? 0;
  const message = `${failed} of ${step.fanOut?.items.length ?? 0} elements of step '${step.id}' failed; the first: ${first?.message ?? ""}`;
  return errorShape(first?.code ?? "INTERNAL", message, { stepId: step.id, hint: first?.hint ?? "" });
}
