/**
 * What the leak probes share: a store that says whether what a run held can still be reached, and gauges of the process.
 * Owns: weak references only. Must not: hold a journal, an entry or an output itself.
 */
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { OwnedJournal, Store } from "../../src/journal/store.ts";

/** How many of the objects that were watched are still reachable, by what they belong to. */
export interface Alive {
  journals: number;
  /** Data of `run.accepted`, which the ledger holds. */
  ledgers: number;
  outputs: number;
}

export interface Watch {
  store: Store;
  /** Collect garbage first. */
  alive(): Alive;
  watched(): Alive;
}

export function watchStore(store: Store): Watch {
  const journals: WeakRef<object>[] = [];
  const ledgers: WeakRef<object>[] = [];
  const outputs: WeakRef<object>[] = [];
  const note = (entry: JournalEntry): void => {
    if (entry.kind === "run.accepted") ledgers.push(new WeakRef(entry.data));
    if (entry.kind === "step.completed" && entry.data.output !== undefined)
      outputs.push(new WeakRef(entry.data.output));
  };
  const watchJournal = (journal: OwnedJournal): OwnedJournal => {
    const append = journal.append.bind(journal);
    journal.append = (entry) => {
      const appended = append(entry);
      note(appended);
      return appended;
    };
    journals.push(new WeakRef(journal));
    return journal;
  };
  const count = (refs: readonly WeakRef<object>[]): number => refs.filter((ref) => ref.deref() !== undefined).length;
  return {
    store: {
      ...store,
      async create(options) {
        const made = await store.create(options);
        return "existing" in made ? made : { journal: watchJournal(made.journal) };
      },
      acquire: async (run) => watchJournal(await store.acquire(run)),
    },
    alive: () => ({ journals: count(journals), ledgers: count(ledgers), outputs: count(outputs) }),
    watched: () => ({ journals: journals.length, ledgers: ledgers.length, outputs: outputs.length }),
  };
}

/** Needs --expose-gc. Several rounds: files that are being closed, and what finished promises held, take a moment. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error("start this with --expose-gc");
  for (let round = 0; round < 5; round++) {
    await pause(10);
    globalThis.gc();
  }
}

/** Bytes that JavaScript holds after a collection, buffers included. */
export async function heldBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export interface Gauges {
  /** Open files, sockets and pipes of the process; null where the system does not tell. */
  files: number | null;
  /** What keeps the process alive, by kind. */
  resources: Record<string, number>;
  processListeners: number;
}

export function readGauges(): Gauges {
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const names = process.eventNames();
  const processListeners = names.reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { files: openFiles(), resources, processListeners };
}

function openFiles(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}
