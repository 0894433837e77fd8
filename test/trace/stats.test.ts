/** Statistics and metrics are projections of the journals: live, from the index and from journals alike. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { transient } from "../../src/tool/transient.ts";
import type { Stats } from "../../src/trace/metric.ts";
import { statsSchema } from "../../src/trace/metric.ts";
import { metricsText } from "../../src/trace/metrics-text.ts";
import { call } from "../cli/fake-terminal.ts";
import { createWorld, sleep } from "../run/run-world.ts";
import { parseMetrics } from "./parse-metrics.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "planwright-stats-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs of several kinds: completed with a retry and a fan-out, failed, exhausted, cancelled, and one that waits. */
async function makeRuns() {
  let failures = 0;
  const world = createWorld({
    behaviours: {
      slow: async (input) => {
        await sleep(world.clock, Number(input["ms"]));
        return { items: [1, 2, 3] };
      },
      flaky: () => {
        failures += 1;
        if (failures === 1) throw transient("busy");
        return 1;
      },
      broken: () => {
        throw new Error("no");
      },
      send: () => ({}),
    },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
  });
  const good = await world.apply([
    { id: "wait", tool: "slow", input: { ms: 40 } },
    { id: "each", tool: "echo", forEach: { items: { ref: "wait.items" }, max: 5 }, input: { n: { ref: "item" } } },
    { id: "again", tool: "flaky", input: {} },
  ]);
  const bad = await world.apply([{ id: "bad", tool: "broken", input: {} }]);
  const short = await world.apply(
    [
      { id: "a", tool: "echo", input: {} },
      { id: "b", tool: "echo", after: ["a"], input: {} },
    ],
    {
      request: { budget: { maxSteps: 1 } },
    },
  );
  const waiting = await world.apply([{ id: "mail", tool: "send", input: {} }]);
  expect([good.status, bad.status, short.status, waiting.status]).toEqual([
    "completed",
    "failed",
    "exhausted",
    "waiting",
  ]);
  return { world };
}

function value(stats: Stats, name: string, labels: Record<string, string>): number | undefined {
  const samples = stats.metrics.find((metric) => metric.name === name)?.samples ?? [];
  return samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
}

