/**
 * Watches a run from outside and says what it did wrong. Keeps its own books: calls of tools and planners, what was
 * durable at the time, what the outside was told. Trusts nothing that the kernel computes. Rules: SAFETY.md.
 */
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { RunEvent, RunResult } from "../../src/run/run-result.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";
import type { ToolContext } from "../../src/tool/tool.ts";

export interface SeenCall {
  tool: string;
  idempotency: "pure" | "key" | "none";
  context: ToolContext;
  input: JsonValue;
  /** The epoch that the calling process owns, as far as it knows. */
  epoch: number;
}

export interface Referee {
  readonly problems: string[];
  readonly calls: readonly SeenCall[];
  readonly told: readonly RunEvent[];
  complain(problem: string): void;
  /** These entries are durable: their owner's sync said so, or whoever read them. */
  synced(entries: readonly JournalEntry[], by: "owner" | "reader"): void;
  /** A write to the journal of that epoch has failed, of whatever comes after that entry. */
  broken(epoch: number, synced: number): void;
  toolCalled(call: SeenCall): void;
  /** A tool was told to undo a call. */
  toolUndone(call: Omit<SeenCall, "input">): void;
  /** `epoch`: what the calling process owns, as far as it knows. */
  plannerCalled(n: number, attempt: number, epoch: number): void;
  /** The outside read this event. */
  published(event: RunEvent): void;
  /** The outside was told this result. */
  toldResult(result: RunResult): void;
  /** A word of a person was acknowledged: an entry of that kind must be durable. */
  acknowledged(kind: JournalEntry["kind"]): void;
  durable(): readonly JournalEntry[];
  /** A blob was stored. */
  kept(blob: string, text: string): void;
  readBlob(blob: string): JsonValue;
}

interface Records {
  problems: string[];
  calls: SeenCall[];
  undone: Omit<SeenCall, "input">[];
  told: RunEvent[];
  durable: JournalEntry[];
  blobs: Map<string, string>;
  /** By epoch: the last entry that may be acknowledged. */
  broken: Map<number, number>;
  isCancelled: boolean;
}

export function createReferee(): Referee {
  const records: Records = {
    problems: [],
    calls: [],
    undone: [],
    told: [],
    durable: [],
    blobs: new Map(),
    broken: new Map(),
    isCancelled: false,
  };
  const { problems, calls, told, durable, blobs, broken } = records;
  const complain = (problem: string): void => {
    problems.push(problem);
  };
  return {
    problems,
    calls,
    told,
    complain,
    durable: () => durable,
    synced(entries, by) {
      for (const entry of entries) noteSynced(records, entry, by);
    },
    broken(epoch, after) {
      broken.set(epoch, Math.min(broken.get(epoch) ?? after, after));
    },
    toolCalled(call) {
      judgeCall(records, call);
      calls.push(call);
    },
    toolUndone(call) {
      judgeUndoing(records, call);
      records.undone.push(call);
    },
    plannerCalled(n, attempt, epoch) {
      const name = `decision ${n}, try ${attempt}`;
      // One that stood still between its last look and the call asks once more: what it asks was durable.
      const isReplaced = (durable.at(-1)?.epoch ?? 0) > epoch;
      if (records.isCancelled && !isReplaced) complain(`R11: ${name} was asked for after the cancel was acknowledged`);
      const hasAsked = durable.some(
        ({ kind, data }) => kind === "decision.requested" && "n" in data && data.n === n && data.attempt === attempt,
      );
      if (!hasAsked) complain(`R1: ${name} was asked for before the request was durable`);
    },
    published(event) {
      if (event.seq >= durable.length) complain(`R1: event ${event.seq} was told before it was durable`);
      told.push(event);
    },
    toldResult: (result) => judgeResult(records, result),
    acknowledged(kind) {
      if (!durable.some((entry) => entry.kind === kind)) complain(`R1: ${kind} was acknowledged before it was durable`);
      if (kind === "cancel.requested") records.isCancelled = true;
    },
    kept(blob, text) {
      blobs.set(blob, text);
    },
    readBlob(blob) {
      return JSON.parse(blobs.get(blob) ?? "null") as JsonValue;
    },
  };
}

