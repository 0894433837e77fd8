/**
 * 64 runs at once, one of them bad (SAFETY R13, R15): the journals of the others are those of a calm run.
 * Not tested, because one process cannot give it: a tool that blocks the thread (an endless synchronous loop) stops
 * every run beside it. Such tools belong in a worker or a process of their own.
 */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, sleep, type World, type WorldOptions } from "../run/run-world.ts";

const RUNS = 64;

const ref = (path: string): JsonObject => ({ ref: path });
const planOf = (...steps: JsonObject[]): JsonValue => ({ kind: "plan", rationale: "test", steps });

/** Fan-out, retries, failures that are skipped, a branch that is not taken and a join. */
const GOOD_PLAN = planOf(
  { id: "a", tool: "echo", input: { goal: ref("goal"), items: [1, 2, 3] } },
  { id: "each", tool: "wait", input: { ms: 30, item: ref("item") }, forEach: { items: ref("a.items"), max: 3 } },
  { id: "flaky", tool: "flaky", input: { from: ref("a.goal") } },
  { id: "broken", tool: "broken", input: {}, onFailure: "skip" },
  { id: "never", tool: "echo", input: {}, when: { ref: "a.goal", is: "something else" } },
  { id: "large", tool: "large", input: { goal: ref("goal") } },
  { id: "join", tool: "echo", input: { each: ref("each"), flaky: ref("flaky"), none: { ref: "never", default: "-" } } },
);

function worldOf(options: WorldOptions = {}): World {
  const tried = new Set<string>();
  const world: World = createWorld({
    ...options,
    behaviours: {
      wait: async ({ ms, item }) => {
        await sleep(world.clock, Number(ms));
        return { item: item ?? null };
      },
      flaky: ({ from }) => {
        if (tried.has(String(from))) return { from: from ?? null };
        tried.add(String(from));
        throw transient("busy", { retryAfterMs: 50 });
      },
      broken: () => {
        throw new Error("broken");
      },
      large: ({ goal }) => ({ text: String(goal).repeat(10_000) }),
      calm: (input) => input,
      ...options.behaviours,
    },
  });
  return world;
}

/** Journals by goal, without what differs from run to run anyway: times, ids, hashes, and when each sync came. */
function journals(world: World): Map<string, string> {
  const found = new Map<string, string>();
  for (const { files } of world.data.runs.values()) {
    const text = files
      .flat()
      .join("")
      .replaceAll(/run_[0-9A-Za-z]+/g, "RUN");
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as JsonObject);
    const accepted = entries[0]?.data as JsonObject | undefined;
    found.set(String(accepted?.goal), entries.map((entry) => JSON.stringify(withoutTimes(entry))).join("\n"));
  }
  return found;
}

const TIMES = new Set([
  "at",
  "iso",
  "time",
  "hash",
  "prev",
  "synced",
  "requestHash",
  "retryAt",
  "durationMs",
  "elapsedMs",
]);

function withoutTimes(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !TIMES.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutTimes(inner)]));
}

interface Crowd {
  journals: Map<string, string>;
  bad: { status: string; code: string | null };
  world: World;
}

/** 63 good runs and one with the given plan, all at once. */
async function playCrowd(badPlan: JsonValue, options: WorldOptions = {}): Promise<Crowd> {
  const world = worldOf(options);
  const start = (goal: string, plan: JsonValue) => world.runtime.run({ goal, plan, budget: { maxSeconds: 60 } });
  const all = Array.from({ length: RUNS }, (_, place) =>
    place === 20 ? start("the bad one", badPlan) : start(`goal ${String(place).padStart(2, "0")}`, GOOD_PLAN),
  );
  const results = await world.until(Promise.all(all));
  const bad = results[20];
  const good = results.filter((_, place) => place !== 20);
  expect(good.map(({ status, error }) => [status, error?.code])).toEqual(good.map(() => ["completed", undefined]));
  const found = journals(world);
  found.delete("the bad one");
  return { journals: found, bad: { status: bad?.status ?? "", code: bad?.error?.code ?? null }, world };
}

