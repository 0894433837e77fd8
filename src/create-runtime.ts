/**
 * Puts the parts together: the only file, besides the surfaces, that knows planners and tools.
 * Owns: composition and defaults. Must not: hold logic of its own.
 */
import type { Tracer } from "@opentelemetry/api";
import { createFixedPlanner } from "../planners/fixed-planner.ts";
import { builtInTools } from "../tools/built-in-tools.ts";
import type { Budget } from "./goal/run-request.ts";
import type { AskedPlanning } from "./journal/entries.ts";
import { createFileStore } from "./journal/file-store.ts";
import { maskStore } from "./journal/mask-store.ts";
import { createFileRunCache } from "./journal/run-cache.ts";
import type { RunCache, Store } from "./journal/store.ts";
import type { Model } from "./model/model.ts";
import { openProviderModel } from "./model/open-model.ts";
import { defaultPolicy, type Policy } from "./policy/authorize.ts";
import type { DryRun } from "./run/dry-run.ts";
import type { RunReplay } from "./run/replay-report.ts";
import type { RunResult } from "./run/run-result.ts";
import { type AcceptedRun, acceptRun } from "./runtime/accept-run.ts";
import { type ActiveRuns, createActiveRuns } from "./runtime/active-runs.ts";
import { commandRun } from "./runtime/command-run.ts";
import { createPlanning, type PlanningOptions } from "./runtime/create-planning.ts";
import { checkForkOptions, type ForkedRun, type ForkOptions } from "./runtime/fork-options.ts";
import { forkRun } from "./runtime/fork-run.ts";
import { createObservation, type RunListener } from "./runtime/observe-runs.ts";
import { planRun } from "./runtime/plan-run.ts";
import { type PromoteOptions, promoteRun } from "./runtime/promote-run.ts";
import { readStats, type StatsOptions } from "./runtime/read-stats.ts";
import { type ReplayOptions, replayRun } from "./runtime/replay-run.ts";
import { resumeUnfinished } from "./runtime/resume-unfinished.ts";
import { createRunHandle, type RunHandle } from "./runtime/run-handle.ts";
import { environmentOf, keepPlannings, overridePrompts } from "./runtime/run-planning.ts";
import { checkRequest, type RunRequest } from "./runtime/run-request.ts";
import { createRuns, type Runs } from "./runtime/runs.ts";
import { DEFAULT_LIMITS, type RuntimeEnvironment, type RuntimeLimits } from "./runtime/runtime-environment.ts";
import { type StartedRun, startedRun } from "./runtime/started-run.ts";
import { type Hooks, tellHooks } from "./runtime/tell-hooks.ts";
import { traceRuns } from "./runtime/trace-runs.ts";
import { useWorkflow } from "./runtime/use-workflow.ts";
import { type Clock, systemClock } from "./shared/clock.ts";
import type { JsonValue } from "./shared/json.ts";
import { createMasker, type Masker, secretsIn } from "./shared/mask-secrets.ts";
import { once } from "./shared/once.ts";
import { newId, type Random, systemRandom } from "./shared/random.ts";
import { VERSION } from "./shared/version.ts";
import type { Tool } from "./tool/tool.ts";
import { createToolRegistry } from "./tool/tool-registry.ts";
import type { Stats } from "./trace/metric.ts";
import { metricsText } from "./trace/metrics-text.ts";
import type { SpanIds } from "./trace/span-ids.ts";
import type { Workflow } from "./workflow/workflow.ts";
import type { WorkflowLibrary } from "./workflow/workflow-library.ts";

