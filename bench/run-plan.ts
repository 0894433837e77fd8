/** Runs one plan through the whole runtime and takes the time. Owns: stores for measuring, and clearing them up. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "../src/create-runtime.ts";
import { createFileStore } from "../src/journal/file-store.ts";
import { createMemoryStore, createMemoryStoreData } from "../src/journal/memory-store.ts";
import type { Store } from "../src/journal/store.ts";
import type { PlanDecision } from "../src/plan/decision.ts";
import type { JsonValue } from "../src/shared/json.ts";
import { createBenchTools } from "./plans.ts";

export type StoreKind = "memory" | "file";

export interface PlanRun {
  store: StoreKind;
  plan: PlanDecision;
  /** Calls at the same time. */
  parallel: number;
}

export interface Measured {
  /** From the request to the result, with planning, checking and everything durable. */
  totalMs: number;
  /** From the first call of a tool to the last. */
  callingMs: number;
  /** Bytes of the journal's step entries, and of all of it. */
  stepBytes: number;
  journalBytes: number;
}

/** SAFETY.md's caps: ten thousand steps do not fit the defaults. */
const LIMITS = { maxEntries: 200_000, maxBytes: 512 * 2 ** 20 };
const BUDGET = { maxSteps: 20_000, maxSeconds: 3_600 };

/** Made once, as in an application: the first use of a tool compiles its schemas. */
const TOOLS = createBenchTools();

export async function runPlan(options: PlanRun): Promise<Measured> {
  const { store, lines, remove } = await openStore(options.store);
  let first = 0;
  let last = 0;
  const onCall = (): void => {
    last = performance.now();
    if (first === 0) first = last;
  };
  const runtime = createRuntime({
    tools: TOOLS.withOnCall(onCall),
    builtInTools: false,
    store,
    limits: { parallelSteps: options.parallel },
  });
  try {
    const plan = options.plan as unknown as JsonValue;
    const start = performance.now();
    const result = await runtime.run({ goal: "Measure.", plan, budget: BUDGET });
    const totalMs = performance.now() - start;
    if (result.status !== "completed") throw new Error(`the measured run ${result.status}: ${result.error?.message}`);
    const written = await lines();
    const steps = written.filter((line) => line.includes('"kind":"step.'));
    return { totalMs, callingMs: last - first, stepBytes: bytesOf(steps), journalBytes: bytesOf(written) };
  } finally {
    await runtime.close();
    await remove();
  }
}

interface OpenStore {
  store: Store;
  /** The journal's lines. */
  lines: () => Promise<string[]>;
  remove: () => Promise<void>;
}

async function openStore(kind: StoreKind): Promise<OpenStore> {
  if (kind === "memory") {
    const data = createMemoryStoreData();
    const lines = async (): Promise<string[]> => [...data.runs.values()].flatMap((run) => run.files.flat());
    return { store: createMemoryStore({ data, limits: LIMITS }), lines, remove: async () => {} };
  }
  const root = await mkdtemp(join(tmpdir(), "planwright-bench-"));
  return {
    store: createFileStore({ root, limits: LIMITS }),
    lines: () => journalLines(root),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function journalLines(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const journals = names.filter((name) => /journal\.\d+\.jsonl$/.test(name));
  const texts = await Promise.all(journals.map((name) => readFile(join(root, name), "utf8")));
  return texts.flatMap((text) => text.split(/(?<=\n)/));
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
}
