/** Worlds for store tests: several processes over one memory or one disk, under one manual clock. */
import { createFileStore } from "../../src/journal/file-store.ts";
import type { JournalLimits } from "../../src/journal/journal-limits.ts";
import { createMemoryStore, createMemoryStoreData } from "../../src/journal/memory-store.ts";
import type { ProcessTable } from "../../src/journal/process-table.ts";
import type { FileSystem } from "../../src/shared/file-system.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { StoreProcess, StoreWorld } from "../conformance/store-suite.ts";

export function memoryWorld(): StoreWorld {
  const clock = createManualClock();
  const data = createMemoryStoreData();
  return {
    clock,
    open(limits = {}) {
      const process = { isAlive: true };
      const store = createMemoryStore({ clock, data, process, limits });
      const kill = (): void => {
        process.isAlive = false;
      };
      return { store, kill };
    },
  };
}

export interface FileWorldOptions {
  root: string;
  fileSystem: FileSystem;
  clock?: ManualClock;
}

export function fileWorld({ root, fileSystem, clock = createManualClock() }: FileWorldOptions): StoreWorld {
  const machine = createMachine();
  return {
    clock,
    open: (limits) => openFileStore({ root, fileSystem, clock, limits: limits ?? {}, machine }),
  };
}

/** Made-up processes of one machine. */
export interface Machine {
  start(): { processes: ProcessTable; kill: () => void };
}

export function createMachine(bootId = "boot-1"): Machine {
  const alive = new Map<number, string>();
  let started = 0;
  return {
    start() {
      started += 1;
      const id = 100 + started;
      alive.set(id, `started-${started}`);
      return {
        processes: { id, bootId, startToken: (asked) => alive.get(asked) ?? null },
        kill: () => alive.delete(id),
      };
    },
  };
}

export function openFileStore(options: {
  root: string;
  fileSystem: FileSystem;
  clock: ManualClock;
  limits: Partial<JournalLimits>;
  machine: Machine;
}): StoreProcess {
  const { processes, kill } = options.machine.start();
  return { store: createFileStore({ ...options, processes, random: seededRandom(processes.id) }), kill };
}
