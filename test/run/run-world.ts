/** A runtime under a manual clock over a memory store, with tools that record their calls. */
import { createRuntime, type Runtime, type RuntimeOptions } from "../../src/create-runtime.ts";
import { createMemoryStore, createMemoryStoreData, type MemoryProcess } from "../../src/journal/memory-store.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { RunHandle } from "../../src/runtime/run-handle.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { defineTool, type ToolDefinition } from "../../src/tool/define-tool.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";

export interface RecordedCall {
  tool: string;
  input: JsonObject;
  context: ToolContext;
  atMs: number;
}

export type Behaviour = (input: JsonObject, context: ToolContext) => unknown;

export interface World {
  clock: ManualClock;
  /** What the store holds. */
  data: ReturnType<typeof createMemoryStoreData>;
  runtime: Runtime;
  calls: RecordedCall[];
  /** Ends this runtime like a crash and gives another one over the same data. */
  crash(options?: WorldOptions): World;
  /** Another process over the same data, while this one lives. */
  another(options?: WorldOptions): World;
  /** Drives the clock until the promise settles. */
  until<T>(promise: PromiseLike<T>): Promise<T>;
  run(request: Parameters<Runtime["run"]>[0]): Promise<RunResult>;
  /** Runs a plan of the given steps as a fixed plan. */
  apply(steps: object[], rest?: { request?: object; [key: string]: unknown }): Promise<RunResult>;
  result(handle: RunHandle): Promise<RunResult>;
}

export interface WorldOptions extends Omit<Partial<RuntimeOptions>, "clock"> {
  /** A clock of its own by default; give one to share it with a store. */
  clock?: ManualClock;
  behaviours?: Record<string, Behaviour>;
  definitions?: Record<string, Partial<ToolDefinition>>;
}

/** Tools `echo` (returns its input), and one per behaviour; all read and pure unless a definition says otherwise. */
export function createWorld(options: WorldOptions = {}): World {
  return open(options, { clock: options.clock ?? createManualClock(), data: createMemoryStoreData(), calls: [] });
}

interface Shared {
  clock: ManualClock;
  data: ReturnType<typeof createMemoryStoreData>;
  calls: RecordedCall[];
}

function open(options: WorldOptions, shared: Shared): World {
  const { behaviours = {}, definitions = {}, ...runtimeOptions } = options;
  const { clock, data, calls } = shared;
  const process: MemoryProcess = { isAlive: true };
  const all: Record<string, Behaviour> = { echo: (input) => input, ...behaviours };
  const tools: Tool[] = Object.entries(all).map(([name, behave]) =>
    defineTool({
      name,
      description: `Test tool ${name}.`,
      inputSchema: { type: "object" },
      outputSchema: {},
      effect: "read",
      idempotency: "pure",
      ...definitions[name],
      execute(input: unknown, context: ToolContext) {
        calls.push({ tool: name, input: structuredClone(input) as JsonObject, context, atMs: clock.monotonic() });
        return behave(input as JsonObject, context);
      },
    } as ToolDefinition),
  );
  const runtime = createRuntime({
    builtInTools: false,
    clock,
    random: seededRandom(7),
    store: createMemoryStore({ clock, data, process }),
    ...runtimeOptions,
    tools: [...tools, ...(runtimeOptions.tools ?? [])],
  });
  const world: World = {
    clock,
    data,
    runtime,
    calls,
    crash(changed = {}) {
      process.isAlive = false;
      return open({ ...options, ...changed }, shared);
    },
    another: (changed = {}) => open({ ...options, ...changed }, shared),
    until: (promise) => driveUntil(clock, promise),
    run: (request) => driveUntil(clock, runtime.run(request)),
    apply(steps, { request = {}, ...rest } = {}) {
      const plan = { kind: "plan", rationale: "test", steps, ...rest };
      return driveUntil(clock, runtime.run({ goal: "test", plan: plan as unknown as JsonValue, ...request }));
    },
    result: (handle) => driveUntil(clock, handle.result()),
  };
  return world;
}

async function driveUntil<T>(clock: ManualClock, promise: PromiseLike<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  promise.then(done, done);
  for (let turn = 0; turn < 100_000 && !isDone; turn++) {
    await clock.advanceAsync(0);
    if (!isDone) await clock.advanceToNext();
  }
  if (!isDone) throw new Error("the run did not settle");
  return promise;
}

/** Resolves after `ms` of the manual clock; rejects with the signal's reason when aborted. */
export function sleep(clock: ManualClock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(ms, resolve);
    signal?.addEventListener("abort", () => {
      cancel();
      reject(signal.reason);
    });
  });
}

export function statuses(result: RunResult): Record<string, string> {
  return Object.fromEntries(
    result.steps.map((row) => [row.index === null ? row.id : `${row.id}[${row.index}]`, row.status]),
  );
}
