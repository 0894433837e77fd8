/** Forecasts: ranges from past runs that hold the real figures, and wide ones where nothing was measured. */
import { describe, expect, it } from "vitest";
import { DEFAULT_BUDGET } from "../../src/goal/run-request.ts";
import { compilePlan } from "../../src/plan/compile-plan.ts";
import type { PlanDecision } from "../../src/plan/decision.ts";
import { buildPlanGraph } from "../../src/plan/plan-graph.ts";
import { type Forecast, forecast } from "../../src/run/forecast.ts";
import { type CallFigures, percentile } from "../../src/run/tool-statistics.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";
import { createWorld, sleep, type World } from "../run/run-world.ts";

const ref = (path: string): JsonObject => ({ ref: path });
const plan = (steps: JsonObject[]): JsonValue => ({ kind: "plan", rationale: "r", steps });

/** Two branches that join, a list of two to five, and a step that may not run. */
function randomPlan(next: () => number): JsonValue {
  const count = 2 + Math.floor(next() * 4);
  return plan([
    { id: "a", tool: "quick", input: {} },
    { id: "b", tool: "slow", input: { of: ref("a") } },
    { id: "c", tool: "slow", input: { of: ref("a") } },
    { id: "each", tool: "quick", input: { item: ref("item") }, forEach: { items: [...Array(count).keys()], max: 5 } },
    { id: "maybe", tool: "quick", input: {}, when: { ref: "a.kind", is: "odd" } },
    { id: "join", tool: "quick", input: { b: ref("b"), c: ref("c"), each: ref("each") } },
  ]);
}

function worldOf(seed: number): World {
  const random = seededRandom(seed);
  const world: World = createWorld({
    behaviours: {
      quick: async (_, { signal }) => {
        await sleep(world.clock, 10 + Math.floor(random.next() * 20), signal);
        return { kind: random.next() < 0.5 ? "odd" : "even" };
      },
      slow: async (_, { signal }) => {
        await sleep(world.clock, 200 + Math.floor(random.next() * 300), signal);
        return {};
      },
    },
  });
  return world;
}

describe("a forecast", () => {
  it("holds what runs really take, once the tools were measured", async () => {
    const { next } = seededRandom(11);
    const missed: string[] = [];
    let checked = 0;
    for (let seed = 1; seed <= 5; seed++) {
      const world = worldOf(seed);
      for (let run = 0; run < 16; run++) {
        const request = { goal: "g", plan: randomPlan(next) };
        const before = await world.until(world.runtime.plan(request));
        const { id } = await world.run(request);
        const check = await world.until(world.runtime.runs.forecast(id));
        expect(check?.forecast).toEqual(before.forecast);
        if (run < 6) continue;
        expect(check?.forecast.basis).toMatchObject({ unmeasured: [] });
        missed.push(...(check?.missed ?? []));
        checked += 1;
        expect(check?.forecast.durationMs.high).toBeLessThan(2_000);
      }
    }
    expect(checked).toBe(50);
    // The ends are percentiles: now and then a run is slower or quicker than 90 in 100 calls were.
    expect(missed.filter((name) => name !== "durationMs")).toEqual([]);
    expect(missed.length).toBeLessThanOrEqual(2);
  });

  it("is honest where nothing was measured: limits, and which tools they stand for", async () => {
    const world = worldOf(1);
    const { forecast } = await world.until(world.runtime.plan({ goal: "g", plan: randomPlan(() => 0) }));
    expect(forecast).toMatchObject({
      steps: { low: 4, high: 10 },
      modelCalls: { low: 0, high: 0 },
      durationMs: { low: 0 },
      basis: { calls: 0, unmeasured: ["quick", "slow"] },
    });
    expect(forecast.durationMs.high).toBeGreaterThan(60_000);
  });

  it("never promises more than the budget lets a run take", async () => {
    const world = worldOf(2);
    const budget = { maxSteps: 3, maxSeconds: 1 };
    const { forecast } = await world.until(world.runtime.plan({ goal: "g", plan: randomPlan(() => 0), budget }));
    expect(forecast).toMatchObject({ steps: { low: 3, high: 3 }, durationMs: { high: 1_000 } });
  });

  it("counts what a fork inherits once, in its source", async () => {
    const world = worldOf(3);
    const source = await world.run({ goal: "g", plan: plan([{ id: "a", tool: "quick", input: {} }]) });
    const calls = async (): Promise<number> => {
      const asked = { goal: "g", plan: plan([{ id: "x", tool: "quick", input: {} }]) };
      return (await world.until(world.runtime.plan(asked))).forecast.basis.calls;
    };
    expect(await calls()).toBe(1);
    const fork = await world.until(world.runtime.fork(source.id, { atDecision: 1 }));
    await world.result(fork);
    expect(await calls()).toBe(2);
  });

  it("is null until the run's first plan is over", async () => {
    const world = worldOf(4);
    const running = await world.runtime.start({ goal: "g", plan: randomPlan(() => 0) });
    await world.clock.advanceAsync(1);
    expect(await world.runtime.runs.forecast(running.id)).toBeNull();
    await world.result(running);
    expect(await world.runtime.runs.forecast(running.id)).toMatchObject({ real: { modelCalls: 0 } });
  });
});

it("measures a tool by calls that asked a model only where it asks one itself", () => {
  const figures = (modelCalls: number, durationMs: number): CallFigures => {
    return { modelCalls, durationMs, tokens: modelCalls * 500, costUsd: 0 };
  };
  const of = (uses: ("model" | "network")[], past: CallFigures[]): Forecast => {
    const tools = createToolRegistry([createFakeTool({ name: "sum", effect: "read", idempotency: "pure", uses })]);
    const decision: PlanDecision = {
      ...{ kind: "plan", rationale: "r", then: "finish" },
      steps: [{ id: "s", tool: "sum", input: {} }],
    };
    const limits = { toolTimeoutMs: 60_000, parallelSteps: 4, budget: DEFAULT_BUDGET };
    const graph = buildPlanGraph(compilePlan(decision).plan.steps);
    return forecast(decision, graph, { tools, statistics: new Map([["sum", past]]), ...limits });
  };
  const mixed = [figures(0, 10), figures(1, 9_000), figures(0, 12)];
  expect(of([], mixed)).toMatchObject({ modelCalls: { high: 0 }, durationMs: { high: 12 }, basis: { calls: 2 } });
  expect(of(["model"], mixed)).toMatchObject({ modelCalls: { low: 1, high: 1 }, durationMs: { low: 9_000 } });
  expect(of(["model"], [figures(0, 10)]).basis).toEqual({ calls: 0, unmeasured: ["sum"] });
  expect(of([], [figures(2, 10)])).toMatchObject({ modelCalls: { high: 2 }, basis: { calls: 1 } });
});

it("a percentile is the nearest rank, and 0 of nothing", () => {
  expect([percentile([], 0.5), percentile([7], 0.05), percentile([4, 1, 3, 2], 0.5)]).toEqual([0, 7, 2]);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, place) => place + 1),
      0.95,
    ),
  ).toBe(95);
});
