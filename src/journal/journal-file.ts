/**
 * A run's journal as its owner holds it: one file per epoch, written by group commit, fenced by the next epoch's file.
 * Owns: the life of an owned run from claim to release. Must not: decide what to append.
 *
 * Invariant: an entry is acknowledged only after (1) its bytes are synced, (2) the names on the way to its file are
 * synced, and then (3) no newer epoch's file exists. Whoever takes over creates that file first and reads afterwards,
 * so it either sees the entry or keeps it from being acknowledged.
 */
import type { OpenFile } from "../shared/file-system.ts";
import { createBlobStore } from "./blob-store.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { createJournalHead } from "./journal-head.ts";
import { createOwnerFile, type OwnerFile } from "./owner-file.ts";
import { journalPath } from "./run-folder.ts";
import { createSignalWatch, readSignals, removeSignal } from "./signal-files.ts";
import type { OwnedJournal } from "./store.ts";
import { isThere, removeIfThere, type StoreDisk } from "./store-disk.ts";
import { asStoreCall, runFenced, runReleased, storeFailure } from "./store-errors.ts";
import type { VerifiedJournal } from "./verify-journal.ts";

export interface JournalFileOptions {
  disk: StoreDisk;
  run: string;
  folder: string;
  epoch: number;
  /** The epoch's own file, just created. */
  file: OpenFile;
  recovered: VerifiedJournal;
  /** Syncs of the names on the way to the file, which the first acknowledgement waits for. */
  namesSynced: Promise<void>;
  /** Called when the run has been accepted, and once when it has been given up. */
  onChanged: (change: "accepted" | "released") => void;
}

export interface JournalFile extends OwnedJournal {
  /** Resolves when the owner record is there; begun at once. */
  readonly owned: Promise<void>;
  /** Looks for signals at once. */
  lookForSignals(): void;
}

export function createJournalFile(options: JournalFileOptions): JournalFile {
  const { disk, run, folder, epoch, recovered } = options;
  const { entries, bytes: recoveredBytes, end: seal } = recovered;
  const { clock, limits } = disk;
  const head = createJournalHead({ run, epoch, clock, limits, recovered: entries, recoveredBytes, seal });
  const { commit, owner, owned, isEmpty } = openForWriting(options, head.last);
  const signals = createSignalWatch(disk, folder);
  let isReleased = false;

  return {
    run,
    epoch,
    seal,
    owned,
    recovered: entries,
    blobs: createBlobStore(disk, run, folder),
    get synced() {
      return commit.synced;
    },
    append(entry) {
      if (commit.failure !== null) throw commit.failure;
      const sealed = head.add(entry, commit.synced);
      commit.add(sealed.line, sealed.entry.seq);
      return sealed.entry;
    },
    sync: () => commit.sync(),
    onSignal: (wake) => signals.listen(wake),
    lookForSignals: () => signals.look(),
    pendingSignals: () => asStoreCall("Reading the signals", run, () => readSignals(disk, folder)),
    settleSignal: (id) => asStoreCall("Removing a signal", run, () => removeSignal(disk, folder, id)),
    async release() {
      if (isReleased) return;
      isReleased = true;
      signals.stop();
      try {
        if (commit.failure === null) await commit.sync();
      } finally {
        commit.fail(() => runReleased(run));
        await asStoreCall("Giving the run up", run, () => giveUp(options, owner, isEmpty()));
      }
    },
  };
}

interface WritableEpoch {
  commit: GroupCommit;
  owner: OwnerFile;
  owned: Promise<void>;
  /** Whether nothing was written to the epoch's file. */
  isEmpty: () => boolean;
}

function openForWriting(options: JournalFileOptions, synced: number): WritableEpoch {
  const { disk, run, folder, epoch, file } = options;
  const nextPath = journalPath(folder, epoch + 1);
  const isFenced = (): Promise<boolean> => isThere(disk.fileSystem, nextPath);
  let isEmpty = true;
  const commit = createGroupCommit({
    synced,
    explain(thrown) {
      owner.stop();
      return storeFailure(thrown, `Writing the journal of run '${run}'`, run);
    },
    async write(bytes) {
      await owned; // A journal with entries and without an owner record would look free.
      const isFirst = isEmpty;
      isEmpty = false;
      await file.append(bytes);
      await Promise.all([file.sync(), options.namesSynced]);
      if (await isFenced()) throw runFenced(run, epoch);
      if (isFirst) options.onChanged("accepted");
    },
  });
  const owner = createOwnerFile(disk, { folder, epoch, synced: () => commit.synced, isLost: isFenced });
  const owned = owner.begin();
  owned.catch(() => undefined); // The first write waits for it and throws its failure.
  return { commit, owner, owned, isEmpty: () => isEmpty };
}

async function giveUp(
  { disk, folder, epoch, file, onChanged }: JournalFileOptions,
  owner: OwnerFile,
  isEmpty: boolean,
): Promise<void> {
  try {
    await file.close();
    // An epoch that nothing was written in leaves no trace.
    if (isEmpty) await removeIfThere(disk.fileSystem, journalPath(folder, epoch));
    await owner.end({ isKept: !isEmpty });
  } finally {
    owner.stop();
    onChanged("released");
  }
}
