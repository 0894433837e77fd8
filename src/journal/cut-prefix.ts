/**
 * Which entries of a run a fork inherits: all that was settled before a decision was asked for. Owns: that line. What
 * was under way (a call, a retry, an open approval, a wait) is left out, and so is every owner's coming and going.
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
]);

/** Null where the run never asked for decision `n`. */
export function cutPrefix(history: readonly JournalEntry[], n: number): CutPrefix | null {
  const end = history.findIndex((entry) => entry.kind === "decision.requested" && entry.data.n === n);
  const requested = history[end];
  const last = history[end - 1];
  if (requested?.kind !== "decision.requested" || last === undefined) return null;
  const before = history.slice(0, end);
  const calls = callsOf(before);
  const settledAt = new Map<string, number>();
  for (const [place, entry] of before.entries()) {
    const call = calls[place];
    if (call != null && isOutcome(entry)) settledAt.set(call, place);
  }
  const prefix = before.filter((entry, place) => {
    if (OF_THE_RUN.has(entry.kind)) return false;
    const call = calls[place] ?? null;
    return call === null || place <= (settledAt.get(call) ?? -1);
  });
  return { prefix, requested, last };
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
    default:
      return false;
  }
}

/**
 * For each entry the call that it is about; null for the fan-out of a forEach, which calls nothing, and for entries
 * that are about no call.
 */
function callsOf(entries: readonly JournalEntry[]): (string | null)[] {
  const approvals = new Map<string, string>();
  return entries.map((entry) => {
    switch (entry.kind) {
      case "step.started":
        return entry.data.items === undefined ? key(entry) : null;
      case "step.completed":
      case "step.failed":
      case "step.unknown":
        return key(entry);
      case "approval.requested":
        approvals.set(entry.data.approval.id, key(entry));
        return key(entry);
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
