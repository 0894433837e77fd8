/** How much a journal may hold. Owns: the limits, their caps, and which entries still fit when they are reached. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { EntryKind } from "./entries.ts";

export interface JournalLimits {
  /** Default 10,240; at most 200,000. */
  maxEntries: number;
  /** Default 32 MiB; at most 512 MiB. */
  maxBytes: number;
}

/** SAFETY.md, "Default limits". */
export const DEFAULT_JOURNAL_LIMITS: JournalLimits = { maxEntries: 10_240, maxBytes: 32 * 2 ** 20 };
export const JOURNAL_CAPS: JournalLimits = { maxEntries: 200_000, maxBytes: 512 * 2 ** 20 };

/** Kinds that end what has begun: a full journal still takes them, so that a run can be closed. */
const CLOSING: ReadonlySet<EntryKind> = new Set<EntryKind>([
  "run.resumed",
  "run.ended",
  "cancel.requested",
  "budget.settled",
  "step.completed",
  "step.failed",
  "step.unknown",
  "decision.received",
  "success.checked",
  "compensation.completed",
  "compensation.failed",
  "compensation.settled",
  "target.missed",
]);

/** What they find room in, also where the limits are as high as the caps: all parallel calls may end, then the run. */
const CLOSING_ROOM: JournalLimits = {
  maxEntries: JOURNAL_CAPS.maxEntries + 4_096,
  maxBytes: JOURNAL_CAPS.maxBytes + 128 * 2 ** 20,
};

/** Fills in defaults and cuts to the caps. */
export function journalLimits(given: Partial<JournalLimits> = {}): JournalLimits {
  return {
    maxEntries: Math.min(given.maxEntries ?? DEFAULT_JOURNAL_LIMITS.maxEntries, JOURNAL_CAPS.maxEntries),
    maxBytes: Math.min(given.maxBytes ?? DEFAULT_JOURNAL_LIMITS.maxBytes, JOURNAL_CAPS.maxBytes),
  };
}

/** Throws LIMIT_JOURNAL where an entry of this kind no longer fits. `entries` and `bytes` include the new entry. */
export function checkJournalRoom(
  size: { entries: number; bytes: number },
  kind: EntryKind,
  limits: JournalLimits,
): void {
  const { maxEntries, maxBytes } = CLOSING.has(kind) ? CLOSING_ROOM : limits;
  if (size.entries <= maxEntries && size.bytes <= maxBytes) return;
  throw new PlanwrightError("LIMIT_JOURNAL", `The journal is full: ${maxEntries} entries or ${maxBytes} bytes.`, {
    hint: "Split the work over several runs, or raise the journal limits of the store.",
  });
}
