/** Cancels that come while a start is being synced: the slow sync ends after the cancel was acknowledged (SAFETY R11). */
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Store } from "../../src/journal/store.ts";
import type { RunHandle } from "../../src/runtime/run-handle.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createMortal, mortalStore } from "../simulation/mortal-process.ts";
import { createWorld, type World } from "./run-world.ts";

/** A world in which the sync after the first entry of that kind takes 100 ms, and all others none. */
function slowAfter(kind: string, options: object): World {
  const clock = createManualClock();
  let isNext = false;
  let isDone = false;
  const store = mortalStore(createMemoryStore({ clock }), {
    mortal: createMortal(),
    clock,
    onSynced: () => {},
    onBlob: () => {},
    onAppended(entry) {
      isNext ||= entry.kind === kind && !isDone;
    },
    pauseMs() {
      if (!isNext) return 0;
      [isNext, isDone] = [false, true];
      return 100;
    },
  });
  return createWorld({ clock, store, ...options });
}

const plan: JsonValue = { kind: "plan", rationale: "r", steps: [{ id: "a", tool: "keep", input: {} }] };
const definitions = { keep: { effect: "write", idempotency: "key" } };

/** Storing the run's large output takes 100 ms. */
function slowOutput(clock: ManualClock): Store {
  const store = createMemoryStore({ clock });
  return {
    ...store,
    async create(options) {
      const made = await store.create(options);
      if ("existing" in made) return made;
      const { blobs } = made.journal;
      const put = async (text: string) => {
        if (text.startsWith('"')) await new Promise<void>((resolve) => clock.setTimer(100, resolve));
        return blobs.put(text);
      };
      return { journal: Object.create(made.journal, { blobs: { value: { ...blobs, put } } }) };
    },
  };
}

async function cancelAfter(handle: RunHandle, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await null;
  await handle.cancel().catch(() => {});
}

/** Which comes first is a matter of turns of the microtask queue: all of them are tried. */
test("a run ends once, where a cancel and its output come in the same moment (R10)", async () => {
  for (let turns = 0; turns < 24; turns++) {
    const clock = createManualClock();
    const output = "x".repeat(70_000);
    const planner = createScriptedPlanner([{ kind: "finish", rationale: "r", output }]);
    const world = createWorld({ clock, store: slowOutput(clock), planner });
    const handle = await world.until(world.runtime.start({ goal: "test" }));
    await clock.advanceAsync(10);
    const cancelled = cancelAfter(handle, turns);
    clock.advance(100);
    await world.until(cancelled);
    const result = await world.result(handle);
    const kinds = [];
    for await (const { kind } of world.runtime.runs.events(handle.id)) kinds.push(kind);
    expect(kinds.filter((kind) => kind === "run.ended")).toHaveLength(1);
    expect(result.status).toBe(kinds.includes("cancel.requested") ? "cancelled" : "completed");
  }
});

describe("a cancel that is acknowledged while a start is synced (R11)", () => {
  test("keeps the tool from being called", async () => {
    const world = slowAfter("step.started", { behaviours: { keep: () => 1 }, definitions });
    const handle = await world.until(world.runtime.start({ goal: "test", plan }));
    await world.clock.advanceAsync(10);
    await handle.cancel();
    expect(world.clock.monotonic()).toBeLessThan(50);
    expect(await world.result(handle)).toMatchObject({ status: "cancelled" });
    await world.clock.advanceAsync(500);
    expect(world.calls).toHaveLength(0);
  });

  test("keeps the planner from being called", async () => {
    const planner = createScriptedPlanner([{ kind: "finish", rationale: "r", output: 1 }]);
    const world = slowAfter("decision.requested", { planner });
    const handle = await world.until(world.runtime.start({ goal: "test" }));
    await world.clock.advanceAsync(10);
    await handle.cancel();
    expect(world.clock.monotonic()).toBeLessThan(50);
    expect(await world.result(handle)).toMatchObject({ status: "cancelled" });
    await world.clock.advanceAsync(500);
    expect(planner.requests).toHaveLength(0);
  });

  test("without a cancel both are called", async () => {
    const world = slowAfter("step.started", { behaviours: { keep: () => 1 }, definitions });
    const handle = await world.until(world.runtime.start({ goal: "test", plan }));
    await world.clock.advanceAsync(10);
    expect(world.calls).toHaveLength(0);
    expect(await world.result(handle)).toMatchObject({ status: "completed" });
    expect(world.calls).toHaveLength(1);
  });
});
