/**
 * Where the processes of a simulation keep their runs: a memory, or a disk that loses what was not synced, on one machine.
 * Owns: what a death leaves behind, for the process itself and for those beside it.
 */
import { createFileStore } from "../../src/journal/file-store.ts";
import { createMemoryStore, createMemoryStoreData } from "../../src/journal/memory-store.ts";
import type { Store } from "../../src/journal/store.ts";
import { seededRandom } from "../../src/shared/random.ts";
import type { FileFault, FileOperation } from "../../src/testing/file-faults.ts";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import type { UnsyncedFate } from "../../src/testing/memory-disk.ts";
import { createMemoryFileSystem, type MemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { createMachine } from "../journal/store-worlds.ts";
import { seedOf } from "./dice.ts";
import { type Mortal, mortalClock } from "./mortal-process.ts";

export interface Storage {
  open(mortal: Mortal): Store;
  /** What else dies with this process. */
  crash(mortal: Mortal): void;
  /** Others may take over what this process owns. */
  forsake(mortal: Mortal): void;
  /** A look at the data by nobody in particular. */
  look(): Store;
}

/** What a disk's processes meet. */
export interface DiskWeather {
  /** Milliseconds that the next call of the file system takes; null for none. */
  callMs: () => number | null;
  /** Of the tears that power cuts make. */
  seed: number;
  /** What the next power cut does to what was not synced. */
  fate: () => UnsyncedFate;
  /** Whether the next death is the machine's, and not that of one process. */
  isPowerCut: () => boolean;
  /** Asked before each call: the process may be killed or made to stand still here, or the call may fail. */
  onFileCall: (mortal: Mortal, operation: FileOperation) => FileFault | null;
}

export function memoryStorage(clock: ManualClock): Storage {
  const data = createMemoryStoreData();
  const owners = new Map<Mortal, { isAlive: boolean }>();
  return {
    open(mortal) {
      const process = { isAlive: true };
      owners.set(mortal, process);
      return createMemoryStore({ clock: mortalClock(clock, mortal), data, process });
    },
    crash() {
      for (const [mortal, process] of owners) process.isAlive &&= mortal.isAlive;
    },
    forsake(mortal) {
      const process = owners.get(mortal);
      if (process !== undefined) process.isAlive = false;
    },
    look: () => createMemoryStore({ clock, data }),
  };
}

const ROOT = "/data";

export function fileStorage(clock: ManualClock, weather: DiskWeather): Storage {
  const machine = createMachine();
  const random = seededRandom(seedOf(weather.seed, "disk"));
  const lives = new Map<Mortal, () => void>();
  let disk = createMemoryFileSystem({ clock });
  const end = (mortal: Mortal): void => {
    mortal.isAlive = false;
    lives.get(mortal)?.();
    lives.delete(mortal);
  };
  return {
    open(mortal) {
      const { processes, kill } = machine.start();
      lives.set(mortal, kill);
      const fileSystem = fileSystemOf(mortal, { disk, clock, weather });
      const own = { fileSystem, clock: mortalClock(clock, mortal), random: seededRandom(processes.id) };
      return createFileStore({ root: ROOT, processes, ...own });
    },
    crash(mortal) {
      end(mortal);
      if (!weather.isPowerCut()) return;
      for (const other of [...lives.keys()]) end(other);
      disk = disk.crashed({ unsynced: weather.fate(), random });
    },
    forsake() {},
    look() {
      const copy = disk.crashed({ unsynced: "kept" });
      return createFileStore({ root: ROOT, fileSystem: copy, clock, processes: machine.start().processes });
    },
  };
}

interface Surroundings {
  disk: MemoryFileSystem;
  clock: ManualClock;
  weather: DiskWeather;
}

function fileSystemOf(mortal: Mortal, { disk, clock, weather }: Surroundings): MemoryFileSystem {
  const own = disk.another();
  own.onCall = async (operation) => {
    const fault = mortal.isAlive ? weather.onFileCall(mortal, operation) : null;
    const ms = weather.callMs();
    if (ms !== null) await new Promise<void>((resolve) => clock.setTimer(ms, resolve));
    while (mortal.stall !== null) await mortal.stall.promise;
    return mortal.isAlive ? fault : new Promise(() => {});
  };
  return own;
}