function noteSynced({ durable, broken, problems }: Records, entry: JournalEntry, by: "owner" | "reader"): void {
  const { seq, epoch, kind, hash } = entry;
  const known = durable[seq];
  if (known !== undefined && known.hash !== hash)
    problems.push(`R7: entry ${seq} is ${known.kind} of epoch ${known.epoch} and ${kind} of epoch ${epoch}`);
  if (known !== undefined) return;
  if (seq !== durable.length) problems.push(`R7: entry ${seq} is durable, and ${durable.length} is not`);
  if (by === "owner" && seq > (broken.get(epoch) ?? seq))
    problems.push(`R17: entry ${seq} (${kind}) was acknowledged after the journal could not be written`);
  if (epoch < (durable.at(-1)?.epoch ?? 0)) problems.push(`R7: entry ${seq} is of the older epoch ${epoch}`);
  durable.push(entry);
}

function judgeCall({ durable, calls, problems, isCancelled }: Records, call: SeenCall): void {
  const { step, index, attempt } = call.context;
  const complain = (problem: string): void => {
    problems.push(`${step}[${index}] attempt ${attempt} of ${call.tool}: ${problem}`);
  };
  const isIt = (entry: JournalEntry): boolean => entry.step === step && (entry.index ?? null) === index;
  const hasStarted = durable.some((entry) => entry.kind === "step.started" && isIt(entry) && entry.attempt === attempt);
  if (call.idempotency !== "pure" && !hasStarted) complain("R1: called before its start was durable");
  for (const other of calls) {
    const isSame = other.context.step === step && other.context.index === index && other.tool === call.tool;
    if (isSame) compareCalls(call, other, complain);
  }
  // A process that does not know yet that it was replaced may still repeat what changes nothing (KERNEL 1).
  const isReplaced = (durable.at(-1)?.epoch ?? 0) > call.epoch;
  if (isReplaced && call.idempotency === "pure") return;
  // One that stood still between its last look and the call makes this one call, with the key of its durable start.
  const isOwnStart = (entry: JournalEntry): boolean =>
    entry.kind === "step.started" && isIt(entry) && entry.epoch === call.epoch && entry.attempt === attempt;
  if (isReplaced && call.idempotency === "key" && durable.some(isOwnStart)) return;
  if (isCancelled) complain("R11: called after the cancel was acknowledged");
  if (durable.some((entry) => entry.kind === "step.completed" && isIt(entry)))
    complain("R3: called although it had completed");
}

/** Undoing is a call like any other: journalled before, of a completed step, at most once where it must not repeat. */
function judgeUndoing({ durable, undone, problems, isCancelled }: Records, call: Omit<SeenCall, "input">): void {
  const { step, index } = call.context;
  const complain = (problem: string): void => {
    problems.push(`undoing ${step}[${index}] of ${call.tool}: ${problem}`);
  };
  const isIt = (entry: JournalEntry): boolean => entry.step === step && (entry.index ?? null) === index;
  if (!durable.some((entry) => entry.kind === "compensation.started" && isIt(entry)))
    complain("R1: called before its start was durable");
  if (!durable.some((entry) => entry.kind === "step.completed" && isIt(entry))) complain("R1: it had not completed");
  if (durable.some((entry) => entry.kind === "compensation.completed" && isIt(entry))) complain("R3: it was undone");
  if (isCancelled && (durable.at(-1)?.epoch ?? 0) <= call.epoch) complain("R11: called after the cancel");
  for (const { context } of undone) {
    if (context.step !== step || context.index !== index) continue;
    if (call.idempotency === "none") complain("R4: called twice");
    if (context.idempotencyKey !== call.context.idempotencyKey) complain("R5: called with another key");
  }
}

/** R1: that a step completed, or the run ended, is told once it is durable. */
function judgeResult({ durable, problems }: Records, { status, steps }: RunResult): void {
  for (const { id, index, status: outcome } of steps) {
    const isIt = ({ kind, ...entry }: JournalEntry): boolean =>
      (kind === "step.completed" || kind === "recovery.applied") &&
      entry.step === id &&
      (entry.index ?? null) === index;
    if (outcome === "completed" && !durable.some(isIt)) problems.push(`R1: ${id} was told completed too early`);
  }
  const isOver = ["completed", "failed", "exhausted", "cancelled"].includes(status);
  if (isOver && durable.at(-1)?.kind !== "run.ended") problems.push(`R1: the run was told ${status} too early`);
}

/** R4, R5: a call of the same step and index came before. */
function compareCalls(call: SeenCall, other: SeenCall, complain: (problem: string) => void): void {
  if (call.idempotency === "none") complain("R4: called twice");
  const isSame = canonicalJson(other.input) === canonicalJson(call.input);
  const hasSameKey = other.context.idempotencyKey === call.context.idempotencyKey;
  if (isSame !== hasSameKey) complain(`R5: called with ${hasSameKey ? "an old" : "another"} key`);
}
