/**
 * Puts the parts together: the only file, besides the surfaces, that knows planners and tools.
 * Owns: composition and defaults. Must not: hold logic of its own.
 */
import { createFixedPlanner } from "../planners/fixed-planner.ts";
import { builtInTools } from "../tools/built-in-tools.ts";
import type { Budget } from "./goal/run-request.ts";
import { createFileStore } from "./journal/file-store.ts";
import { createFileRunCache } from "./journal/run-cache.ts";
import type { RunCache, Store } from "./journal/store.ts";
import { defaultPolicy, type Policy } from "./policy/authorize.ts";
import type { DryRun } from "./run/dry-run.ts";
import type { RunReplay } from "./run/replay-report.ts";
import type { RunResult } from "./run/run-result.ts";
import { acceptRun } from "./runtime/accept-run.ts";
import { createActiveRuns } from "./runtime/active-runs.ts";
import { commandRun } from "./runtime/command-run.ts";
import { createPlanning, type PlanningOptions } from "./runtime/create-planning.ts";
import { checkForkOptions, type ForkedRun, type ForkOptions } from "./runtime/fork-options.ts";
import { forkRun } from "./runtime/fork-run.ts";
import { planRun } from "./runtime/plan-run.ts";
import { type ReplayOptions, replayRun } from "./runtime/replay-run.ts";
import { createRunHandle, type RunHandle } from "./runtime/run-handle.ts";
import { checkRequest, type RunRequest } from "./runtime/run-request.ts";
import { createRuns, type Runs } from "./runtime/runs.ts";
import { DEFAULT_LIMITS, type RuntimeEnvironment, type RuntimeLimits } from "./runtime/runtime-environment.ts";
import { type StartedRun, startedRun } from "./runtime/started-run.ts";
import { type Clock, systemClock } from "./shared/clock.ts";
import { once } from "./shared/once.ts";
import { newId, type Random, systemRandom } from "./shared/random.ts";
import { VERSION } from "./shared/version.ts";
import type { Tool } from "./tool/tool.ts";
import { createToolRegistry } from "./tool/tool-registry.ts";

export interface RuntimeOptions extends PlanningOptions {
  /** The application's own tools, beside the built-in ones; one of the same name replaces it. */
  tools?: readonly Tool[];
  /** False: only the application's own tools. True by default. */
  builtInTools?: boolean;
  /** Where runs are kept: a store, or a folder for the file store; `.planwright` by default. */
  store?: Store | string;
  /** Opens what remembers rows of ended runs for listings; asked for once, by the first listing. A folder has its own. */
  cache?: () => Promise<RunCache>;
  /** Who may call what; SAFETY.md's default policy by default. */
  policy?: Policy;
  /** Limits of the runtime and, under `budget`, of each run that does not set its own. */
  limits?: Partial<RuntimeLimits> & { budget?: Partial<Budget> };
  clock?: Clock;
  random?: Random;
}

export interface Runtime {
  /**
   * Starts a run. Usable at once; `await` it to know that the run is accepted and durable. Rejects with VALIDATION,
   * DOCUMENT_ codes, IDEMPOTENCY_CONFLICT, QUEUE_FULL, SHUTTING_DOWN, STORE_ codes.
   */
  start(request: RunRequest): StartedRun;
  /** Starts a run and resolves with its result: ended, or waiting for a person. Rejects like `start`. */
  run(request: RunRequest): Promise<RunResult>;
  /** Plans and checks without running anything. */
  plan(request: RunRequest): Promise<DryRun>;
  /** Goes on with an interrupted or held run. Rejects with NOT_FOUND, RUN_ENDED, RUN_NOT_WAITING, STORE_LOCKED, JOURNAL_CORRUPT. */
  resume(id: string): Promise<RunHandle>;
  /**
   * Starts a new run from what was settled in another one before it asked for decision `atDecision`: that is kept, and
   * never done again. Resolves once the fork is durable. Rejects with NOT_FOUND, VALIDATION (no such decision), PLAN_
   * codes (a given plan that the checker refuses), QUEUE_FULL, SHUTTING_DOWN, JOURNAL_CORRUPT, STORE_ codes.
   */
  fork(id: string, options: ForkOptions): Promise<ForkedRun>;
  /**
   * Folds a run's journal and checks it: hash chain, numbers, recorded requests. With `ask`, asks its decisions again of
   * another planner, without running a tool, and says what would have changed. Rejects with NOT_FOUND, VALIDATION,
   * JOURNAL_CORRUPT, CONFIG_INVALID, PROMPT_NOT_FOUND; what a planner fails with is in the report.
   */
  replay(id: string, options?: ReplayOptions): Promise<RunReplay>;
  /** Everything that is known of runs, whoever drives them. */
  readonly runs: Runs;
  /** The registered tools, by name. */
  readonly tools: readonly Tool[];
  /** What plans: `rule`, `fixed`, or a planner's own name. */
  readonly plannerName: string;
  /** Parks running runs (another process, or a later one, can resume them) and gives everything back. */
  close(): Promise<void>;
}

