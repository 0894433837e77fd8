/**
 * Reads a run's folder without owning it. Owns: the order of reading, so that a run that goes on meanwhile never looks
 * damaged. Must not: change anything.
 */

import { type JournalBytes, verifyForReader } from "./known-journal.ts";
import { isLiveOwner, isRecent, type OwnerRecord, readOwner } from "./owner-file.ts";
import { epochsIn, journalPath } from "./run-folder.ts";
import { isThere, listIfThere, readIfThere, type StoreDisk } from "./store-disk.ts";
import type { EpochFile, VerifiedJournal } from "./verify-journal.ts";

export interface RunFolderState {
  /** Epochs that have a journal file, newest first. */
  epochs: number[];
  /** Record of the newest epoch. */
  owner: OwnerRecord | null;
  isOwned: boolean;
}

/** Who owns a run, from its folder's names and the newest owner record. No epochs: the run does not exist. */
export async function readRunState(disk: StoreDisk, folder: string): Promise<RunFolderState> {
  const epochs = epochsIn(await listIfThere(disk.fileSystem, folder));
  const newest = epochs[0];
  if (newest === undefined) return { epochs, owner: null, isOwned: false };
  let owner = await readOwner(disk, folder, newest);
  if (owner === null && (await isBeingTaken(disk, journalPath(folder, newest))))
    return { epochs, owner, isOwned: true };
  // The owner's record is there before its first entry: an owner that began between the two looks is seen now.
  owner ??= await readOwner(disk, folder, newest);
  const isOwned = owner !== null && isLiveOwner(owner, disk);
  return { epochs, owner, isOwned };
}

/**
 * An owner creates the epoch's journal first and its own record next. An empty journal without a record is that moment,
 * or the remains of a process that died in it; only time tells.
 */
async function isBeingTaken(disk: StoreDisk, path: string): Promise<boolean> {
  if (!(await isThere(disk.fileSystem, path))) return false;
  const { bytes, modifiedMs } = await disk.fileSystem.stat(path);
  return bytes === 0 && isRecent(modifiedMs, disk);
}

/** Whether anything was ever written: a run without a single byte, of which no owner says otherwise, was never accepted. */
export async function hasEntries(disk: StoreDisk, folder: string, epochs: readonly number[]): Promise<boolean> {
  for (const epoch of epochs) {
    const path = journalPath(folder, epoch);
    if ((await isThere(disk.fileSystem, path)) && (await disk.fileSystem.stat(path)).bytes > 0) return true;
  }
  for (const epoch of epochs) if (((await readOwner(disk, folder, epoch))?.synced ?? -1) >= 0) return true;
  return false;
}

/**
 * The verified entries of the epochs given. Watermarks are read before the journals, and newer journals before older
 * ones: whatever they say about what was synced, the file read next has at least that.
 */
export async function readJournal(
  disk: StoreDisk,
  run: { run: string; folder: string; verify?: (bytes: JournalBytes) => VerifiedJournal },
  epochs: readonly number[],
): Promise<VerifiedJournal> {
  let watermark = -1;
  for (const epoch of epochs) {
    const owner = await readOwner(disk, run.folder, epoch);
    watermark = Math.max(watermark, owner?.synced ?? -1);
  }
  const files: EpochFile[] = [];
  for (const epoch of epochs) {
    const bytes = await readIfThere(disk.fileSystem, journalPath(run.folder, epoch));
    if (bytes !== null) files.push({ epoch, bytes });
  }
  return (run.verify ?? verifyForReader)({ run: run.run, files, watermark });
}
