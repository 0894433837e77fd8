/** Each of success, observe, budget's targets and recovery shows in an entry, an event and a metric. */
import { expect, test } from "vitest";
import type { GivenRules } from "../../src/goal/run-rules.ts";
import type { RunEvent } from "../../src/run/run-result.ts";
import type { Stats } from "../../src/trace/metric.ts";
import { createWorld, sleep } from "../run/run-world.ts";
import { parseMetrics } from "./parse-metrics.ts";

async function story() {
  const observed: RunEvent[] = [];
  const told: RunEvent[] = [];
  const world = createWorld({
    behaviours: {
      broken: () => {
        throw new Error("no");
      },
      spare: () => "spare",
      slow: async () => {
        await sleep(world.clock, 50);
        return { items: [1] };
      },
    },
    onEvent: (event) => told.push(event),
    onObservation: (event) => observed.push(event),
  });
  const rules: GivenRules = {
    recovery: [{ step: "fetch", on: "TOOL_PERMANENT", do: "fallback", tool: "spare" }],
    success: [
      { name: "has-items", check: { ref: "slow.items", empty: false } },
      { name: "has-two", check: { ref: "slow.items[1]", exists: true } },
    ],
    targets: { durationMs: 10 },
    observe: [{ after: "slow", record: ["durationMs", "output"] }],
  };
  const steps = [
    { id: "fetch", tool: "broken", input: {} },
    { id: "slow", tool: "slow", input: {} },
  ];
  await world.apply(steps, { request: { rules } });
  return { world, observed, told };
}

function value(stats: Stats, name: string, labels: Record<string, string>): number | undefined {
  const samples = stats.metrics.find((metric) => metric.name === name)?.samples ?? [];
  return samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
}

test("recoveries, checks, missed targets and observations are counted, and the same in the text of the metrics", async () => {
  const { world, told, observed } = await story();
  const stats = await world.runtime.stats();
  const wanted: [name: string, labels: Record<string, string>, count: number][] = [
    ["planwright_recoveries_total", { verb: "fallback" }, 1],
    ["planwright_success_checks_total", { met: "true" }, 1],
    ["planwright_success_checks_total", { met: "false" }, 1],
    ["planwright_targets_missed_total", { target: "durationMs" }, 1],
    ["planwright_observations_total", {}, 1],
  ];
  const scraped = parseMetrics(await world.runtime.metrics());
  for (const [name, labels, count] of wanted) {
    expect([name, labels, value(stats, name, labels)]).toEqual([name, labels, count]);
    expect(scraped).toContainEqual({ name, labels, value: count });
  }
  const kinds = new Set(told.map(({ kind }) => kind));
  for (const kind of ["recovery.applied", "success.checked", "target.missed", "observation.recorded"]) {
    expect(kinds).toContain(kind);
  }
  expect(observed.map(({ kind, data }) => [kind, data["after"]])).toEqual([["observation.recorded", "slow"]]);
});

test("a tool that stands in for another counts under its own name", async () => {
  const { world } = await story();
  const { tools } = await world.runtime.stats();
  const byName = Object.fromEntries(tools.map(({ name, count, failures }) => [name, [count, failures]]));
  expect(byName).toEqual({ broken: [1, 1], spare: [1, 0], slow: [1, 0] });
});
