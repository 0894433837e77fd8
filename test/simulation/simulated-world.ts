/** One data folder, processes over it that die, stand still and follow each other, tools and a planner driven by a seed. */
import { createFixedPlanner } from "../../planners/fixed-planner.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { Store } from "../../src/journal/store.ts";
import type { Planner } from "../../src/planner/planner.ts";
import { defaultPolicy } from "../../src/policy/authorize.ts";
import { type ActiveRuns, createActiveRuns } from "../../src/runtime/active-runs.ts";
import { createObservation } from "../../src/runtime/observe-runs.ts";
import { DEFAULT_LIMITS, type RuntimeEnvironment, type RuntimeLimits } from "../../src/runtime/runtime-environment.ts";
import type { Clock } from "../../src/shared/clock.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";
import { createWorkflowLibrary } from "../../src/workflow/workflow-library.ts";
import { seedOf } from "./dice.ts";
import { createMortal, type Mortal, mortalClock, mortalStore } from "./mortal-process.ts";
import type { Referee } from "./referee.ts";
import { type DiskWeather, fileStorage, memoryStorage } from "./simulated-storage.ts";

export interface Process {
  mortal: Mortal;
  environment: RuntimeEnvironment;
  active: ActiveRuns;
}

export interface SimulatedWorld {
  readonly clock: ManualClock;
  start(): Process;
  /** From now on this process counts as dead, though it may only stand still. Owners on disk do so by their silence. */
  forsake(mortal: Mortal): void;
  /** A look at the data by nobody in particular. */
  readonly store: Store;
}

/** What the tools and the planner of one process know of it: once it is dead they do nothing. */
export interface Surroundings {
  mortal: Mortal;
  /** Stands still with the process. */
  clock: Clock;
}

export interface WorldOptions {
  seed: number;
  storage: "memory" | "file";
  referee: Referee;
  /** Milliseconds that the next sync takes. */
  syncMs: () => number;
  /** For `storage: "file"`. */
  weather: DiskWeather;
  onAppended?: (entry: JournalEntry) => void;
  makeTools: (surroundings: Surroundings) => readonly Tool[];
  makePlanner: (surroundings: Surroundings) => Planner;
  limits?: Partial<RuntimeLimits>;
}

export function createSimulatedWorld(options: WorldOptions): SimulatedWorld {
  const clock = createManualClock();
  const storage = options.storage === "memory" ? memoryStorage(clock) : fileStorage(clock, options.weather);
  let count = 0;
  return {
    clock,
    get store() {
      return storage.look();
    },
    forsake: storage.forsake,
    start() {
      count += 1;
      const mortal = createMortal(() => storage.crash(mortal));
      const environment = environmentOf(options, { mortal, clock, store: storage.open(mortal), count });
      return { mortal, environment, active: createActiveRuns(environment) };
    },
  };
}

function environmentOf(
  { seed, referee, syncMs, onAppended = () => {}, makeTools, makePlanner, limits }: WorldOptions,
  { mortal, clock, store, count }: { mortal: Mortal; clock: ManualClock; store: Store; count: number },
): RuntimeEnvironment {
  const { synced: onSynced, kept: onBlob } = referee;
  const own = mortalClock(clock, mortal);
  return {
    store: mortalStore(store, { mortal, onSynced, onBlob, onAppended, pauseMs: syncMs, clock: own }),
    openCache: null,
    observation: createObservation({ openCache: null, listeners: [] }),
    tools: createToolRegistry(makeTools({ mortal, clock: own })),
    planner: makePlanner({ mortal, clock: own }),
    fallback: null,
    judge: null,
    openPlanning: () => Promise.reject(new Error("nobody asks for another planning here")),
    createFixedPlanner,
    openWorkflows: async () => createWorkflowLibrary([]),
    policy: defaultPolicy,
    clock: own,
    random: seededRandom(seedOf(seed, "process", count)),
    limits: { ...DEFAULT_LIMITS, ...limits },
    budget: {},
    version: "0.0.0",
  };
}
