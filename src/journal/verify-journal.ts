/**
 * Turns the bytes of a run's epoch files back into its entries (KERNEL 6 and 18, SAFETY R2). Owns: which bytes count,
 * and the line between a torn tail (cut) and damage (JOURNAL_CORRUPT). Must not: read or change files.
 */
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { openLine } from "./chain.ts";
import { JOURNAL_FORMAT, type JournalEntry } from "./entries.ts";
import { journalCorrupt, journalVersion } from "./store-errors.ts";
import { validateEntry } from "./validate-entry.ts";

export interface EpochFile {
  epoch: number;
  bytes: Buffer;
}

export interface VerifiedJournal {
  entries: JournalEntry[];
  /** Where the intact entries end: newest file that counts, and the length of its intact part. Null for no entries. */
  end: { epoch: number; bytes: number } | null;
  /** Bytes of all intact lines. */
  bytes: number;
  /** Bytes after the intact part of the newest file: an unsynced tail that a crash tore, or nothing. */
  cutBytes: number;
}

/** One epoch file as far as it counts: a seal in the next file may end it early. */
interface Segment {
  file: EpochFile;
  end: number;
  isSealed: boolean;
}

interface Scan {
  run: string;
  entries: JournalEntry[];
  prev: string;
  /**
   * Highest sequence number that a line behind the damage, or the caller, says was synced. Lines in their place say
   * nothing new: each vouches only for lines before it.
   */
  watermark: number;
  bytes: number;
}

/**
 * Verifies every line and returns the intact entries. `watermark` is a sequence number known to be synced from
 * elsewhere (the owner file), -1 for none. Throws JOURNAL_CORRUPT where an entry at or below any surviving watermark
 * is damaged, JOURNAL_VERSION where an intact entry has a format that this version does not know.
 */
export function verifyJournal(run: string, files: readonly EpochFile[], watermark = -1): VerifiedJournal {
  const { segments, skipped } = findSegments(run, files);
  const scan: Scan = { run, entries: [], prev: "", watermark, bytes: 0 };
  let end: VerifiedJournal["end"] = null;
  let cutBytes = 0;
  for (const segment of segments) {
    const intact = scanSegment(segment, scan);
    if (segment.isSealed && intact !== segment.end) throw journalCorrupt(run, damageAt(scan.entries.length, segment));
    end = { epoch: segment.file.epoch, bytes: intact };
    cutBytes = segment.end - intact;
    if (cutBytes > 0) collectWatermark(segment, intact, scan);
    if (cutBytes > 0 && scan.watermark >= scan.entries.length) {
      throw journalCorrupt(run, damageAt(scan.entries.length, segment));
    }
  }
  for (const file of skipped) collectWatermark({ file, end: file.bytes.length, isSealed: false }, 0, scan);
  if (scan.watermark >= scan.entries.length) {
    throw journalCorrupt(run, `entry ${scan.entries.length} is missing, though entry ${scan.watermark} was synced`);
  }
  return { entries: scan.entries, end: scan.entries.length === 0 ? null : end, bytes: scan.bytes, cutBytes };
}

function damageAt(seq: number, segment: Segment): string {
  return `entry ${seq} in journal.${segment.file.epoch}.jsonl does not match its hash or its place`;
}

/**
 * Goes back from the newest file whose first line is intact, seal by seal. Files between that nobody refers to were
 * begun by owners that died before their first sync; newer ones than the head are returned as `skipped`.
 */
function findSegments(run: string, files: readonly EpochFile[]): { segments: Segment[]; skipped: EpochFile[] } {
  const newestFirst = [...files].sort((left, right) => right.epoch - left.epoch);
  const skipped: EpochFile[] = [];
  const byEpoch = new Map(files.map((file) => [file.epoch, file]));
  let opening: JsonObject | null = null;
  let head: EpochFile | undefined;
  for (const file of newestFirst) {
    opening = openingOf(run, file);
    if (opening !== null) {
      head = file;
      break;
    }
    skipped.push(file);
  }
  if (head === undefined) return { segments: [], skipped };
  const segments: Segment[] = [{ file: head, end: head.bytes.length, isSealed: false }];
  let current = head;
  while (opening !== null && opening.seq !== 0) {
    const seal = sealOf(opening);
    const file = seal === null ? undefined : byEpoch.get(seal.epoch);
    if (seal === null || file === undefined || seal.epoch >= current.epoch || file.bytes.length < seal.bytes) {
      throw journalCorrupt(run, `what journal.${current.epoch}.jsonl follows is missing or too short`);
    }
    segments.unshift({ file, end: seal.bytes, isSealed: true });
    opening = openingOf(run, file);
    if (opening === null) throw journalCorrupt(run, `the first entry of journal.${file.epoch}.jsonl is damaged`);
    current = file;
  }
  return { segments, skipped };
}

/** The first entry of a file, where it is intact and can open a file: number 0, or a takeover's seal. */
function openingOf(run: string, file: EpochFile): JsonObject | null {
  const end = file.bytes.indexOf(10);
  const parsed = end === -1 ? null : openLine(file.bytes.subarray(0, end));
  if (!isJsonObject(parsed)) return null;
  if (parsed.v !== JOURNAL_FORMAT) throw journalVersion(run, `entry format ${JSON.stringify(parsed.v)}`);
  if (parsed.run !== run || parsed.epoch !== file.epoch) return null;
  return parsed.seq === 0 || sealOf(parsed) !== null ? parsed : null;
}

function sealOf(entry: JsonObject): { epoch: number; bytes: number } | null {
  const seal = entry.kind === "run.resumed" && isJsonObject(entry.data) ? entry.data.seal : null;
  if (!isJsonObject(seal) || typeof seal.epoch !== "number" || typeof seal.bytes !== "number") return null;
  return { epoch: seal.epoch, bytes: seal.bytes };
}

/** Adds the segment's entries up to the first damaged or misplaced line; returns where that line begins. */
function scanSegment({ file, end }: Segment, scan: Scan): number {
  let start = 0;
  while (start < end) {
    const lineEnd = file.bytes.indexOf(10, start);
    if (lineEnd === -1 || lineEnd >= end) return start;
    const parsed = openLine(file.bytes.subarray(start, lineEnd));
    if (!isJsonObject(parsed)) return start;
    const isInPlace = parsed.run === scan.run && parsed.epoch === file.epoch && parsed.seq === scan.entries.length;
    if (!isInPlace || parsed.prev !== scan.prev) return start;
    const entry = validateEntry(parsed);
    if ("problem" in entry) throw journalVersion(scan.run, entry.problem);
    scan.entries.push(entry);
    scan.prev = entry.hash;
    scan.bytes += lineEnd + 1 - start;
    start = lineEnd + 1;
  }
  return start;
}

/** What intact lines behind a damaged one still say about how far the journal had been synced. */
function collectWatermark({ file, end }: Segment, from: number, scan: Scan): void {
  let start = from;
  while (start < end) {
    const found = file.bytes.indexOf(10, start);
    const lineEnd = found === -1 || found > end ? end : found;
    const parsed = openLine(file.bytes.subarray(start, lineEnd));
    if (isJsonObject(parsed) && parsed.run === scan.run && typeof parsed.synced === "number") {
      scan.watermark = Math.max(scan.watermark, parsed.synced);
    }
    start = lineEnd + 1;
  }
}
