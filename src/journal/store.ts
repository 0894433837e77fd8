/**
 * The store port: where journals, blobs and signals live. Owns: the contract that every store keeps, which
 * `test/conformance/store-suite.ts` checks. Must not: know what entries mean.
 */
import { z } from "zod";
import type { JsonValue } from "../shared/json.ts";
import type { JournalEntry, NewEntry, StoredValue } from "./entries.ts";

/** What a person may tell a run. */
export const SIGNAL_KINDS = ["approve", "reject", "answer", "cancel", "resume"] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** A person's answer to a run, from any process (KERNEL 19). */
export const signalSchema = z.object({
  id: z.string(),
  kind: z.enum(SIGNAL_KINDS),
  data: z.record(z.string(), z.json()),
});
export type Signal = z.infer<typeof signalSchema>;

/** Content-addressed values of one run. */
export interface BlobStore {
  /** Stores canonical JSON text and makes it durable before it resolves; the same text twice is stored once. */
  put(text: string): Promise<{ blob: string; bytes: number }>;
  /** Throws JOURNAL_CORRUPT where the blob is missing or does not match its hash. */
  get(blob: string): Promise<string>;
}

/** A journal that this process owns and may append to. */
export interface OwnedJournal {
  readonly run: string;
  readonly epoch: number;
  readonly blobs: BlobStore;
  /** Takes secrets out of a value; absent where nothing is masked. Entries and signals are masked without it. */
  readonly mask?: (value: JsonValue) => JsonValue;
  /** Entries recovered when the journal was acquired (empty for a new one). */
  readonly recovered: readonly JournalEntry[];
  /** For `run.resumed` of a takeover: length of the file that this epoch follows; null at epoch 0. */
  readonly seal: { epoch: number; bytes: number } | null;
  /** Sequence number of the last durable entry, -1 for none. */
  readonly synced: number;
  /**
   * Numbers, stamps, chains and queues the entry; synchronous. Throws STORE_IO or STORE_FULL once a write has failed
   * (SAFETY R17), STORE_FENCED once another process owns the run, LIMIT_JOURNAL where the journal is full.
   */
  append(entry: NewEntry): JournalEntry;
  /** Resolves when everything appended so far is durable; concurrent calls share one write (group commit). */
  sync(): Promise<void>;
  /** Calls `wake` whenever a signal may have arrived; returns how to stop listening. */
  onSignal(wake: () => void): () => void;
  /** Signals not yet taken, oldest first. */
  pendingSignals(): Promise<Signal[]>;
  /** Called once the signal's effect is durable; the signal is not delivered again. */
  settleSignal(id: string): Promise<void>;
  /** Syncs, then gives the run up so that another owner can take it at once. */
  release(): Promise<void>;
}

/** A run as far as a reader can see it. */
export interface JournalContents {
  run: string;
  entries: JournalEntry[];
  /** Whether a live process owns the run. */
  isOwned: boolean;
  blobs: Pick<BlobStore, "get">;
}

/** Claim of an idempotent start (SAFETY R12). */
export interface IdempotencyClaim {
  key: string;
  /** Hash of the request; another one under the same key is IDEMPOTENCY_CONFLICT. */
  requestHash: string;
  /** The hash that earlier versions kept of the same request, for keys that they claimed; asked for where it matters. */
  formerHash?: () => string;
}

/** Whether a key that was claimed with `known` was claimed for this request. */
export function isSameRequest({ requestHash, formerHash }: IdempotencyClaim, known: string): boolean {
  return known === requestHash || known === formerHash?.();
}

/** A run as a listing finds it. */
export interface ListedRun {
  run: string;
  isOwned: boolean;
}

/** What a run consists of on disk: the text of each epoch's journal, and the blobs by name. */
export interface RunFiles {
  epochs: Map<number, string>;
  blobs: Map<string, string>;
}

export interface StoreListOptions {
  /** Only runs after this one in the order of the list. */
  before?: string;
  /** At most so many. */
  atMost?: number;
  /** Runs that need not be looked at: they are listed as there and not owned. */
  isKnown?: (run: string) => boolean;
}

export interface Store {
  /** Shown by `doctor`: `memory`, or `file` with its folder. */
  readonly description: string;
  /**
   * Makes a new journal, owned by this process. With a claim whose key is known, `existing` names the earlier run.
   * Throws IDEMPOTENCY_CONFLICT.
   */
  create(options: { run: string; claim?: IdempotencyClaim }): Promise<{ journal: OwnedJournal } | { existing: string }>;
  /**
   * Takes over a run: new epoch, recovered entries. Throws NOT_FOUND, STORE_LOCKED (a live process owns it),
   * JOURNAL_CORRUPT, JOURNAL_VERSION. `known`: entries that this store has read before; where the journal still is what
   * it was then, bit for bit, it may save verifying it once more.
   */
  acquire(run: string, options?: { known?: readonly JournalEntry[] | null }): Promise<OwnedJournal>;
  /**
   * Reads without owning; the unsynced tail of a live owner may be missing, or there without being durable. With
   * `isDurable` all that is returned is durable, so that it may be told on (SAFETY R1).
   * Throws NOT_FOUND, JOURNAL_CORRUPT, JOURNAL_VERSION.
   */
  read(run: string, options?: { isDurable?: boolean }): Promise<JournalContents>;
  /** Every run's id, newest first; a part of them with options. */
  list(options?: StoreListOptions): Promise<ListedRun[]>;
  /** Leaves a signal for the run's owner, durable when it resolves. Throws NOT_FOUND. */
  signal(run: string, signal: Signal): Promise<void>;
  /**
   * Takes a whole run in, durable when it resolves; after a crash it is there with everything, or not at all. Its files
   * have been verified. Throws VALIDATION where the run exists.
   */
  place(run: string, files: RunFiles): Promise<void>;
  /**
   * Removes a run with all it has, in one piece. Throws NOT_FOUND, STORE_LOCKED where a live process owns it, and
   * VALIDATION where it has not ended (unless allowed; a damaged one, too, goes only then).
   */
  remove(run: string, options?: { isUnfinishedAllowed?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Small rebuildable facts about runs (listing rows); losing them costs time, never truth (KERNEL 20). */
export interface RunCache {
  /** Every row, by run; read when first asked for. Rows that other processes add later are missed. */
  rows(): Promise<ReadonlyMap<string, JsonValue>>;
  set(run: string, value: JsonValue): void;
  /** Drops the rows of runs that were removed. */
  remove(runs: readonly string[]): Promise<void>;
  flush(): Promise<void>;
}

/** Reads a stored value whose blob, if any, has been loaded. */
export type ReadBlob = (blob: string) => JsonValue;

export function storedValue(stored: StoredValue, readBlob: ReadBlob): JsonValue {
  return "value" in stored ? stored.value : readBlob(stored.blob);
}