export interface RuntimeOptions extends PlanningOptions, Hooks {
  /** The application's own tools, beside the built-in ones; one of the same name replaces it. */
  tools?: readonly Tool[];
  /** False: only the application's own tools. True by default. */
  builtInTools?: boolean;
  /** Where runs are kept: a store, or a folder for the file store; `.planwright` by default. */
  store?: Store | string;
  /** Opens what remembers rows of ended runs for listings and statistics; asked for once. A folder has its own. */
  cache?: () => Promise<RunCache>;
  /** Who may call what; SAFETY.md's default policy by default. */
  policy?: Policy;
  /** Workflows that runs may name; the shipped ones by default. `loadWorkflows` overlays folders. */
  workflows?: WorkflowLibrary | (() => Promise<WorkflowLibrary>);
  /** Limits of the runtime and, under `budget`, of each run that does not set its own. */
  limits?: Partial<RuntimeLimits> & { budget?: Partial<Budget> };
  /** Opens the model that a request asks for by a word; with keys from the environment by default. */
  openModel?: (word: string) => Promise<Model>;
  clock?: Clock;
  random?: Random;
  /**
   * Values that must be kept nowhere, at least eight characters each: they are masked in goals, documents, plans,
   * outputs and errors before anything is written. Keys of providers in the environment, and what looks like a token
   * or a private key, are masked without it.
   */
  secrets?: readonly string[];
  /** OpenTelemetry's tracer: it gets a span for each run, decision, answer of a model and attempt of a tool. */
  tracer?: Tracer;
  /** What the tracer's provider was given as `idGenerator` (`createSpanIds`): spans then have the ids of the journal. */
  spanIds?: SpanIds;
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
   * Lets runs go on that an earlier process left unfinished, oldest first, as places become free; resolves with their
   * number. Runs that wait for a person stay as they are.
   */
  resumeUnfinished(): Promise<number>;
  /**
   * Starts a new run from what was settled in another one before it asked for decision `atDecision`: that is kept, and
   * never done again. Resolves once the fork is durable. Rejects with NOT_FOUND, VALIDATION (no such decision), PLAN_
   * codes (a given plan that the checker refuses), CONFIG_INVALID and PROMPT_NOT_FOUND (the model or prompts that the
   * source asked for can't be had here), QUEUE_FULL, SHUTTING_DOWN, JOURNAL_CORRUPT, STORE_ codes.
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
  /**
   * The plan of a run that has ended as a workflow, whose params are what the goal and the run's own params named. Rejects
   * with NOT_FOUND, VALIDATION.
   */
  promote(id: string, options?: PromoteOptions): Promise<Workflow>;
  /** The workflows that runs may name. */
  workflows(): Promise<WorkflowLibrary>;
  /** What all runs of the store came to: the numbers of the metrics, and by step, tool, workflow, prompt and model. */
  stats(filter?: StatsOptions): Promise<Stats>;
  /** The metrics of all runs of the store, in the text format of Prometheus. */
  metrics(): Promise<string>;
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
  const masker = createMasker({ secrets: [...secretsIn(process.env), ...(options.secrets ?? [])] });
  const observation = createObservation({ openCache, listeners: listenersOf(options) });
  const environment = createEnvironment(options, { openCache, observation }, masker);
  const active = createActiveRuns(environment);
  const accept = async (request: RunRequest, id: string): Promise<RunHandle> => {
    const { its, checked } = await prepare(environment, request);
    const accepted = await admitted(active, () => acceptRun(its, id, checked));
    // Where an earlier start with the same key died, its run is made: under its id.
    return createRunHandle(environment, active, "existing" in accepted ? accepted.existing : accepted.journal.run);
  };
  const start = (request: RunRequest): StartedRun => {
    const id = newId("run", { nowMs: environment.clock.now(), random: environment.random });
    return startedRun(id, accept(request, id));
  };
  return {
    start,
    run: async (request) => (await start(request)).result(),
    async plan(request) {
      const { its, checked } = await prepare(environment, request);
      return masker.json((await planRun(its, checked)) as unknown as JsonValue) as unknown as DryRun;
    },
    async resume(id) {
      await commandRun(environment, active, { run: id, kind: "resume", data: {} });
      return createRunHandle(environment, active, id);
    },
    resumeUnfinished: () => resumeUnfinished(environment, active),
    async fork(id, options) {
      const asked = checkForkOptions(options);
      const run = newId("run", { nowMs: environment.clock.now(), random: environment.random });
      const accepted = await admitted(active, () => forkRun(environment, run, { source: id, ...asked }));
      const handle = createRunHandle(environment, active, run);
      return { ...handle, forkedFrom: accepted.forkedFrom, mayRepeat: accepted.mayRepeat };
    },
    replay: (id, asked = {}) => replayRun(environment, id, { asked, planning: options, env: process.env }),
    runs: createRuns(environment, active),
    promote: (id, options = {}) => promoteRun(environment, id, options),
    workflows: environment.openWorkflows,
    stats: (filter = {}) => readStats(environment, active, filter),
    metrics: async () => metricsText((await readStats(environment, active, {})).metrics),
    tools: environment.tools.all(),
    plannerName: environment.planner.name,
    async close() {
      await active.close();
      await observation.settle();
      await flushCache();
      await environment.store.close();
    },
  };
}

