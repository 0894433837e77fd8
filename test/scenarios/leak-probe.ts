/**
 * A process of its own that looks for leaks: `node --expose-gc leak-probe.ts PROBE [NUMBER]` prints one JSON document.
 * Must not: exit by itself; that it ends is part of what is tested.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createRuntime, type Runtime, type RuntimeOptions } from "../../src/create-runtime.ts";
import { createFileStore } from "../../src/journal/file-store.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Planner } from "../../src/planner/planner.ts";
import type { RunHandle } from "../../src/runtime/run-handle.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";
import { stepOf } from "../fixtures/plans.ts";
import { type Alive, collectGarbage, heldBytes, readGauges, type Watch, watchStore } from "./leak-world.ts";

/** What tools, planners and callers that never let go hold on to. */
const held: unknown[] = [];
/** Ends of calls that were abandoned; called once all runs are over. */
const late: (() => void)[] = [];

function tool(name: string, execute: (input: JsonObject, context: ToolContext) => unknown, rest: object = {}): Tool {
  return defineTool({
    name,
    description: `Probe tool ${name}.`,
    inputSchema: { type: "object" },
    outputSchema: {},
    effect: "read",
    idempotency: "pure",
    execute: async (input: unknown, context: ToolContext) => execute(input as JsonObject, context),
    ...rest,
  } as Parameters<typeof defineTool>[0]);
}

