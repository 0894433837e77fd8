/**
 * Which entries of a run a fork inherits: all that was settled before a decision was asked for. Owns: that line. What
 * was under way (a call, a retry, an open approval, a wait) is left out, and so is every owner's coming and going. What
 * of it the run has undone since is said at the end: a fork must not take it for done.
 */
import type { EntryOf, JournalEntry } from "./entries.ts";

export interface CutPrefix {
  prefix: JournalEntry[];
  /** The decision that is asked again, as the source asked it. */
  requested: EntryOf<"decision.requested">;
  /** The entry before it. */
  last: JournalEntry;
}

/** Of the run, not of what happened in it: a fork has its own. */
const OF_THE_RUN: ReadonlySet<JournalEntry["kind"]> = new Set([
  "run.accepted",
  "run.waiting",
  "run.resumed",
  "run.ended",
  "cancel.requested",
  "budget.settled",
  "target.missed",
]);

/** Null where the run never asked for decision `n`. */
export function cutPrefix(history: readonly JournalEntry[], n: number): CutPrefix | null {
  const end = history.findIndex((entry) => entry.kind === "decision.requested" && entry.data.n === n);
  const requested = history[end];
  const last = history[end - 1];
  if (requested?.kind !== "decision.requested" || last === undefined) return null;
  const before = history.slice(0, end);
  const calls = callsOf(before);
  const settledAt = settledPlaces(before, calls);
  const prefix = before.filter((entry, place) => {
    if (OF_THE_RUN.has(entry.kind) || isAwaited(entry)) return false;
    const call = calls[place] ?? null;
    return call === null || place <= (settledAt.get(call) ?? -1);
  });
  return { prefix: [...prefix, ...undoneSince(prefix, history.slice(end))], requested, last };
}

/** Where the run has begun to undo a call of the prefix, and has not found that it could not; the newest come first. */
function undoneSince(prefix: readonly JournalEntry[], after: readonly JournalEntry[]): JournalEntry[] {
  const kept = new Set(prefix.flatMap((entry) => (entry.kind === "step.completed" ? [key(entry)] : [])));
  const undone: JournalEntry[] = [];
  // Elements of a later list may have stood in the same place.
  const newer = new Map<string, number>();
  let current: JournalEntry | undefined;
  for (const entry of after) {
    const call = key(entry);
    const count = newer.get(call) ?? 0;
    if (entry.kind === "step.completed") newer.set(call, count + 1);
    if (entry.kind === "compensation.failed" && !mayHaveHappened(entry) && undone.at(-1) === current) undone.pop();
    if (entry.kind !== "compensation.started") continue;
    current = entry;
    if (count > 0) newer.set(call, count - 1);
    else if (kept.has(call)) undone.push(entry);
  }
  return undone;
}

/** Of a call that took too long nobody knows. */
function mayHaveHappened({ data: { error } }: EntryOf<"compensation.failed">): boolean {
  return error.code === "TOOL_TIMEOUT" || error.code === "TOOL_OUTCOME_UNKNOWN";
}

/** By call, where it settled last. What a rule takes back is as if it had not been. */
function settledPlaces(entries: readonly JournalEntry[], calls: readonly (string | null)[]): Map<string, number> {
  const settledAt = new Map<string, number>();
  const before = new Map<string, number>();
  for (const [place, entry] of entries.entries()) {
    const call = calls[place] ?? null;
    if (call === null) continue;
    if (isTakenBack(entry)) settledAt.set(call, before.get(call) ?? -1);
    if (!isOutcome(entry)) continue;
    before.set(call, settledAt.get(call) ?? -1);
    settledAt.set(call, place);
  }
  return settledAt;
}

/** A rule has the call go on after its failure. */
function isTakenBack(entry: JournalEntry): boolean {
  if (entry.kind !== "recovery.applied") return false;
  const { verb, tool } = entry.data;
  return verb === "retry" || verb === "escalate" || verb === "compensate" || tool !== undefined;
}

/** A model was still to judge the run's success. */
function isAwaited(entry: JournalEntry): boolean {
  return entry.kind === "success.checked" && entry.data.met === null;
}

/** No further attempt of the call follows. */
function isOutcome(entry: JournalEntry): boolean {
  switch (entry.kind) {
    case "step.completed":
    case "step.unknown":
    case "approval.denied":
    case "approval.expired":
      return true;
    case "step.failed":
      return entry.data.retryAt === null;
    case "recovery.applied":
      return !isTakenBack(entry);
    default:
      return false;
  }
}

/**
 * For each entry the call that it is about; null for the fan-out of a forEach, which calls nothing, and for entries
 * that are about no call.
 */
function callsOf(entries: readonly JournalEntry[]): (string | null)[] {
  const approvals = new Map<string, string | null>();
  return entries.map((entry) => {
    switch (entry.kind) {
      case "step.started":
        return entry.data.items === undefined ? key(entry) : null;
      case "step.completed":
      case "step.failed":
      case "step.unknown":
      case "recovery.applied":
        return key(entry);
      case "approval.requested": {
        const call = entry.data.plan === undefined ? key(entry) : null;
        approvals.set(entry.data.approval.id, call);
        return call;
      }
      case "approval.granted":
      case "approval.denied":
      case "approval.expired":
        return approvals.get(entry.data.approval) ?? null;
      default:
        return null;
    }
  });
}

function key({ step, index }: JournalEntry): string {
  return `${step} ${index ?? ""}`;
}