const calm = playCrowd(planOf({ id: "calm", tool: "calm", input: {} }));

async function expectUndisturbed(crowd: Crowd): Promise<void> {
  const undisturbed = (await calm).journals;
  expect(crowd.journals.size).toBe(RUNS - 1);
  for (const [goal, journal] of crowd.journals) expect(journal, goal).toBe(undisturbed.get(goal));
  await crowd.world.until(crowd.world.runtime.close());
  expect(crowd.world.clock.timers).toBe(0);
  expect([...crowd.world.data.runs.values()].map(({ listeners }) => listeners.size)).toEqual(Array(RUNS).fill(0));
}

describe("one bad run among 64", () => {
  test("a calm crowd is the same every time", async () => {
    const crowd = await playCrowd(planOf({ id: "calm", tool: "calm", input: {} }));
    expect(crowd.bad.status).toBe("completed");
    expect(new Set(crowd.journals.values()).size).toBe(RUNS - 1);
    await expectUndisturbed(crowd);
  });

  test("calls that never settle time out, and their run ends in TOOL_TIMEOUT", async () => {
    const steps = ["a", "b"].map((id) => ({ id, tool: "deaf", input: {} }));
    const crowd = await playCrowd(planOf(...steps), {
      behaviours: { deaf: () => new Promise(() => {}) },
      definitions: { deaf: { timeoutMs: 5_000 } },
    });
    expect(crowd.bad).toEqual({ status: "failed", code: "TOOL_TIMEOUT" });
    await expectUndisturbed(crowd);
  });

  test("calls that never settle and may take for ever end with the run's time, as LIMIT_TIME", async () => {
    const steps = Array.from({ length: 20 }, (_, place) => ({ id: `deaf${place}`, tool: "deaf", input: {} }));
    const crowd = await playCrowd(planOf(...steps), {
      behaviours: { deaf: () => new Promise(() => {}) },
      definitions: { deaf: { timeoutMs: 3_600_000 } },
    });
    expect(crowd.bad).toEqual({ status: "exhausted", code: "LIMIT_TIME" });
    await expectUndisturbed(crowd);
  });

  test("a flood of large outputs ends where the run may keep no more, as TOOL_OUTPUT_TOO_LARGE", async () => {
    const flood = "x".repeat(15 * 2 ** 20);
    let calls = 0;
    const crowd = await playCrowd(
      planOf({
        id: "flood",
        tool: "flood",
        input: { item: ref("item") },
        forEach: { items: Array.from({ length: 40 }, (_, place) => place), max: 40 },
      }),
      {
        limits: { keptBytes: 20 * 2 ** 20 },
        behaviours: {
          flood: ({ item }) => {
            calls += 1;
            return { item: item ?? null, flood };
          },
        },
      },
    );
    expect(crowd.bad).toEqual({ status: "failed", code: "TOOL_OUTPUT_TOO_LARGE" });
    expect(calls).toBeLessThan(40);
    await expectUndisturbed(crowd);
  });

  test("listeners that are left on a signal stay on that signal, and are told once", async () => {
    const signals = new Set<AbortSignal>();
    let told = 0;
    const crowd = await playCrowd(planOf({ id: "leak", tool: "leak", input: {} }), {
      behaviours: {
        leak: (_, { signal }) => {
          signals.add(signal);
          for (let count = 0; count < 1_000; count++) signal.addEventListener("abort", () => told++);
          return new Promise(() => {});
        },
        calm: (_, { signal }) => {
          signals.add(signal);
          return {};
        },
      },
      definitions: { leak: { timeoutMs: 5_000 } },
    });
    expect(crowd.bad).toEqual({ status: "failed", code: "TOOL_TIMEOUT" });
    await expectUndisturbed(crowd);
    // Three attempts, each with a signal of its own; the runtime listens to none of them.
    expect(signals.size).toBe(3);
    expect(told).toBe(3_000);
    for (const signal of signals) expect(getEventListeners(signal, "abort")).toHaveLength(1_000);
  });
});
