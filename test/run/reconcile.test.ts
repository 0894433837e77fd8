/** What a tool's own word about a call is worth that a crash cut off (KERNEL 14). */
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/run-result.ts";
import { createWorld, type World } from "./run-world.ts";

describe("reconcile: the tool itself finds out how a call ended that a crash cut off", () => {
  const send = { id: "send", tool: "send", input: { to: "a" } };

  async function crashInCall(
    happened: object | null,
    { isCancelled = false } = {},
  ): Promise<{ world: World; result: RunResult; asked: number }> {
    let asked = 0;
    const definitions = {
      send: {
        effect: "write" as const,
        idempotency: "none" as const,
        outputSchema: { type: "object", properties: { id: { type: "number" } } },
        reconcile: () => {
          asked += 1;
          return happened;
        },
      },
    };
    const world = createWorld({ behaviours: { send: () => new Promise(() => {}) }, definitions });
    const plan = { kind: "plan", rationale: "", steps: [send] };
    const handle = await world.until(world.runtime.start({ goal: "send", plan: plan as never }));
    for (let turn = 0; turn < 50 && world.calls.length === 0; turn++) await world.clock.advanceAsync(1);
    if (isCancelled) await world.until(world.runtime.runs.cancel(handle.id));
    const next = world.crash();
    const resumed = await next.until(next.runtime.resume(handle.id));
    return { world, result: await next.result(resumed), asked };
  }

  test("it happened: the step is completed with its output", async () => {
    const { world, result } = await crashInCall({ happened: true, output: { id: 5 } });
    expect(result).toMatchObject({ status: "completed", output: { send: { id: 5 } } });
    expect(world.calls).toHaveLength(1);
  });

  test("it did not happen: the step has failed, and is not called again by itself", async () => {
    const { world, result } = await crashInCall({ happened: false });
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT" } });
    expect(world.calls).toHaveLength(1);
  });

  test("it happened, with an output that its schema refuses: a person is asked", async () => {
    const { result } = await crashInCall({ happened: true, output: { id: "five" } });
    expect(result).toMatchObject({ status: "waiting", waiting: { error: { code: "TOOL_OUTCOME_UNKNOWN" } } });
  });

  test("the run was cancelled before: no tool is asked any more, and the outcome stays unknown", async () => {
    const { result, asked } = await crashInCall({ happened: true, output: { id: 5 } }, { isCancelled: true });
    expect(result).toMatchObject({ status: "cancelled", steps: [{ id: "send", status: "unknown" }] });
    expect(asked).toBe(0);
  });

  test("it cannot tell: a person is asked", async () => {
    const { result } = await crashInCall(null);
    expect(result).toMatchObject({ status: "waiting", waiting: { error: { code: "TOOL_OUTCOME_UNKNOWN" } } });
  });
});
