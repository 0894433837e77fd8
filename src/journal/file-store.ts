/**
 * The store on disk: one folder per run with append-only journals, blobs and signals; `keys/` for idempotent starts.
 * Owns: putting its parts together, and the runs that this process holds. Must not: keep truth anywhere but in journals.
 */
import { dirname } from "node:path";
import { PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import { once } from "../shared/once.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import { readBlob } from "./blob-store.ts";
import { type ClaimOptions, claimNewRun, syncRun, takeOverRun } from "./claim-epoch.ts";
import { claimKey } from "./idempotency-keys.ts";
import type { JournalFile } from "./journal-file.ts";
import { type JournalLimits, journalLimits } from "./journal-limits.ts";
import { placeRun, takeRunAway } from "./move-runs.ts";
import { checkRunId, checkSignalId, isRunId } from "./names.ts";
import { type ProcessTable, systemProcessTable } from "./process-table.ts";
import { hasEntries, readJournal, readRunState } from "./read-journal.ts";
import { releaseAll } from "./release-all.ts";
import { journalPath, keysFolder, runFolder, runsFolder } from "./run-folder.ts";
import { leaveSignal } from "./signal-files.ts";
import type { IdempotencyClaim, JournalContents, ListedRun, Store, StoreListOptions } from "./store.ts";
import { createStoreDisk, isThere, listIfThere, type StoreDisk } from "./store-disk.ts";
import { asStoreCall, runLocked, runNotFound, runUnfinished, systemCode } from "./store-errors.ts";
import { createWakeList, type WakeList } from "./wake-list.ts";

export interface FileStoreOptions {
  /** Folder of the store; made when the first run is. */
  root: string;
  fileSystem?: FileSystem;
  clock?: Clock;
  random?: Random;
  processes?: ProcessTable;
  limits?: Partial<JournalLimits>;
}

/** How long an idempotent start waits before it looks again at a run that another process is starting. */
const ACCEPTANCE_PAUSE_MS = 250;

/** How many run folders a listing looks into at a time. */
const LISTED_AT_A_TIME = 16;

interface FileStore {
  disk: StoreDisk;
  /** Runs that this handle owns. */
  open: Map<string, JournalFile>;
  changes: WakeList;
  /** Makes the folders of the store, once. */
  prepare: () => Promise<void>;
}

export function createFileStore(options: FileStoreOptions): Store {
  const { root, fileSystem = nodeFileSystem, clock = systemClock, random = systemRandom } = options;
  const { processes = systemProcessTable() } = options;
  const disk = createStoreDisk({ root, fileSystem, clock, random, processes, limits: journalLimits(options.limits) });
  const store: FileStore = {
    disk,
    open: new Map(),
    changes: createWakeList(clock, ACCEPTANCE_PAUSE_MS),
    prepare: once(() => prepareFolders(disk)),
  };
  return {
    description: `file ${root}`,
    async create({ run, claim }) {
      checkRunId(run);
      return asStoreCall(`Starting run '${run}'`, run, async () => {
        await store.prepare();
        if (claim !== undefined) return createClaimed(store, run, claim);
        return { journal: await own(store, run, claimNewRun) };
      });
    },
    async acquire(run) {
      checkRunId(run);
      if (store.open.has(run)) throw runLocked(run, "this process holds it");
      return asStoreCall(`Taking over run '${run}'`, run, () => own(store, run, takeOverRun));
    },
    async read(run, { isDurable = false } = {}) {
      checkRunId(run);
      return asStoreCall(`Reading run '${run}'`, run, () => readContents(store, run, isDurable));
    },
    list: (options = {}) => asStoreCall("Listing the runs", null, () => listRuns(store, options)),
    async signal(run, signal) {
      checkRunId(run);
      checkSignalId(signal.id);
      const folder = runFolder(root, run);
      await asStoreCall(`Leaving a signal for run '${run}'`, run, async () => {
        const { epochs } = await readRunState(disk, folder);
        if (!(await hasEntries(disk, folder, epochs))) throw runNotFound(run);
        await leaveSignal(disk, folder, signal);
      });
      store.open.get(run)?.lookForSignals();
    },
    async place(run, files) {
      checkRunId(run);
      await asStoreCall(`Taking in run '${run}'`, run, async () => {
        await store.prepare();
        await placeRun(disk, run, files);
      });
    },
    async remove(run, { isUnfinishedAllowed = false } = {}) {
      checkRunId(run);
      if (store.open.has(run)) throw runLocked(run, "this process holds it");
      await asStoreCall(`Removing run '${run}'`, run, () => removeRun(store, run, isUnfinishedAllowed));
    },
    close: () => releaseAll(store.open.values()),
  };
}

async function prepareFolders(disk: StoreDisk): Promise<void> {
  const { fileSystem, root } = disk;
  await fileSystem.makeDirectory(runsFolder(root));
  await fileSystem.makeDirectory(keysFolder(root));
  await disk.syncDirectory(root);
  try {
    await disk.syncDirectory(dirname(root));
  } catch (thrown) {
    // A parent that we may pass through but not read is not ours to sync; whoever made the folder there answers for it.
    if (systemCode(thrown) !== "EACCES" && systemCode(thrown) !== "EPERM") throw thrown;
  }
}

async function own(
  store: FileStore,
  run: string,
  claim: (options: ClaimOptions) => Promise<JournalFile>,
): Promise<JournalFile> {
  const { disk, open, changes } = store;
  const journal = await claim({
    disk,
    run,
    folder: runFolder(disk.root, run),
    onChanged(change) {
      if (change === "released") open.delete(run);
      changes.wake();
    },
  });
  open.set(run, journal);
  return journal;
}

/**
 * One run for all starts with the same key, at the same time or after a crash: whoever comes second waits until the run
 * is accepted, and makes it where the first one died before that.
 */
async function createClaimed(store: FileStore, run: string, claim: IdempotencyClaim): ReturnType<Store["create"]> {
  const { disk, open, changes } = store;
  for (;;) {
    const { wakes } = changes;
    const claimed = await claimKey(disk, claim, run);
    const held = open.get(claimed.run);
    if (held !== undefined && held.synced >= 0) return { existing: claimed.run };
    if (held === undefined) {
      const made = await makeClaimed(store, claimed.run);
      if (made !== null) return made;
    }
    await changes.wait(wakes);
  }
}

/** Null where another start is making the run at this moment. */
async function makeClaimed(store: FileStore, run: string): Promise<Awaited<ReturnType<Store["create"]>> | null> {
  const { disk } = store;
  const folder = runFolder(disk.root, run);
  const { epochs, isOwned } = await readRunState(disk, folder);
  const { end } = await readJournal(disk, { run, folder }, epochs);
  if (end !== null) {
    // Seen is not yet durable, and the answer "this run exists" rests on it.
    await syncRun(disk, folder, end.epoch);
    return { existing: run };
  }
  if (isOwned) return null;
  try {
    return { journal: await own(store, run, (options) => takeOverRun(options, { isEmptyAllowed: true })) };
  } catch (thrown) {
    if (isLostRace(thrown)) return null;
    throw thrown;
  }
}

function isLostRace(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && thrown.code === "STORE_LOCKED";
}

async function readContents(store: FileStore, run: string, isDurable: boolean): Promise<JournalContents> {
  const { disk, open } = store;
  const folder = runFolder(disk.root, run);
  const { epochs, isOwned } = await readRunState(disk, folder);
  const { entries, end } = await readJournal(disk, { run, folder }, epochs);
  if (entries.length === 0 || end === null) throw runNotFound(run);
  if (isDurable) {
    await syncRun(disk, folder, end.epoch);
    // Like the owner: what was synced counts where no later owner has begun, who may have read less.
    const isTaken = await isThere(disk.fileSystem, journalPath(folder, (epochs[0] ?? end.epoch) + 1));
    if (isTaken) return readContents(store, run, isDurable);
  }
  return {
    run,
    entries,
    isOwned: isOwned || open.has(run),
    blobs: { get: (blob) => readBlob(disk, run, { folder, blob }) },
  };
}

/** Null where nothing was ever accepted. A run that cannot be looked at is there all the same: reading it tells why. */
async function lookAtRun(disk: StoreDisk, run: string, isOpen: boolean): Promise<ListedRun | null> {
  const folder = runFolder(disk.root, run);
  try {
    const { epochs, isOwned } = await readRunState(disk, folder);
    return (await hasEntries(disk, folder, epochs)) ? { run, isOwned: isOwned || isOpen } : null;
  } catch {
    return { run, isOwned: isOpen };
  }
}

/** Whoever removes a run owns it while it does, so that nobody goes on with it. */
async function removeRun(store: FileStore, run: string, isUnfinishedAllowed: boolean): Promise<void> {
  const { disk } = store;
  const journal = await own(store, run, takeOverRun).catch((thrown: unknown) => {
    const isDamaged = thrown instanceof PlanwrightError && DAMAGED.has(thrown.code);
    if (isUnfinishedAllowed && isDamaged) return null; // Nobody can own what cannot be read.
    throw thrown;
  });
  try {
    const hasEnded = journal?.recovered.at(-1)?.kind === "run.ended";
    if (!hasEnded && !isUnfinishedAllowed) throw runUnfinished(run);
    await takeRunAway(disk, run);
  } finally {
    await journal?.release();
  }
}

const DAMAGED: ReadonlySet<string> = new Set(["JOURNAL_CORRUPT", "JOURNAL_VERSION"]);

async function listRuns({ disk, open }: FileStore, options: StoreListOptions): Promise<ListedRun[]> {
  const { before, atMost = Number.POSITIVE_INFINITY, isKnown = () => false } = options;
  const names = await listIfThere(disk.fileSystem, runsFolder(disk.root));
  const isWanted = (name: string): boolean => isRunId(name) && (before === undefined || name < before);
  const runs = names.filter(isWanted).sort().reverse();
  const found: ListedRun[] = [];
  for (let place = 0; place < runs.length && found.length < atMost; ) {
    const batch = runs.slice(place, place + LISTED_AT_A_TIME);
    place += batch.length;
    const looked = batch.map((run) =>
      isKnown(run) && !open.has(run) ? { run, isOwned: false } : lookAtRun(disk, run, open.has(run)),
    );
    for (const listed of await Promise.all(looked)) if (listed !== null) found.push(listed);
  }
  return found.slice(0, Math.min(atMost, found.length));
}
