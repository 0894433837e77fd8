/** Makes a store with many finished runs (FOLDER COUNT), or measures what looking at one costs (FOLDER). */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRuntime, type Runtime } from "../src/create-runtime.ts";
import type { JsonValue } from "../src/shared/json.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import type { FinishedRunsReport } from "./many-finished-runs.ts";

const [root = "", count] = process.argv.slice(2);
const STEPS = 5;
const AT_A_TIME = 64;

const tool = defineTool({
  name: "work",
  description: "Returns a few words.",
  inputSchema: { type: "object" },
  outputSchema: {},
  effect: "read",
  idempotency: "pure",
  execute: async () => ({ text: "A few words of a result, as tools give them.", score: 0.5 }),
});

const steps = Array.from({ length: STEPS }, (_, n) => ({ id: `step${n}`, tool: "work", input: { n } }));
const plan = {
  kind: "plan",
  rationale: "bench",
  steps,
  output: { text: { ref: "step4.text" } },
} as unknown as JsonValue;

async function makeRuns(runtime: Runtime, runs: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runs) {
      next += 1;
      await runtime.run({ goal: `Finished run ${next}: summarise a letter and list its topics`, plan });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function readAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await readFile(path);
}

async function measure(runtime: Runtime): Promise<FinishedRunsReport> {
  const list = (): Promise<unknown> => runtime.runs.list();
  const listMs = await timed(list);
  const listAgainMs = await timed(list);
  const searchMs = await timed(() => runtime.runs.list({ q: "no such words" }));
  // A runtime of its own, so that it opens the index itself.
  const other = createRuntime({ store: root, tools: [tool], builtInTools: false });
  const statsMs = await timed(() => other.stats());
  const statsAgainMs = await timed(() => other.stats());
  await other.close();
  const index = (await readdir(join(root, "index"))).map((name) => join(root, "index", name));
  const journals = (await readdir(join(root, "runs"))).map((name) => join(root, "runs", name, "journal.0.jsonl"));
  const indexMs = await timed(() => readAll(index));
  const journalsMs = await timed(() => readAll(journals));
  return { listMs, listAgainMs, searchMs, statsMs, statsAgainMs, indexMs, journalsMs };
}

const runtime = createRuntime({ store: root, tools: [tool], builtInTools: false });
if (count !== undefined) await makeRuns(runtime, Number(count));
const report = count === undefined ? await measure(runtime) : null;
await runtime.close();
process.send?.(report);
process.disconnect?.();
