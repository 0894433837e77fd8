/** The process that `many-runs.ts` measures: warms up, then starts all runs at once. Reports to its parent. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "../src/create-runtime.ts";
import { createFileStore } from "../src/journal/file-store.ts";
import { createMemoryStore } from "../src/journal/memory-store.ts";
import type { Store } from "../src/journal/store.ts";
import type { JsonValue } from "../src/shared/json.ts";
import { runFloor } from "./floor.ts";
import { floorJobs } from "./floor-jobs.ts";
import { type ManyRunsReport, RUNS, STEPS_PER_RUN } from "./many-runs.ts";
import { countingPlan, createBenchTools } from "./plans.ts";

const WARM_UP_ROUNDS = 3;
/** Small enough not to raise the peak. */
const WARM_UP_RUNS = 100;

const kind = process.argv[2] === "file" ? "file" : "memory";
const tools = createBenchTools().withOnCall(() => {});
const plan = countingPlan("chain", STEPS_PER_RUN) as unknown as JsonValue;

for (let round = 0; round < WARM_UP_ROUNDS; round++) await measure(WARM_UP_RUNS);
const { seconds, keptBytes, peakBytes } = await measure(RUNS);
const jobs = floorJobs("chain", STEPS_PER_RUN);
const start = performance.now();
await Promise.all(Array.from({ length: RUNS }, () => runFloor({ store: kind, jobs, parallel: 8 })));
const floorSeconds = (performance.now() - start) / 1_000;
const report: ManyRunsReport = {
  stepsPerSecond: (RUNS * STEPS_PER_RUN) / seconds,
  floorStepsPerSecond: (RUNS * STEPS_PER_RUN) / floorSeconds,
  peakKbPerRun: peakBytes / 1_024 / RUNS,
  keptKbPerRun: keptBytes / 1_024 / RUNS,
};
process.send?.(report);
process.disconnect?.();

/**
 * The heap is what is still held after the collector ran, without the store: one in memory keeps its journals, which is
 * its purpose. The peak is the process's.
 */
async function measure(count: number): Promise<{ seconds: number; keptBytes: number; peakBytes: number }> {
  await settleHeap();
  const heapBefore = process.memoryUsage().heapUsed;
  const peakBefore = process.resourceUsage().maxRSS;
  const seconds = await runAll(count);
  const peakBytes = (process.resourceUsage().maxRSS - peakBefore) * 1_024;
  await settleHeap();
  return { seconds, peakBytes, keptBytes: process.memoryUsage().heapUsed - heapBefore };
}

async function runAll(count: number): Promise<number> {
  const { store, remove } = await openStore();
  const limits = { parallelSteps: 8, activeRuns: RUNS };
  const runtime = createRuntime({ tools, builtInTools: false, store, limits });
  const start = performance.now();
  const results = Array.from({ length: count }, async () => (await runtime.run({ goal: "Measure.", plan })).status);
  const statuses = new Set(await Promise.all(results));
  const seconds = (performance.now() - start) / 1_000;
  if (statuses.size !== 1 || !statuses.has("completed")) throw new Error(`runs ended ${[...statuses].join(", ")}`);
  await runtime.close();
  await remove();
  return seconds;
}

async function openStore(): Promise<{ store: Store; remove: () => Promise<void> }> {
  if (kind === "memory") return { store: createMemoryStore(), remove: async () => {} };
  const root = await mkdtemp(join(tmpdir(), "planwright-bench-"));
  return { store: createFileStore({ root }), remove: () => rm(root, { recursive: true, force: true }) };
}

async function settleHeap(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
}