const TOOLS: readonly Tool[] = [
  tool("echo", (input) => input),
  tool("deaf", (_, context) => {
    return new Promise((resolve) => {
      context.signal.addEventListener("abort", () => held.push(context.signal.reason));
      held.push(context, resolve);
      late.push(() => resolve({ text: "late ".repeat(10_000) }));
    });
  }),
  tool(
    "slow",
    (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ),
  tool("listen", (input, { signal }) => {
    for (let count = 0; count < 1_000; count++) signal.addEventListener("abort", () => held.push(count));
    held.push(signal);
    return input;
  }),
  tool("throw", () => {
    const error = new Error("broken");
    held.push(error);
    throw error;
  }),
  tool("large", (input) => ({ text: String(input["id"]).repeat(2_000_000) })),
  tool("send", () => ({ sent: true }), { effect: "irreversible", idempotency: "none" }),
];

/** A planner that takes a request, and the way to answer it, and never does. */
const DEAF_PLANNER: Planner = {
  name: "deaf",
  plan: (request, { signal }) =>
    new Promise((resolve) => {
      held.push(request, signal, resolve);
    }),
};

const planOf = (...steps: JsonObject[]): JsonValue => ({ kind: "plan", rationale: "probe", steps });
const FIVE_STEPS = planOf(
  stepOf("a"),
  ...["b", "c", "d"].map((id) => ({ id, tool: "echo", input: { from: { ref: "a.id" } } })),
  { id: "e", tool: "echo", input: { all: [{ ref: "b" }, { ref: "c" }, { ref: "d" }] } },
);

type Play = (runtime: Runtime) => Promise<unknown>;
interface Case {
  play: Play;
  options?: Partial<RuntimeOptions>;
}

const start = (runtime: Runtime, ...steps: JsonObject[]): PromiseLike<RunHandle> =>
  runtime.start({ goal: "probe", plan: planOf(...steps) });

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

const CASES: Record<string, Case> = {
  "five plain steps": { play: (runtime) => runtime.run({ goal: "probe", plan: FIVE_STEPS }) },
  "an output with a schema of its own": {
    play: (runtime) =>
      runtime.run({
        goal: "probe",
        plan: FIVE_STEPS,
        output: { type: "object", properties: { e: {} }, required: ["e"] },
      }),
  },
  "a call that never settles, held by its tool": {
    play: (runtime) => runtime.run({ goal: "probe", plan: planOf(stepOf("a"), stepOf("b", "deaf")) }),
    options: { limits: { toolTimeoutMs: 10 } },
  },
  "a call that never settles in a cancelled run": {
    play: async (runtime) => {
      const handle = await start(runtime, stepOf("a"), stepOf("b", "deaf"));
      await turns();
      await handle.cancel();
      return handle.result();
    },
    options: { limits: { graceMs: 10 } },
  },
  "a planner that never answers, timed out": {
    play: (runtime) => runtime.run({ goal: "probe" }),
    options: { planner: DEAF_PLANNER, limits: { plannerTimeoutMs: 10 } },
  },
  "a planner that never answers, cancelled": {
    play: async (runtime) => {
      const handle = await runtime.start({ goal: "probe" });
      await turns();
      await handle.cancel();
      return handle.result();
    },
    options: { planner: DEAF_PLANNER },
  },
  "listeners left on the signal": {
    play: (runtime) => runtime.run({ goal: "probe", plan: planOf(stepOf("a", "listen")) }),
  },
  "an error that the tool keeps": {
    play: (runtime) => runtime.run({ goal: "probe", plan: planOf(stepOf("a", "throw")) }),
  },
  "large values": {
    play: (runtime) => runtime.run({ goal: "probe", plan: planOf(stepOf("a", "large"), stepOf("b", "large")) }),
  },
  "a reader that stops reading": {
    play: async (runtime) => {
      const handle = await start(runtime, stepOf("a"));
      const events = handle.events()[Symbol.asyncIterator]();
      await events.next();
      held.push(handle, events);
      return handle.result();
    },
  },
  "a reader that waits for more": {
    play: async (runtime) => {
      const handle = await start(runtime, stepOf("a", "slow"));
      const events = handle.events()[Symbol.asyncIterator]();
      held.push(events, (await events.next()).value);
      await turns();
      await handle.cancel();
      return handle.result();
    },
  },
  "words that come too late": {
    play: async (runtime) => {
      const handle = await start(runtime, stepOf("a", "send"));
      await handle.result();
      held.push(handle, await handle.approve({ hash: "sha256:other" }).catch((error: unknown) => error));
      await handle.approve();
      await handle.result();
      held.push(await handle.cancel().catch((error: unknown) => error));
    },
  },
  "parked by close": { play: (runtime) => start(runtime, stepOf("a"), stepOf("b", "deaf")) as Promise<unknown> },
};

/** Per case: what is still reachable once its run is over, before and after late results. */
async function probeForgotten(): Promise<unknown> {
  const watches = new Map<string, Watch>();
  const runtimes: Runtime[] = [];
  for (const [name, { play, options }] of Object.entries(CASES)) {
    const watch = watchStore(createMemoryStore());
    const runtime = createRuntime({ store: watch.store, builtInTools: false, tools: TOOLS, ...options });
    watches.set(name, watch);
    await play(runtime).then(() => undefined);
    // A run that ended is forgotten by a runtime that lives on; only a parked one needs the close.
    if (name === "parked by close") await runtime.close();
    else runtimes.push(runtime);
  }
  const look = async (): Promise<Record<string, Alive>> => {
    await collectGarbage();
    return Object.fromEntries([...watches].map(([name, watch]) => [name, watch.alive()]));
  };
  const alive = await look();
  for (const settle of late.splice(0)) settle();
  await turns();
  const afterLateResults = await look();
  const watched = Object.fromEntries([...watches].map(([name, watch]) => [name, watch.watched()]));
  for (const runtime of runtimes) await runtime.close();
  return { watched, alive, afterLateResults };
}

/** Handles and files before, while and after: runs of all kinds on the file store. */
async function probeHandles(): Promise<unknown> {
  const root = await mkdtemp(join(tmpdir(), "planwright-leaks-"));
  await collectGarbage();
  const before = readGauges();
  const runtimes: Runtime[] = [];
  for (const [name, { play, options }] of Object.entries(CASES)) {
    const runtime = createRuntime({
      store: join(root, `${runtimes.length}`),
      builtInTools: false,
      tools: TOOLS,
      ...options,
    });
    runtimes.push(runtime);
    await play(runtime);
    if (name === "five plain steps") await runtime.runs.list();
  }
  const during = readGauges();
  for (const runtime of runtimes) await runtime.close();
  await turns();
  const after = readGauges();
  await rm(root, { recursive: true, force: true });
  return { before, during, after };
}

/** A call and a planner that never settle, in runtimes that nobody closes; whether the process ends is for the caller to see. */
async function probeExit(): Promise<unknown> {
  const options = {
    builtInTools: false,
    tools: TOOLS,
    limits: { toolTimeoutMs: 10, plannerTimeoutMs: 10, graceMs: 10 },
  };
  const root = await mkdtemp(join(tmpdir(), "planwright-leaks-"));
  const runtime = createRuntime({ ...options, store: root });
  const deafPlanner = createRuntime({ ...options, store: createMemoryStore(), planner: DEAF_PLANNER });
  const results = [
    await runtime.run({ goal: "probe", plan: planOf(stepOf("a", "deaf")) }),
    await deafPlanner.run({ goal: "probe" }),
  ];
  await rm(root, { recursive: true, force: true });
  return results.map(({ status, error }) => [status, error?.code]);
}

const BATCH = 64;

/** Many small runs in batches; the heap at a fifth, at half and at the end. */
async function probeMany(runs: number): Promise<unknown> {
  const root = await mkdtemp(join(tmpdir(), "planwright-leaks-"));
  const runtime = createRuntime({ store: createFileStore({ root }), builtInTools: false, tools: TOOLS });
  const samples: { runs: number; bytes: number }[] = [];
  const due = [runs / 5, runs / 2, runs];
  let done = 0;
  const startMs = performance.now();
  while (done < runs) {
    const until = Math.min(done + BATCH, due[samples.length] ?? runs);
    const batch = Array.from({ length: until - done }, () => runtime.run({ goal: "probe", plan: FIVE_STEPS }));
    for (const { status } of await Promise.all(batch)) if (status !== "completed") throw new Error(`a run ${status}`);
    done = until;
    if (done === due[samples.length]) samples.push({ runs: done, bytes: await heldBytes() });
  }
  const seconds = (performance.now() - startMs) / 1_000;
  await runtime.close();
  await rm(root, { recursive: true, force: true });
  return { samples, seconds };
}

/** All runs stand in their third step at once; what each of them holds then, and what is left of each afterwards. */
async function probeConcurrent(runs: number): Promise<unknown> {
  let open = (): void => {};
  let waiting = 0;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gated = tool("gate", async (input) => {
    waiting += 1;
    await gate;
    return input;
  });
  const root = await mkdtemp(join(tmpdir(), "planwright-leaks-"));
  const plan = planOf(
    stepOf("a"),
    { id: "b", tool: "echo", input: { from: { ref: "a.id" } } },
    { id: "c", tool: "gate", input: { from: { ref: "b.from" } } },
    { id: "d", tool: "echo", input: { from: { ref: "c.from" } } },
    { id: "e", tool: "echo", input: { from: { ref: "d.from" } } },
  );
  const runtime = createRuntime({
    store: createFileStore({ root }),
    builtInTools: false,
    tools: [...TOOLS, gated],
    limits: { activeRuns: runs },
  });
  const runOnce = async (): Promise<void> => {
    await runtime.run({ goal: "probe", plan });
  };
  // What the first runs compile and cache is no run's own.
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 30 }, () => runtime.run({ goal: "probe", plan: FIVE_STEPS })));
  }
  const before = await heldBytes();
  const { files } = readGauges();
  const all = Array.from({ length: runs }, runOnce);
  while (waiting < runs) await nextTurn();
  const peak = await heldBytes();
  open();
  await Promise.all(all);
  all.length = 0;
  // Journals are given back after the result: their files say when that is done.
  while ((readGauges().files ?? 0) > (files ?? 0)) await nextTurn();
  const after = await heldBytes();
  await runtime.close();
  await rm(root, { recursive: true, force: true });
  return { kilobytesPerRun: (peak - before) / runs / 1_024, kilobytesKeptPerRun: (after - before) / runs / 1_024 };
}