describe("statistics of a store", () => {
  test("count runs by how they ended, attempts by tool and outcome, decisions and limits", async () => {
    const { world } = await makeRuns();
    const stats = await world.runtime.stats();
    expect(() => statsSchema.parse(stats)).not.toThrow();
    expect(stats.runs).toEqual({ ended: 3, open: 1, unreadable: 0 });
    expect(value(stats, "planwright_runs_total", { status: "completed" })).toBe(1);
    expect(value(stats, "planwright_runs_total", { status: "failed" })).toBe(1);
    expect(value(stats, "planwright_decisions_total", { verdict: "accepted" })).toBe(4);
    expect(value(stats, "planwright_budget_exhausted_total", { limit: "LIMIT_STEPS" })).toBe(1);
    const duration = "planwright_step_duration_seconds";
    expect(value(stats, duration, { tool: "echo", status: "completed" })).toBe(4);
    expect(value(stats, duration, { tool: "flaky", status: "failed" })).toBe(1);
    expect(value(stats, duration, { tool: "flaky", status: "completed" })).toBe(1);
    expect(value(stats, duration, { tool: "send", status: "completed" })).toBeUndefined();
  });

  test("tell median and p95 by step and tool; a forEach counts its elements, not itself", async () => {
    const { world } = await makeRuns();
    const { steps, tools } = await world.runtime.stats();
    expect(steps.find(({ name }) => name === "wait")).toMatchObject({
      tool: "slow",
      count: 1,
      medianMs: 40,
      p95Ms: 40,
    });
    expect(steps.find(({ name }) => name === "each")).toMatchObject({ tool: "echo", count: 3, failures: 0 });
    expect(tools.find(({ name }) => name === "flaky")).toMatchObject({ count: 2, failures: 1, retries: 1 });
  });

  test("are the same live, and read back from journals by another process", async () => {
    const { world } = await makeRuns();
    const live = await world.runtime.stats();
    await world.runtime.close();
    expect(await world.another().runtime.stats()).toEqual(live);
  });

  test("metrics are the numbers of stats, in the text format of Prometheus", async () => {
    const { world } = await makeRuns();
    const { metrics } = await world.runtime.stats();
    const text = await world.runtime.metrics();
    const scraped = parseMetrics(text);
    const told = metrics.flatMap(({ name, samples }) =>
      samples.flatMap(({ labels, value, histogram }) =>
        histogram === undefined
          ? [{ name, labels, value }]
          : [
              ...histogram.buckets.map(({ le, count }) => ({
                name: `${name}_bucket`,
                labels: { ...labels, le },
                value: count,
              })),
              { name: `${name}_sum`, labels, value: histogram.sum },
              { name: `${name}_count`, labels, value },
            ],
      ),
    );
    expect(scraped).toEqual(told);
    expect(scraped.length).toBeGreaterThan(40);
    for (const { name, type } of metrics) expect(text).toContain(`# TYPE ${name} ${type}\n`);
  });

  test("a filter leaves other runs out", async () => {
    const { world } = await makeRuns();
    const failed = await world.runtime.stats({ status: "failed" });
    expect(failed.runs).toEqual({ ended: 1, open: 0, unreadable: 0 });
    expect(failed.tools.map(({ name }) => name)).toEqual(["broken"]);
    const later = new Date(world.clock.now() + 1_000).toISOString();
    expect((await world.runtime.stats({ since: later })).runs).toEqual({ ended: 0, open: 0, unreadable: 0 });
    expect((await world.runtime.stats({ workflow: "none" })).runs.ended).toBe(0);
    await expect(world.runtime.stats({ since: "soon" })).rejects.toMatchObject({ code: "VALIDATION" });
  });
});

test("labels are escaped as scrapers expect", () => {
  const labels = { tool: 'a "quoted" \\ and\nbroken name' };
  const text = metricsText([{ name: "m_total", type: "counter", help: "Help.", samples: [{ labels, value: 2 }] }]);
  expect(text.split("\n")).toHaveLength(4);
  expect(parseMetrics(text)).toEqual([{ name: "m_total", labels, value: 2 }]);
});

describe("planwright stats", () => {
  const plan = {
    kind: "plan",
    rationale: "test",
    steps: [{ id: "n", tool: "compute", input: { op: "sum", values: [1, 2] } }],
  };

  test("--json equals the metrics that the library gives, and the index changes nothing", async () => {
    const runtime = createRuntime({ store: root });
    for (let n = 0; n < 3; n++) await runtime.run({ goal: `run ${n}`, plan });
    const { metrics } = await runtime.stats();
    await runtime.close();
    const indexed = JSON.parse((await call(["stats", "--json", "--store", root])).out) as Stats;
    expect(indexed.metrics).toEqual(metrics);
    expect(value(indexed, "planwright_runs_total", { status: "completed" })).toBe(3);
    rmSync(join(root, "index"), { recursive: true });
    expect(JSON.parse((await call(["stats", "--json", "--store", root])).out)).toEqual(indexed);
    const text = await call(["stats", "--metrics", "--store", root]);
    expect(text.out).toBe(metricsText(metrics));
  });

  test("shows tables to people, and refuses a time that is none", async () => {
    const runtime = createRuntime({ store: root });
    await runtime.run({ goal: "one", plan });
    await runtime.close();
    const { out } = await call(["stats", "--store", root, "--since", "1h"]);
    expect(out).toMatch(/1 runs? ended \(1 completed\), 0 open/);
    expect(out).toMatch(/compute +1 +0 +0/);
    expect((await call(["stats", "--store", root, "--since", "soon"])).code).toBe(2);
  });
});
