/** A full journal ends its run as exhausted, wherever it fills up (KERNEL 15). */
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Planner, PlanOptions } from "../../src/planner/planner.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { planOf } from "../fixtures/plans.ts";
import { createWorld, sleep, type World, type WorldOptions } from "./run-world.ts";

function smallWorld(limits: { maxEntries?: number; maxBytes?: number }) {
  const clock = createManualClock();
  const store = createMemoryStore({ clock, limits });
  const world: World = createWorld({
    clock,
    store,
    behaviours: { slow: async () => sleep(clock, 50).then(() => ({ ok: true })), send: () => ({ sent: true }) },
    definitions: { slow: { idempotency: "key" }, send: { effect: "irreversible", idempotency: "none" } },
  });
  return { world, store };
}

const steps = [
  { id: "a", tool: "slow", input: {} },
  { id: "b", tool: "slow", input: {} },
  { id: "c", tool: "slow", input: {}, after: ["a", "b"] },
  { id: "d", tool: "send", input: {}, after: ["c"] },
];

describe("a full journal", () => {
  test("ends the run as LIMIT_JOURNAL at whichever entry it is reached; what did not fit was not called", async () => {
    for (let maxEntries = 1; maxEntries <= 12; maxEntries++) {
      const { world, store } = smallWorld({ maxEntries });
      const handle = await world.until(world.runtime.start({ goal: "test", plan: planOf(steps) }));
      const result = await world.result(handle);
      expect(result, `${maxEntries} entries`).toMatchObject({ status: "exhausted", error: { code: "LIMIT_JOURNAL" } });
      const { entries } = await store.read(handle.id);
      const started = entries.filter(({ kind }) => kind === "step.started");
      // A call whose start is journalled may find the run stopped when its turn comes.
      expect(world.calls.length).toBeLessThanOrEqual(started.length);
      const settled = entries.filter(({ kind }) => kind === "step.completed" || kind === "step.failed");
      expect(settled).toHaveLength(started.length);
      expect(foldJournal(entries, () => null).ledger.ended?.status).toBe("exhausted");
      await world.until(world.runtime.close());
    }
  });

  test("is no reason to stop where everything fits", async () => {
    const { world } = smallWorld({ maxEntries: 40 });
    const request = { goal: "test", plan: planOf(steps), approve: [{ tool: "send" }] };
    expect(await world.run(request)).toMatchObject({ status: "completed" });
  });

  test("tells the person whose word no longer fits, and ends the run", async () => {
    const { world, store } = smallWorld({ maxEntries: 1_000 });
    const request = { goal: "test", plan: planOf([{ id: "d", tool: "send", input: {} }]) };
    const waiting = await world.run(request);
    const { length } = (await store.read(waiting.id)).entries;
    await world.until(world.runtime.close());
    const again = smallWorld({ maxEntries: length });
    const handle = await again.world.until(again.world.runtime.start(request));
    expect(await again.world.result(handle)).toMatchObject({ status: "waiting" });
    await expect(again.world.until(handle.approve())).rejects.toMatchObject({ code: "LIMIT_JOURNAL" });
    expect(await again.world.result(handle)).toMatchObject({ status: "exhausted", error: { code: "LIMIT_JOURNAL" } });
    expect(again.world.calls).toEqual([]);
  });

  test("of bytes refuses a run that does not even fit at the start", async () => {
    const { world } = smallWorld({ maxBytes: 100 });
    await expect(world.until(world.runtime.start({ goal: "test", plan: planOf(steps) }))).rejects.toMatchObject({
      code: "LIMIT_JOURNAL",
    });
  });
});

describe("a full journal, whatever is under way when it fills up", () => {
  /** Runs it with every size of journal up to one that holds it; each run has to end. Gives the ends by size. */
  async function sweep(settings: (clock: ManualClock) => WorldOptions, request: object): Promise<string[]> {
    const ends: string[] = [];
    for (let maxEntries = 1; maxEntries < 60; maxEntries++) {
      const clock = createManualClock();
      const store = createMemoryStore({ clock, limits: { maxEntries } });
      const world = createWorld({ clock, store, ...settings(clock) });
      const result = await world.run({ goal: "test", ...request });
      const { entries } = await store.read(result.id);
      expect(foldJournal(entries, () => null).ledger.ended?.status, `${maxEntries} entries`).toBe(result.status);
      ends.push(`${result.status} ${result.error?.code ?? ""}`);
      if (entries.length <= maxEntries) break;
    }
    return ends;
  }

  test("observations, targets, retries, a stand-in, and steps that are undone", async () => {
    const settings = (clock: ManualClock): WorldOptions => ({
      policy: () => ({ outcome: "allow", rule: "test" }),
      behaviours: {
        book: () => sleep(clock, 100).then(() => ({ id: 1 })),
        flaky: () => Promise.reject(new Error("busy")),
        spare: (input) => input,
        boom: () => sleep(clock, 300).then(() => Promise.reject(new Error("boom"))),
      },
      definitions: { book: { effect: "write", idempotency: "key", compensate: () => sleep(clock, 50) } },
    });
    const recovery = [
      { step: "flaky", on: "*", do: "retry", retry: { attempts: 3 } },
      { step: "flaky", on: "*", do: "fallback", tool: "spare", input: { n: 1 } },
      { step: "boom", on: "*", do: "compensate" },
    ];
    const observe = [
      { after: "each", record: ["output"] },
      { after: "one", record: ["durationMs"] },
    ];
    const booked = [
      { id: "one", tool: "book", input: { n: 1 } },
      { id: "two", tool: "book", input: { n: 2 }, after: ["one"] },
      { id: "flaky", tool: "flaky", input: {} },
      { id: "each", tool: "echo", input: { n: { ref: "item" } }, forEach: { items: [1, 2, 3], max: 3 } },
      { id: "boom", tool: "boom", input: {}, after: ["two"] },
    ];
    const rules = { recovery, observe, targets: { durationMs: 10 } };
    const ends = await sweep(settings, { plan: planOf(booked), rules });
    expect(ends.length).toBeGreaterThan(30);
    expect(new Set(ends)).toEqual(new Set(["exhausted LIMIT_JOURNAL", "failed TOOL_PERMANENT"]));
    expect(ends.at(-1)).toBe("failed TOOL_PERMANENT");
  });

  test("an answer that is awaited while its first steps run, and a verdict", async () => {
    const early = ["a", "b", "c"].map((id) => ({ id, tool: "slow", input: {} }));
    const settings = (clock: ManualClock): WorldOptions => {
      const planner: Planner = {
        name: "writer",
        visibility: "shape",
        reserve: () => ({ tokens: 100, costUsd: 0.1 }),
        async plan(_, { onStep, signal }: PlanOptions) {
          for (const step of early) await sleep(clock, 100, signal).then(() => onStep?.(step as JsonValue));
          return { raw: planOf(early) as JsonValue, usage: { inputTokens: 1, outputTokens: 1, modelCalls: 1 } };
        },
      };
      return { planner, behaviours: { slow: () => sleep(clock, 50).then(() => ({ ok: true })) } };
    };
    const success = [{ name: "done", check: { ref: "a.ok", is: true } }];
    const ends = await sweep(settings, { success });
    expect(ends.at(-1)).toBe("completed ");
    expect(ends.slice(0, 4)).toEqual(Array(4).fill("failed SUCCESS_UNMET"));
  });
});
