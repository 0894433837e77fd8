/** A run that is stopped while it undoes its steps: how soon it ends, and what it says of them. */
import { describe, expect, test } from "vitest";
import type { RunHandle } from "../../src/runtime/run-handle.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import type { ToolRepair } from "../../src/tool/tool.ts";
import { createWorld, sleep, type World } from "./run-world.ts";

const STEPS = [
  { id: "one", tool: "book", input: { n: 1 } },
  { id: "two", tool: "book", input: { n: 2 }, after: ["one"] },
  { id: "three", tool: "book", input: { n: 3 }, after: ["two"] },
  { id: "pay", tool: "pay", input: {}, after: ["three"] },
];

/** Books three times, fails to pay, and is at undoing the second booking, after the third. */
async function undoingTheSecond(second: (clock: World["clock"]) => ToolRepair, budget = {}) {
  let undoings = 0;
  const world = createWorld({
    policy: () => ({ outcome: "allow", rule: "test" }),
    behaviours: { book: () => ({}), pay: () => Promise.reject(new Error("card refused")) },
    definitions: {
      book: {
        effect: "write",
        idempotency: "key",
        timeoutMs: 60_000,
        compensate: (call) => (++undoings === 1 ? null : second(world.clock)(call)),
      },
    },
  });
  const plan = { kind: "plan", rationale: "r", steps: STEPS } as unknown as JsonValue;
  const rules = { recovery: [{ on: "*", do: "compensate" as const }] };
  const handle: RunHandle = await world.until(world.runtime.start({ goal: "g", plan, rules, budget }));
  for (let turn = 0; turn < 50 && undoings < 2; turn++) await world.clock.advanceAsync(1);
  return { world, handle };
}

describe("a cancel while a step is undone", () => {
  test("says what was undone, and what was not", async () => {
    const { world, handle } = await undoingTheSecond((clock) => () => sleep(clock, 100));
    await world.until(handle.cancel());
    const result = await world.result(handle);
    expect(result).toMatchObject({ status: "cancelled", error: null });
    expect(result.reason).toBe(
      "Undoing, for which step 'pay' had failed, was cut short. Undone: three, two. Not undone: one.",
    );
  });

  test("tells the tool to stop; what had not happened is not undone", async () => {
    const { world, handle } = await undoingTheSecond(
      (clock) =>
        ({ context }) =>
          sleep(clock, 50_000, context.signal),
    );
    const before = world.clock.monotonic();
    await world.until(handle.cancel());
    const result = await world.result(handle);
    expect(world.clock.monotonic() - before).toBeLessThan(100);
    expect(result.reason).toMatch(/Undone: three\. Not undone: two \(CANCELLED: .*\) Not undone: one\.$/);
  });

  test("waits no longer than the grace period for one that does not stop; of that, nobody knows", async () => {
    const { world, handle } = await undoingTheSecond(() => () => new Promise(() => {}));
    const before = world.clock.monotonic();
    await world.until(handle.cancel());
    const result = await world.result(handle);
    expect(world.clock.monotonic() - before).toBeLessThan(5_000);
    expect(result.reason).toMatch(/Undone: three\. Not undone: two \(TOOL_OUTCOME_UNKNOWN: .*\) Not undone: one\.$/);
  });
});

test("the end of the time budget says so, too", async () => {
  const undo =
    (clock: World["clock"]): ToolRepair =>
    () =>
      sleep(clock, 50_000);
  const { world, handle } = await undoingTheSecond(undo, { maxSeconds: 10 });
  const result = await world.result(handle);
  expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TIME" } });
  expect(result.reason).toMatch(/^The budget of 10 seconds is used up\. Undoing, .* Undone: three\. /);
});