/** A run that waits for a person is asked and told wrong things again and again: what stays of that. */
async function probePestered(times: number): Promise<unknown> {
  const runtime = createRuntime({ store: createMemoryStore(), builtInTools: false, tools: TOOLS });
  const handle = await start(runtime, stepOf("a", "send"));
  const pester = async (): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await handle.result();
      await handle.approve({ hash: "sha256:other" }).catch(() => undefined);
      const events = handle.events()[Symbol.asyncIterator]();
      await events.next();
      await events.return?.(undefined);
    }
  };
  await pester();
  const before = await heldBytes();
  await pester();
  const after = await heldBytes();
  await handle.cancel();
  await runtime.close();
  return { bytesPerTime: (after - before) / times };
}

/** Requests that each bring an output schema of their own. */
async function probeSchemas(times: number): Promise<unknown> {
  const root = await mkdtemp(join(tmpdir(), "planwright-leaks-"));
  const runtime = createRuntime({ store: createFileStore({ root }), builtInTools: false, tools: TOOLS });
  const ask = async (): Promise<void> => {
    for (let time = 0; time < times; time++) {
      const output = { type: "object", properties: { a: { type: "object" }, [`field${time}`]: {} }, required: ["a"] };
      await runtime.run({ goal: "probe", plan: planOf(stepOf("a")), output });
    }
  };
  await ask();
  const before = await heldBytes();
  await ask();
  const after = await heldBytes();
  await runtime.close();
  await rm(root, { recursive: true, force: true });
  return { bytesPerTime: (after - before) / times };
}

export type LeakProbe = "forgotten" | "handles" | "exit" | "many" | "concurrent" | "pestered" | "schemas";

const [probe = "", argument = ""] = process.argv.slice(2);
const PROBES: Record<LeakProbe, () => Promise<unknown>> = {
  forgotten: probeForgotten,
  handles: probeHandles,
  exit: probeExit,
  many: () => probeMany(Number(argument)),
  concurrent: () => probeConcurrent(Number(argument)),
  pestered: () => probePestered(Number(argument)),
  schemas: () => probeSchemas(Number(argument)),
};
const found = await PROBES[probe as LeakProbe]();
process.stdout.write(`${JSON.stringify(found)}\n`);
