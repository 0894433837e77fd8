/**
 * The hash chain of a journal: how an entry becomes a line, and how a line proves that no bit of it changed.
 * Owns: the line format. Must not: read or write files, or know what entries mean.
 */
import { hash } from "node:crypto";
import { sha256Short } from "../shared/hash.ts";
import { type EntryHeader, JOURNAL_FORMAT, type JournalEntry, type NewEntry } from "./entries.ts";

/** Where an entry stands in its journal: what the header says besides version and hash. */
export type ChainPlace = Omit<EntryHeader, "v" | "hash">;

export interface SealedEntry {
  entry: JournalEntry;
  /** The entry as journal text, with its line end. */
  line: string;
}

/** `,"hash":"` + 43 characters + `"}`: the end of each line, which the hash does not cover. */
const TAIL_BYTES = 54;

/**
 * Turns an entry into a line: compact JSON whose last field is the SHA-256 (base64url) of all bytes before `,"hash":`.
 * Throws a TypeError where the data cannot be written as JSON (a cycle, a BigInt).
 */
export function sealEntry(entry: NewEntry, place: ChainPlace): SealedEntry {
  const { run, seq, epoch, at, spentMs, synced, prev } = place;
  const { kind, step, index, attempt, data } = entry;
  const sealed: Record<string, unknown> = { v: JOURNAL_FORMAT, run, seq, epoch, at, kind };
  if (step !== undefined) sealed.step = step;
  if (index !== undefined) sealed.index = index;
  if (attempt !== undefined) sealed.attempt = attempt;
  if (spentMs !== undefined) sealed.spentMs = spentMs;
  sealed.data = data;
  sealed.synced = synced;
  sealed.prev = prev;
  // JSON.stringify writes fields in the order in which they were set.
  const body = JSON.stringify(sealed).slice(0, -1);
  const hash = sha256Short(body);
  sealed.hash = hash;
  return { entry: sealed as unknown as JournalEntry, line: `${body},"hash":"${hash}"}\n` };
}

/**
 * The JSON of one line (given without its line end) where every bit of it is as it was written; null where not.
 * Works on the raw bytes, so that nothing a parser forgives can hide a change.
 */
export function openLine(line: Buffer): unknown {
  const bodyEnd = line.length - TAIL_BYTES;
  if (bodyEnd < 1) return null;
  const expected = `,"hash":"${hash("sha256", line.subarray(0, bodyEnd), "base64url")}"}`;
  if (line.toString("latin1", bodyEnd) !== expected) return null;
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    return null; // A well-hashed line that is not JSON was not written by sealEntry.
  }
}
