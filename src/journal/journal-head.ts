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
  let before: Reading | null = null;
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
      const reading = { wallMs: ms, steadyMs: clock.monotonic() };
      const place = { run, seq: last + 1, epoch, at: stamp.text, ...jumpBetween(before, reading), synced, prev };
      const sealed = sealEntry(entry, place);
      const grown = bytes + Buffer.byteLength(sealed.line);
      checkJournalRoom({ entries: last + 2, bytes: grown }, entry.kind, limits);
      isOpened = true;
      before = reading;
      bytes = grown;
      last += 1;
      prev = sealed.entry.hash;
      return sealed;
    },
  };
}

/** Both clocks at one moment. */
interface Reading {
  wallMs: number;
  steadyMs: number;
}

/** Clocks that are set right drift by less between two entries. */
const JUMP_MS = 1_000;

/** What the entry says of the time since the one before, where the wall clock has jumped; nothing of an owner's first. */
function jumpBetween(before: Reading | null, now: Reading): { spentMs?: number } {
  if (before === null) return {};
  const spentMs = Math.max(0, Math.round(now.steadyMs - before.steadyMs));
  return Math.abs(now.wallMs - before.wallMs - spentMs) > JUMP_MS ? { spentMs } : {};
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
