/**
 * A store in memory: the twin of the file store, with the same rules and the same lines, but gone with the process.
 * Owns: nothing durable. Handles that share `data` see the same runs, like processes that share a folder.
 */
import type { PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { blobMissing, blobName, checkBlobSize } from "./blob-limit.ts";
import { createJournalHead } from "./journal-head.ts";
import { type JournalLimits, journalLimits } from "./journal-limits.ts";
import { checkRunId, checkSignalId } from "./names.ts";
import { releaseAll } from "./release-all.ts";
import {
  type BlobStore,
  type IdempotencyClaim,
  isSameRequest,
  type OwnedJournal,
  type Signal,
  type Store,
} from "./store.ts";
import {
  keyConflict,
  runExists,
  runFenced,
  runLocked,
  runNotFound,
  runReleased,
  runUnfinished,
} from "./store-errors.ts";
import { type EpochFile, type VerifiedJournal, verifyJournal } from "./verify-journal.ts";
import { createWakeList, type WakeList } from "./wake-list.ts";

/** Who holds a handle. Tests set `isAlive` to false to simulate a crash: the handle's runs become free. */
export interface MemoryProcess {
  isAlive: boolean;
}

/** What one data folder is to the file store. */
export interface MemoryStoreData {
  runs: Map<string, MemoryRun>;
  keys: Map<string, { run: string; requestHash: string }>;
}

interface MemoryRun {
  /** Synced lines of each epoch. */
  files: string[][];
  owner: MemoryProcess | null;
  blobs: Map<string, string>;
  signals: Map<string, Signal>;
  listeners: Set<() => void>;
  /** Woken when the run is accepted or given up. */
  acceptance: WakeList;
}

export interface MemoryStoreOptions {
  clock?: Clock;
  limits?: Partial<JournalLimits>;
  /** Share it between handles to simulate several processes, or a restart. */
  data?: MemoryStoreData;
  process?: MemoryProcess;
}

interface Handle {
  data: MemoryStoreData;
  clock: Clock;
  limits: JournalLimits;
  process: MemoryProcess;
  journals: Set<OwnedJournal>;
}

/** How long an idempotent start waits before it looks whether the first one's process died. */
const ACCEPTANCE_PAUSE_MS = 250;

export function createMemoryStoreData(): MemoryStoreData {
  return { runs: new Map(), keys: new Map() };
}

export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { clock = systemClock, data = createMemoryStoreData(), process = { isAlive: true } } = options;
  const handle: Handle = { data, clock, limits: journalLimits(options.limits), process, journals: new Set() };
  return {
    description: "memory",
    async create({ run, claim }) {
      checkRunId(run);
      if (claim !== undefined) return createClaimed(handle, run, claim);
      if (data.runs.has(run)) throw runExists(run);
      return { journal: takeOver(handle, run, addRun(handle, run)) };
    },
    async acquire(run) {
      const found = acceptedRun(data, run);
      if (isLive(found)) throw runLocked(run, "this or another handle of the store holds it");
      return takeOver(handle, run, found);
    },
    async read(run) {
      const found = acceptedRun(data, run);
      const { entries } = readRun(run, found);
      return { run, entries, isOwned: isLive(found), blobs: { get: memoryBlobs(run, found).get } };
    },
    async list({ before, atMost } = {}) {
      const accepted = [...data.runs].filter(
        ([run, found]) => isAccepted(found) && (before === undefined || run < before),
      );
      const listed = accepted.map(([run, found]) => ({ run, isOwned: isLive(found) }));
      return listed.sort((left, right) => (left.run < right.run ? 1 : -1)).slice(0, atMost);
    },
    async signal(run, signal) {
      const found = acceptedRun(data, run);
      checkSignalId(signal.id);
      found.signals.set(signal.id, structuredClone(signal));
      for (const wake of found.listeners) queueMicrotask(wake);
    },
    async place(run, { epochs, blobs }) {
      checkRunId(run);
      if (data.runs.has(run)) throw runExists(run);
      const placed = addRun(handle, run);
      for (const [name, text] of blobs) placed.blobs.set(name, text);
      for (let epoch = 0; epoch <= Math.max(...epochs.keys()); epoch++) {
        placed.files.push((epochs.get(epoch) ?? "").split(/(?<=\n)/).filter((line) => line !== ""));
      }
    },
    async remove(run, { isUnfinishedAllowed = false } = {}) {
      const found = acceptedRun(data, run);
      if (isLive(found)) throw runLocked(run, "this or another handle of the store holds it");
      if (!isUnfinishedAllowed && readRun(run, found).entries.at(-1)?.kind !== "run.ended") throw runUnfinished(run);
      data.runs.delete(run);
    },
    async close() {
      await releaseAll(handle.journals);
    },
  };
}

