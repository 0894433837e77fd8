/** One data folder, a line of processes over it that die one after another, tools and a planner driven by a seed. */
import { createFixedPlanner } from "../../planners/fixed-planner.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { createFileStore } from "../../src/journal/file-store.ts";
import { createMemoryStore, createMemoryStoreData } from "../../src/journal/memory-store.ts";
import type { Store } from "../../src/journal/store.ts";
import type { Planner } from "../../src/planner/planner.ts";
import { defaultPolicy } from "../../src/policy/authorize.ts";
import { type ActiveRuns, createActiveRuns } from "../../src/runtime/active-runs.ts";
import { DEFAULT_LIMITS, type RuntimeEnvironment, type RuntimeLimits } from "../../src/runtime/runtime-environment.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { UnsyncedFate } from "../../src/testing/memory-disk.ts";
import { createMemoryFileSystem, type MemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";
import { createMachine } from "../journal/store-worlds.ts";
import { seedOf } from "./dice.ts";
import { type Mortal, mortalClock, mortalStore } from "./mortal-process.ts";
import type { Referee } from "./referee.ts";

export interface Process {
  mortal: Mortal;
  environment: RuntimeEnvironment;
  active: ActiveRuns;
}

export interface SimulatedWorld {
  readonly clock: ManualClock;
  start(): Process;
  /** A look at the data by nobody in particular. */
  readonly store: Store;
}

export interface WorldOptions {
  seed: number;
  storage: "memory" | "file";
  referee: Referee;
  /** Milliseconds that the next sync takes. */
  syncMs: () => number;
  /** Milliseconds that the next call of the file system takes; null for none. */
  callMs: () => number | null;
  /** What the next power cut does to what was not synced. */
  fate: () => UnsyncedFate;
  onAppended?: (entry: JournalEntry) => void;
  /** Tools and planner of one process; they do nothing once it is dead. */
  makeTools: (process: { mortal: Mortal; clock: ManualClock }) => readonly Tool[];
  makePlanner: (process: { mortal: Mortal; clock: ManualClock }) => Planner;
  limits?: Partial<RuntimeLimits>;
}

interface Storage {
  open(mortal: Mortal): Store;
  /** What dies with a process. */
  crash(): void;
  look(): Store;
}

export function createSimulatedWorld(options: WorldOptions): SimulatedWorld {
  const clock = createManualClock();
  const storage = options.storage === "memory" ? memoryStorage(clock) : fileStorage(clock, options);
  let count = 0;
  return {
    clock,
    get store() {
      return storage.look();
    },
    start() {
      count += 1;
      const mortal: Mortal = { isAlive: true, diesAt: () => false, onDeath: () => storage.crash() };
      const environment = environmentOf(options, { mortal, clock, store: storage.open(mortal), count });
      return { mortal, environment, active: createActiveRuns(environment) };
    },
  };
}

function environmentOf(
  { seed, referee, syncMs, onAppended = () => {}, makeTools, makePlanner, limits }: WorldOptions,
  { mortal, clock, store, count }: { mortal: Mortal; clock: ManualClock; store: Store; count: number },
): RuntimeEnvironment {
  return {
    store: mortalStore(store, { mortal, onSynced: referee.synced, onAppended, pauseMs: syncMs, clock }),
    openCache: null,
    tools: createToolRegistry(makeTools({ mortal, clock })),
    planner: makePlanner({ mortal, clock }),
    fallback: null,
    createFixedPlanner,
    policy: defaultPolicy,
    clock: mortalClock(clock, mortal),
    random: seededRandom(seedOf(seed, "process", count)),
    limits: { ...DEFAULT_LIMITS, ...limits },
    budget: {},
    version: "0.0.0",
  };
}

function memoryStorage(clock: ManualClock): Storage {
  const data = createMemoryStoreData();
  const owners = new Map<Mortal, { isAlive: boolean }>();
  return {
    open(mortal) {
      const process = { isAlive: true };
      owners.set(mortal, process);
      return createMemoryStore({ clock, data, process });
    },
    crash() {
      for (const [mortal, process] of owners) process.isAlive = mortal.isAlive;
    },
    look: () => createMemoryStore({ clock, data }),
  };
}

/** Power cuts: whatever was not synced may be lost, torn or reordered. */
function fileStorage(clock: ManualClock, { seed, callMs, fate }: WorldOptions): Storage {
  const machine = createMachine();
  const root = "/data";
  const random = seededRandom(seedOf(seed, "disk"));
  let disk: MemoryFileSystem = createMemoryFileSystem({ clock });
  let killProcess = (): void => {};
  const open = (fileSystem: MemoryFileSystem): Store => {
    const { processes, kill: end } = machine.start();
    killProcess = end;
    return createFileStore({ root, fileSystem, clock, processes, random: seededRandom(processes.id) });
  };
  return {
    open(mortal) {
      const own = disk;
      own.onCall = () => {
        if (!mortal.isAlive) return new Promise(() => {});
        const ms = callMs();
        return ms === null ? null : new Promise((resolve) => clock.setTimer(ms, () => resolve(null)));
      };
      return open(own);
    },
    crash() {
      killProcess();
      disk = disk.crashed({ unsynced: fate(), random });
    },
    look() {
      const copy = disk.crashed({ unsynced: "kept" });
      const { processes } = machine.start();
      return createFileStore({ root, fileSystem: copy, clock, processes });
    },
  };
}
