/**
 * Makes a process the owner of a run: as its first owner, or by taking over (KERNEL 18). Owns: that of any number of
 * takers one wins. Must not: append anything.
 */
import { dirname } from "node:path";
import type { OpenFile } from "../shared/file-system.ts";
import type { JournalEntry } from "./entries.ts";
import { createJournalFile, type JournalFile, type JournalFileOptions } from "./journal-file.ts";
import { verifyForOwner } from "./known-journal.ts";
import { readJournal, readRunState } from "./read-journal.ts";
import { journalPath, LAST_EPOCH } from "./run-folder.ts";
import { removeIfThere, type StoreDisk } from "./store-disk.ts";
import { journalCorrupt, runExists, runLocked, runNotFound, systemCode } from "./store-errors.ts";
import type { VerifiedJournal } from "./verify-journal.ts";

export interface ClaimOptions {
  disk: StoreDisk;
  run: string;
  folder: string;
  onChanged: JournalFileOptions["onChanged"];
  /** Entries of the run as they were read before. */
  known?: readonly JournalEntry[] | null;
}

const NOTHING: VerifiedJournal = { entries: [], end: null, bytes: 0, cutBytes: 0 };

/** First owner of a new run. Nothing is synced yet: the first acknowledgement waits for what this starts. */
export async function claimNewRun(options: ClaimOptions, whenTaken = runExists(options.run)): Promise<JournalFile> {
  const { disk, folder } = options;
  await disk.fileSystem.makeDirectory(folder);
  const file = await createEpoch(options, 0);
  if (file === null) throw whenTaken;
  const namesSynced = syncNames(disk, folder);
  namesSynced.catch(() => undefined); // The first sync waits for it and throws its failure.
  try {
    const journal = createJournalFile({ ...options, epoch: 0, file, recovered: NOTHING, namesSynced });
    await journal.owned;
    return journal;
  } catch (thrown) {
    await abandonEpoch(options, 0, file);
    throw thrown;
  }
}

/**
 * Takes a run over. Throws NOT_FOUND, STORE_LOCKED, JOURNAL_CORRUPT, JOURNAL_VERSION; with `isEmptyAllowed` a run that
 * was never accepted is taken over too.
 */
export async function takeOverRun(options: ClaimOptions, { isEmptyAllowed = false } = {}): Promise<JournalFile> {
  const { disk, run, folder, known = null } = options;
  const { epochs, isOwned } = await readRunState(disk, folder);
  const newest = epochs[0];
  if (newest === undefined) {
    if (isEmptyAllowed) return claimNewRun(options, runLocked(run, "it was a moment faster"));
    throw runNotFound(run);
  }
  if (isOwned) throw runLocked(run, "its heartbeat is fresh");
  if (newest >= LAST_EPOCH) throw journalCorrupt(run, `after journal.${newest}.jsonl no further owner can begin`);
  const epoch = newest + 1;
  const file = await createEpoch(options, epoch);
  if (file === null) throw runLocked(run, "it was a moment faster");
  try {
    // Only now: what the old owner acknowledged before the file was there is in its file, and it acknowledges no more.
    const recovered = await readJournal(disk, { run, folder, verify: (bytes) => verifyForOwner(bytes, known) }, epochs);
    if (recovered.end === null && !isEmptyAllowed) throw runNotFound(run);
    if (recovered.end === null) await syncNames(disk, folder);
    else await syncRun(disk, folder, recovered.end.epoch);
    const journal = createJournalFile({ ...options, epoch, file, recovered, namesSynced: Promise.resolve() });
    await journal.owned;
    return journal;
  } catch (thrown) {
    await abandonEpoch(options, epoch, file);
    throw thrown;
  }
}

/** Null where another process has just created it: the one thing that decides a race. */
async function createEpoch({ disk, folder }: ClaimOptions, epoch: number): Promise<OpenFile | null> {
  try {
    return await disk.fileSystem.open(journalPath(folder, epoch), { create: "exclusive" });
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return null;
    throw thrown;
  }
}

async function abandonEpoch({ disk, folder }: ClaimOptions, epoch: number, file: OpenFile): Promise<void> {
  // The first failure is the one to tell; what stays behind is an empty file that the next taker passes over.
  await file.close().catch(() => undefined);
  await removeIfThere(disk.fileSystem, journalPath(folder, epoch)).catch(() => undefined);
}

/** Names of the run's files, and the run's own name in the folder of runs. */
async function syncNames(disk: StoreDisk, folder: string): Promise<void> {
  await Promise.all([disk.syncDirectory(folder), disk.syncDirectory(dirname(folder))]);
}

/** Makes what an owner wrote up to now durable, before anything rests on it. */
export async function syncRun(disk: StoreDisk, folder: string, epoch: number): Promise<void> {
  const file = await disk.fileSystem.open(journalPath(folder, epoch), { create: "never" });
  try {
    await Promise.all([file.sync(), syncNames(disk, folder)]);
  } finally {
    await file.close();
  }
}