function isLive(found: MemoryRun): boolean {
  return found.owner?.isAlive === true;
}

function isAccepted(found: MemoryRun): boolean {
  return found.files.some((lines) => lines.length > 0);
}

function acceptedRun(data: MemoryStoreData, run: string): MemoryRun {
  const found = data.runs.get(run);
  if (found === undefined || !isAccepted(found)) throw runNotFound(run);
  return found;
}

function addRun({ data, clock }: Handle, run: string): MemoryRun {
  const acceptance = createWakeList(clock, ACCEPTANCE_PAUSE_MS);
  const added: MemoryRun = {
    files: [],
    owner: null,
    blobs: new Map(),
    signals: new Map(),
    listeners: new Set(),
    acceptance,
  };
  data.runs.set(run, added);
  return added;
}

async function createClaimed(handle: Handle, run: string, claim: IdempotencyClaim): ReturnType<Store["create"]> {
  const { data } = handle;
  for (;;) {
    const known = data.keys.get(claim.key);
    if (known === undefined) {
      if (data.runs.has(run)) throw runExists(run);
      data.keys.set(claim.key, { run, requestHash: claim.requestHash });
      return { journal: takeOver(handle, run, addRun(handle, run)) };
    }
    if (!isSameRequest(claim, known.requestHash)) throw keyConflict(claim.key, known.run);
    const found = data.runs.get(known.run) ?? addRun(handle, known.run);
    if (isAccepted(found)) return { existing: known.run };
    // Whoever claimed the key died before its run was accepted: the run is still to be made.
    if (!isLive(found)) return { journal: takeOver(handle, known.run, found) };
    await found.acceptance.wait(found.acceptance.wakes);
  }
}

function readRun(run: string, found: MemoryRun): VerifiedJournal {
  const files: EpochFile[] = found.files.map((lines, epoch) => ({ epoch, bytes: Buffer.from(lines.join("")) }));
  return verifyJournal(run, files);
}

function memoryBlobs(run: string, found: MemoryRun): BlobStore {
  return {
    async put(text) {
      const bytes = checkBlobSize(text);
      const blob = blobName(text);
      found.blobs.set(blob, text);
      return { blob, bytes };
    },
    async get(blob) {
      const text = found.blobs.get(blob);
      if (text === undefined) throw blobMissing(run, blob);
      return text;
    },
  };
}

function memorySignals(found: MemoryRun): Pick<OwnedJournal, "onSignal" | "pendingSignals" | "settleSignal"> {
  return {
    onSignal(wake) {
      found.listeners.add(wake);
      return () => found.listeners.delete(wake);
    },
    async pendingSignals() {
      return [...found.signals.values()].map((signal) => structuredClone(signal));
    },
    async settleSignal(id) {
      found.signals.delete(id);
    },
  };
}

function takeOver(handle: Handle, run: string, found: MemoryRun): OwnedJournal {
  const { entries: recovered, end: seal, bytes: recoveredBytes } = readRun(run, found);
  const epoch = found.files.push([]) - 1;
  found.owner = handle.process;
  const { clock, limits } = handle;
  const head = createJournalHead({ run, epoch, clock, limits, recovered, recoveredBytes, seal });
  let pending: string[] = [];
  let synced = head.last;
  let failure: PlanwrightError | null = null;
  let isReleased = false;
  const checkOwner = (): void => {
    // A dead process writes nothing, whatever timers of it a test still fires.
    const isLost = !handle.process.isAlive || found.files.length > epoch + 1;
    if (failure === null && isLost) failure = runFenced(run, epoch);
    if (failure !== null) throw failure;
    if (isReleased) throw runReleased(run);
  };
  const journal: OwnedJournal = {
    run,
    epoch,
    recovered,
    seal,
    blobs: memoryBlobs(run, found),
    get synced() {
      return synced;
    },
    append(entry) {
      checkOwner();
      const sealed = head.add(entry, synced);
      pending.push(sealed.line);
      return sealed.entry;
    },
    async sync() {
      await null; // Like a disk: nobody may rely on the sync having happened within the call.
      checkOwner();
      found.files[epoch]?.push(...pending);
      pending = [];
      synced = head.last;
      found.acceptance.wake();
    },
    ...memorySignals(found),
    async release() {
      if (!handle.journals.delete(journal)) return;
      try {
        if (failure === null) await journal.sync();
      } finally {
        if (found.files.length === epoch + 1) found.owner = null;
        isReleased = true;
        found.acceptance.wake();
      }
    },
  };
  handle.journals.add(journal);
  return journal;
}
