/**
 * The growing end of an owned journal: next number, last hash, size. Owns: numbering (SAFETY R7), stamping, chaining
 * and the rule that a takeover begins with its seal. Must not: store anything.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, isoTime } from "../shared/clock.ts";
import { type SealedEntry, sealEntry } from "./chain.ts";
import type { JournalEntry, NewEntry } from "./entries.ts";
import { checkJournalRoom, type JournalLimits } from "./journal-limits.ts";

export interface JournalHeadOptions {
  run: string;
  epoch: number;
  clock: Clock;
  limits: JournalLimits;
  recovered: readonly JournalEntry[];
  /** Bytes of the recovered lines. */
  recoveredBytes: number;
  seal: { epoch: number; bytes: number } | null;
}

export interface JournalHead {
  /** Sequence number of the newest entry, -1 for none. */
  readonly last: number;
  /** Seals the next entry; `synced` is the watermark it carries. Nothing changes where it throws. */
  add(entry: NewEntry, synced: number): SealedEntry;
}

export function createJournalHead(options: JournalHeadOptions): JournalHead {
  const { run, epoch, clock, limits, recovered } = options;
  const newest = recovered.at(-1);
  let last = newest?.seq ?? -1;
  let prev = newest?.hash ?? "";
  let bytes = options.recoveredBytes;
  let isOpened = false;
  // The text of a time is kept while the millisecond lasts: bursts of entries share it.
  let stamp = { ms: Number.NaN, text: "" };

  return {
    get last() {
      return last;
    },
    add(entry, synced) {
      if (!isOpened) checkOpening(entry, options);
      const ms = clock.now();
      if (ms !== stamp.ms) stamp = { ms, text: isoTime(ms) };
      const sealed = sealEntry(entry, { run, seq: last + 1, epoch, at: stamp.text, synced, prev });
      const grown = bytes + Buffer.byteLength(sealed.line);
      checkJournalRoom({ entries: last + 2, bytes: grown }, entry.kind, limits);
      isOpened = true;
      bytes = grown;
      last += 1;
      prev = sealed.entry.hash;
      return sealed;
    },
  };
}

/** Readers find the end of the earlier owner's file through the first entry of the next one, so it must be there. */
function checkOpening(entry: NewEntry, { run, seal }: JournalHeadOptions): void {
  if (seal === null) return;
  const given = entry.kind === "run.resumed" ? entry.data.seal : null;
  if (given?.epoch === seal.epoch && given.bytes === seal.bytes) return;
  throw new PlanwrightError(
    "INTERNAL",
    `The first entry after taking over run '${run}' must be run.resumed with its seal.`,
    {
      runId: run,
      hint: "Append run.resumed with data.seal = journal.seal before anything else.",
    },
  );
}