/** A run gets its place before it is accepted; where nothing new came of it, the place is free again. */
async function admitted<T extends AcceptedRun | { existing: string }>(
  active: ActiveRuns,
  accept: () => Promise<T>,
): Promise<T> {
  const admission = active.admit();
  try {
    const accepted = await accept();
    if ("existing" in accepted) admission.cancel();
    else await admission.enter(accepted);
    return accepted;
  } catch (thrown) {
    admission.cancel();
    throw thrown;
  }
}

function listenersOf({ tracer, spanIds, ...hooks }: RuntimeOptions): RunListener[] {
  const hasHooks = hooks.onEvent !== undefined || hooks.onObservation !== undefined;
  return [
    ...(tracer === undefined ? [] : [traceRuns({ tracer, ids: spanIds ?? null })]),
    ...(hasHooks ? [tellHooks(hooks)] : []),
  ];
}

/** The request as it will be carried out, and what carries it out. */
async function prepare(environment: RuntimeEnvironment, request: RunRequest) {
  const checked = checkRequest(request, environment.budget);
  const its = await environmentOf(environment, checked.asked);
  return { its, checked: await useWorkflow(its, checked) };
}

/** Listings and statistics read journals; the index saves most of that, and is opened when it is first needed. */
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

function createEnvironment(
  options: RuntimeOptions,
  observing: Pick<RuntimeEnvironment, "openCache" | "observation">,
  masker: Masker,
): RuntimeEnvironment {
  const { clock = systemClock, random = systemRandom, limits = {} } = options;
  const { budget = {}, ...others } = limits;
  const parts = { clock, random, env: process.env };
  const planning = createPlanning(options, parts);
  const store = options.store ?? ".planwright";
  return {
    store: maskStore(typeof store === "string" ? createFileStore({ root: store, clock, random }) : store, masker),
    ...observing,
    tools: createToolRegistry(toolsOf(options, planning.tools)),
    planner: planning.planner,
    fallback: planning.fallback,
    judge: planning.judge,
    openPlanning: keepPlannings(async (asked) => {
      const its = createPlanning(await planningFor(options, asked), parts);
      return { ...its, tools: createToolRegistry(toolsOf(options, its.tools)) };
    }),
    createFixedPlanner,
    openWorkflows: openerOf(options.workflows),
    policy: options.policy ?? defaultPolicy,
    clock,
    random,
    limits: { ...DEFAULT_LIMITS, ...others },
    budget,
    version: VERSION,
  };
}

/** Reading files of workflows takes time, and most runs need none. */
function openerOf(workflows: RuntimeOptions["workflows"]): () => Promise<WorkflowLibrary> {
  if (typeof workflows === "function") return once(workflows);
  if (workflows !== undefined) return async () => workflows;
  return once(async () => (await import("./workflow/load-workflows.ts")).loadWorkflows());
}

/** The runtime's options about planning, with what a run asks for in their place. */
async function planningFor(
  { planner, openModel = openWord, ...options }: RuntimeOptions,
  { model, prompt }: AskedPlanning,
): Promise<PlanningOptions> {
  const prompts = prompt.length === 0 ? {} : { prompt: overridePrompts(options.prompt ?? [], prompt) };
  if (model === null) return { ...options, ...prompts, ...(planner === undefined ? {} : { planner }) };
  return { ...options, ...prompts, model: model === "offline" ? model : await openModel(model) };
}

/** Keys come from the environment. */
async function openWord(word: string): Promise<Model> {
  return openProviderModel(word, { env: process.env });
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