/**
 * Creates a runtime.
 *
 * ```ts
 * const runtime = createRuntime();
 * const result = await runtime.run({ goal: "Summarise this.", documents: [{ name: "note.md", text }] });
 * ```
 *
 * Throws CONFIG_INVALID where two tools share a name.
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const { openCache, flushCache } = lazyCache(options);
  const environment = createEnvironment(options, openCache);
  const active = createActiveRuns(environment);
  const accept = async (request: RunRequest, id: string): Promise<RunHandle> => {
    const checked = checkRequest(request, environment.budget);
    active.checkRoom();
    const accepted = await acceptRun(environment, id, checked);
    if ("existing" in accepted) return createRunHandle(environment, active, accepted.existing);
    return createRunHandle(environment, active, active.drive(accepted).run);
  };
  const start = (request: RunRequest): StartedRun => {
    const id = newId("run", { nowMs: environment.clock.now(), random: environment.random });
    return startedRun(id, accept(request, id));
  };
  return {
    start,
    run: async (request) => (await start(request)).result(),
    plan: async (request) => planRun(environment, checkRequest(request, environment.budget)),
    async resume(id) {
      await commandRun(environment, active, { run: id, kind: "resume", data: {} });
      return createRunHandle(environment, active, id);
    },
    async fork(id, options) {
      const asked = checkForkOptions(options);
      active.checkRoom();
      const run = newId("run", { nowMs: environment.clock.now(), random: environment.random });
      const accepted = await forkRun(environment, run, { source: id, ...asked });
      const handle = createRunHandle(environment, active, active.drive(accepted).run);
      return { ...handle, forkedFrom: accepted.forkedFrom, mayRepeat: accepted.mayRepeat };
    },
    replay: (id, asked = {}) => replayRun(environment, id, { asked, planning: options, env: process.env }),
    runs: createRuns(environment, active),
    tools: environment.tools.all(),
    plannerName: environment.planner.name,
    async close() {
      await active.close();
      await flushCache();
      await environment.store.close();
    },
  };
}

/** A listing reads journals; the cache saves most of that, and is opened only where there is a listing. */
function lazyCache({ store = ".planwright", cache }: RuntimeOptions) {
  const make = cache ?? (typeof store === "string" ? () => createFileRunCache({ root: store }) : null);
  let opened: RunCache | null = null;
  const openCache =
    make === null
      ? null
      : once(async () => {
          opened = await make();
          return opened;
        });
  return { openCache, flushCache: async () => opened?.flush() };
}

function createEnvironment(options: RuntimeOptions, openCache: RuntimeEnvironment["openCache"]): RuntimeEnvironment {
  const { clock = systemClock, random = systemRandom, limits = {} } = options;
  const { budget = {}, ...others } = limits;
  const planning = createPlanning(options, { clock, random, env: process.env });
  const store = options.store ?? ".planwright";
  return {
    store: typeof store === "string" ? createFileStore({ root: store, clock, random }) : store,
    openCache,
    tools: createToolRegistry(toolsOf(options, planning.tools)),
    planner: planning.planner,
    fallback: planning.fallback,
    createFixedPlanner,
    policy: options.policy ?? defaultPolicy,
    clock,
    random,
    limits: { ...DEFAULT_LIMITS, ...others },
    budget,
    version: VERSION,
  };
}

/** Of one name the application's own comes first, then the one that asks the model, then the built-in one. */
function toolsOf(
  { tools: own = [], builtInTools: hasBuiltIn = true }: RuntimeOptions,
  ofModel: readonly Tool[],
): Tool[] {
  const others = hasBuiltIn ? [...ofModel, ...builtInTools] : [];
  const names = new Set(own.map(({ name }) => name));
  const added: Tool[] = [];
  for (const tool of others) {
    if (names.has(tool.name)) continue;
    names.add(tool.name);
    added.push(tool);
  }
  return [...added, ...own];
}
