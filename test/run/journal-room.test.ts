/** A full journal ends its run as exhausted, wherever it fills up (KERNEL 15). */
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { planOf } from "../fixtures/plans.ts";
import { createWorld, sleep, type World } from "./run-world.ts";

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
