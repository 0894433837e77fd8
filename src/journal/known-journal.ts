/**
 * A journal that was read a moment ago, and is read again by the process that takes its run over. What its bytes mean
 * follows from them alone, so that the same bytes need not be verified twice. Owns: the memory of that, as long as a
 * reader keeps the entries. Must not: take anything for the same that is not, bit for bit.
 */
import type { JournalEntry } from "./entries.ts";
import { type EpochFile, type VerifiedJournal, verifyJournal } from "./verify-journal.ts";

/** What a journal is verified from; `watermark` as in `verifyJournal`. */
export interface JournalBytes {
  run: string;
  files: readonly EpochFile[];
  watermark: number;
}

const READ = new WeakMap<readonly JournalEntry[], { bytes: JournalBytes; verified: VerifiedJournal }>();

/** As `verifyJournal`, for a reader that may become the run's owner. */
export function verifyForReader(bytes: JournalBytes): VerifiedJournal {
  const verified = verifyJournal(bytes.run, bytes.files, bytes.watermark);
  READ.set(verified.entries, { bytes, verified });
  return verified;
}

/** As `verifyJournal`, for a new owner. `seen`: the entries that it got as a reader; the bytes are let go. */
export function verifyForOwner(bytes: JournalBytes, seen: readonly JournalEntry[] | null): VerifiedJournal {
  const known = seen === null ? undefined : READ.get(seen);
  if (seen !== null) READ.delete(seen);
  if (known !== undefined && isSame(known.bytes, bytes)) return known.verified;
  return verifyJournal(bytes.run, bytes.files, bytes.watermark);
}

function isSame(left: JournalBytes, right: JournalBytes): boolean {
  if (left.run !== right.run || left.watermark !== right.watermark || left.files.length !== right.files.length) {
    return false;
  }
  return left.files.every(({ epoch, bytes }, place) => {
    const other = right.files[place];
    return epoch === other?.epoch && bytes.equals(other.bytes);
  });
}
