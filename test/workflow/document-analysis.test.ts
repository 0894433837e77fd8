/** `document_analysis` as people meet it: its branches at the same time, its retries, its recovery, its target. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent, RunResult } from "../../src/run/run-result.ts";
import { transient } from "../../src/tool/transient.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { type Behaviour, createWorld, sleep, type World } from "../run/run-world.ts";

const text = readFileSync(join(import.meta.dirname, "../../samples/ferry-cooperative.md"), "utf8");
const request = { workflow: "document_analysis", documents: [{ name: "ferry.md", text }] };

/** The shipped tools; `own` stand in for those of the same name, with the same inputs. */
function world(own: Record<string, (world: World) => Behaviour> = {}): World {
  const behaviours: Record<string, Behaviour> = {};
  const definitions = Object.fromEntries(
    builtInTools.filter(({ name }) => name in own).map(({ name, inputSchema }) => [name, { inputSchema }]),
  );
  for (const [name, make] of Object.entries(own)) behaviours[name] = (input, context) => make(made)(input, context);
  const tools = builtInTools.filter(({ name }) => !(name in own));
  const made: World = createWorld({ behaviours, definitions, tools });
  return made;
}

async function play(made: World): Promise<{ result: RunResult; events: RunEvent[]; metrics: string }> {
  const result = await made.run(request);
  const events: RunEvent[] = [];
  for await (const event of made.runtime.runs.events(result.id)) events.push(event);
  return { result, events, metrics: await made.until(made.runtime.metrics()) };
}

const said = "The ferry cooperative runs electric ferries. Electric ferries need charging piers, and piers need money.";
const SUMMARY = { text: said, sentences: [said], method: "test", confidence: 1 };

test("the two branches of its group overlap in time", async () => {
  const times: Record<string, [number, number]> = {};
  const slow =
    (name: string, output: object) =>
    (made: World): Behaviour =>
    async (_, { signal }) => {
      const from = made.clock.monotonic();
      await sleep(made.clock, 100, signal);
      times[name] = [from, made.clock.monotonic()];
      return output;
    };
  const sentiment = { label: "positive", score: 1, segments: [], method: "test", confidence: 1 };
  const entities = { items: [], method: "test", confidence: 1 };
  const made = world({ analyze_sentiment: slow("s", sentiment), extract_entities: slow("e", entities) });
  expect((await play(made)).result.status).toBe("completed");
  const { s: [sFrom, sTo] = [0, 0], e: [eFrom, eTo] = [0, 0] } = times;
  expect(Math.min(sTo, eTo)).toBeGreaterThan(Math.max(sFrom, eFrom));
});

test("a transient error of summarize is tried up to three times, with growing pauses", async () => {
  const at: number[] = [];
  let failures = 2;
  const summarize =
    (made: World): Behaviour =>
    () => {
      at.push(made.clock.monotonic());
      failures -= 1;
      if (failures >= 0) throw transient("busy");
      return SUMMARY;
    };
  const { result } = await play(world({ summarize }));
  expect(result).toMatchObject({ status: "completed" });
  expect(at).toHaveLength(3);
  const [first = 0, second = 0, third = 0] = at;
  expect(third - second).toBeGreaterThan(second - first);
  failures = 9;
  at.length = 0;
  const lost = await play(world({ summarize }));
  expect(lost.result).toMatchObject({ status: "failed", error: { code: "TOOL_TRANSIENT", stepId: "summary" } });
  expect(at).toHaveLength(3);
});

test("a permanent error of entities follows the file's rule: an empty list takes its place", async () => {
  const broken = (): Behaviour => () => {
    throw new Error("no lexicon");
  };
  const { result, events, metrics } = await play(world({ extract_entities: broken }));
  expect(result).toMatchObject({ status: "completed", success: [{ name: "has-topics", met: true }] });
  expect(result.steps.find(({ id }) => id === "entities")).toMatchObject({
    status: "completed",
    output: { items: [] },
  });
  expect(events.filter(({ kind }) => kind === "recovery.applied")).toMatchObject([{ step: "entities" }]);
  expect(metrics).toContain('planwright_recoveries_total{verb="fallback"} 1');
  expect(metrics).toContain('planwright_success_checks_total{met="true"} 1');
  expect(metrics).toContain("planwright_observations_total 1");
});

test("a target that it misses is an event and a metric, and no failure", async () => {
  const slow =
    (made: World): Behaviour =>
    async () => {
      await sleep(made.clock, 6_000);
      return SUMMARY;
    };
  const { result, events, metrics } = await play(world({ summarize: slow }));
  expect(result.status).toBe("completed");
  const [missed] = events.filter(({ kind }) => kind === "target.missed");
  expect(missed?.data).toMatchObject({ target: "durationMs", limit: 5_000 });
  expect(metrics).toContain('planwright_targets_missed_total{target="durationMs"} 1');
});

test("its budget ends it; a run without criteria is exhausted then, which is a metric", async () => {
  const made = world();
  const result = await made.run({ ...request, budget: { maxSteps: 2 } });
  // Its own criterion is not met then, which is what is told.
  expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" } });
  expect(result.reason).toContain("2 steps");
  const steps = ["a", "b", "c"].map((id) => ({ id, tool: "echo", input: {} }));
  expect(await made.apply(steps, { request: { budget: { maxSteps: 2 } } })).toMatchObject({ status: "exhausted" });
  const metrics = await made.until(made.runtime.metrics());
  expect(metrics).toContain('planwright_budget_exhausted_total{limit="LIMIT_STEPS"} 1');
});
