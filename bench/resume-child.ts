/** A process of `resume-time.ts`: without a run's id it starts one and is killed in the middle; with one it goes on. */
import { createRuntime } from "../src/create-runtime.ts";
import { createFileStore } from "../src/journal/file-store.ts";
import type { JsonValue } from "../src/shared/json.ts";
import { countingPlan, createBenchTools, type Shape } from "./plans.ts";
import { KILLED_AT, STEPS } from "./resume-time.ts";

const [root = "", shape = "chain", run] = process.argv.slice(2);
const plan = countingPlan(shape as Shape, STEPS) as unknown as JsonValue;
let calls = 0;
const tools = createBenchTools();
if (run === undefined) await startAndDie();
else await goOn(run);

async function startAndDie(): Promise<void> {
  const dieInTime = (): void => {
    calls += 1;
    if (calls === KILLED_AT) process.kill(process.pid, "SIGKILL");
  };
  const runtime = open(dieInTime);
  const started = runtime.start({ goal: "Measure.", plan, budget: { maxSteps: 2 * STEPS } });
  process.send?.(started.id);
  await started.result();
}

async function goOn(id: string): Promise<void> {
  const start = performance.now();
  const tellOnce = (): void => {
    calls += 1;
    if (calls === 1) process.send?.(performance.now() - start);
  };
  const runtime = open(tellOnce);
  const resumed = await runtime.resume(id);
  const { status } = await resumed.result();
  await runtime.close();
  process.disconnect?.();
  if (status !== "completed") throw new Error(`the resumed run ${status}`);
}

function open(onCall: () => void): ReturnType<typeof createRuntime> {
  return createRuntime({ tools: tools.withOnCall(onCall), builtInTools: false, store: createFileStore({ root }) });
}
