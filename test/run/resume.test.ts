import { describe, expect, test } from "vitest";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, sleep, statuses, type World } from "./run-world.ts";

const plan = (steps: object[], rest: object = {}) => ({ kind: "plan", rationale: "test", steps, ...rest }) as never;
const hang = { isOn: true };

/** Step a ends at once; step b (tool `work`) hangs while `hang.isOn`. */
function hangingWorld(idempotency: "pure" | "key" | "none"): World {
  hang.isOn = true;
  return createWorld({
    behaviours: { work: () => (hang.isOn ? new Promise(() => {}) : { done: true }) },
    definitions: { work: { idempotency } },
  });
}

const steps = [
  { id: "a", tool: "echo", input: { x: 1 } },
  { id: "b", tool: "work", input: { x: { ref: "a.x" } } },
];

async function crashWhileRunning(world: World): Promise<{ id: string; next: World }> {
  const { id } = await world.runtime.start({ goal: "test", plan: plan(steps) });
  await world.clock.advanceAsync(10);
  expect(await world.runtime.runs.get(id)).toMatchObject({ status: "running" });
  hang.isOn = false;
  return { id, next: world.crash() };
}

describe("resume in a new process", () => {
  test("an unowned unfinished run is interrupted; finished steps are not run again", async () => {
    const { id, next } = await crashWhileRunning(hangingWorld("pure"));
    expect(await next.runtime.runs.get(id)).toMatchObject({ status: "interrupted" });
    const handle = await next.until(next.runtime.resume(id));
    const result = await next.result(handle);
    expect(result).toMatchObject({ status: "completed", output: { b: { done: true } } });
    expect(next.calls.map(({ context }) => context.step)).toEqual(["a", "b", "b"]);
    expect(result.steps.find((row) => row.id === "b")?.attempts).toBe(2);
  });

  test("a tool with keys gets the same key again", async () => {
    const { id, next } = await crashWhileRunning(hangingWorld("key"));
    await next.result(await next.until(next.runtime.resume(id)));
    const keys = next.calls.filter(({ context }) => context.step === "b").map(({ context }) => context.idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("a call that must not repeat is unknown: the run waits, and an answer settles it without a call", async () => {
    const { id, next } = await crashWhileRunning(hangingWorld("none"));
    const handle = await next.until(next.runtime.resume(id));
    const waiting = await next.result(handle);
    expect(waiting).toMatchObject({
      status: "waiting",
      waiting: { reason: "needs-attention", error: { code: "TOOL_OUTCOME_UNKNOWN" } },
    });
    await next.until(handle.answer({ done: "by hand" }));
    const result = await next.result(handle);
    expect(result).toMatchObject({ status: "completed", output: { b: { done: "by hand" } } });
    expect(next.calls.filter(({ context }) => context.step === "b")).toHaveLength(1);
  });

  test("resuming a run with an unknown outcome counts the step as failed", async () => {
    const { id, next } = await crashWhileRunning(hangingWorld("none"));
    await next.result(await next.until(next.runtime.resume(id)));
    const handle = await next.until(next.runtime.resume(id));
    expect(await next.result(handle)).toMatchObject({
      status: "failed",
      error: { code: "TOOL_OUTCOME_UNKNOWN", stepId: "b" },
    });
    expect(next.calls.filter(({ context }) => context.step === "b")).toHaveLength(1);
  });

  test("three owners without an outcome hold the run until a person resumes it", async () => {
    const first = await crashWhileRunning(hangingWorld("pure"));
    hang.isOn = true;
    let world = first.next;
    for (let owner = 0; owner < 2; owner++) {
      await world.until(world.runtime.resume(first.id));
      await world.clock.advanceAsync(10);
      world = world.crash();
    }
    const held = await world.result(await world.until(world.runtime.resume(first.id)));
    expect(held).toMatchObject({ status: "waiting", waiting: { reason: "needs-attention" } });
    hang.isOn = false;
    const handle = await world.until(world.runtime.resume(first.id));
    expect((await world.result(handle)).status).toBe("completed");
  });

  test("a tool with other schemas holds the run as RESUME_INCOMPATIBLE until it is back", async () => {
    const { id, next } = await crashWhileRunning(hangingWorld("pure"));
    const changed = next.crash({
      definitions: { work: { inputSchema: { type: "object", properties: { other: {} } } } },
    } as never);
    const held = await changed.result(await changed.until(changed.runtime.resume(id)));
    expect(held).toMatchObject({ status: "waiting", waiting: { error: { code: "RESUME_INCOMPATIBLE", stepId: "b" } } });
    const back = changed.crash({ definitions: {} } as never);
    const handle = await back.until(back.runtime.resume(id));
    expect((await back.result(handle)).status).toBe("completed");
  });

  test("a waiting approval survives the restart and is given in the new process", async () => {
    const world = createWorld({
      behaviours: { send: () => 1 },
      definitions: { send: { effect: "irreversible", idempotency: "none" } },
    });
    const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
    await world.result(handle);
    const next = world.crash();
    expect(await next.runtime.runs.get(handle.id)).toMatchObject({
      status: "waiting",
      waiting: { reason: "approval" },
    });
    await next.until(next.runtime.runs.approve(handle.id));
    expect(await next.until(next.runtime.runs.settled(handle.id))).toMatchObject({ status: "completed" });
    expect(next.calls).toHaveLength(1);
  });

  test("a retry waits for what is left of its pause, and never longer than it was meant to be", async () => {
    let isBusy = true;
    const behaviours = {
      flaky: () => {
        if (isBusy) throw transient("busy", { retryAfterMs: 60_000 });
        return 1;
      },
    };
    const world = createWorld({ behaviours });
    const { id } = await world.runtime.start({ goal: "test", plan: plan([{ id: "a", tool: "flaky", input: {} }]) });
    await world.clock.advanceAsync(20_000);
    isBusy = false;
    const next = world.crash();
    next.clock.jump(-3_600_000);
    const handle = await next.until(next.runtime.resume(id));
    await next.clock.advanceAsync(59_000);
    expect(next.calls).toHaveLength(1);
    await next.clock.advanceAsync(1_500);
    expect((await next.result(handle)).status).toBe("completed");
    expect(next.calls).toHaveLength(2);
  });
});

test("an approval is not used up where the tool that it is for is missing", async () => {
  const world = createWorld({
    behaviours: { send: () => 1 },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
  });
  const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
  await world.result(handle);
  const without = world.crash({ behaviours: {}, definitions: {} } as never);
  await expect(without.until(without.runtime.runs.approve(handle.id))).rejects.toMatchObject({
    code: "RESUME_INCOMPATIBLE",
    message: expect.stringContaining("'send' is not registered"),
  });
  const back = without.crash({
    behaviours: { send: () => 1 },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
  } as never);
  await back.until(back.runtime.runs.approve(handle.id));
  expect(await back.until(back.runtime.runs.settled(handle.id))).toMatchObject({ status: "completed" });
});

describe("two processes", () => {
  test("a live owner cannot be taken over, and takes words from other processes", async () => {
    const world = createWorld({
      behaviours: { send: () => 1 },
      definitions: { send: { effect: "irreversible", idempotency: "none" } },
    });
    const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
    await world.result(handle);
    const other = world.another();
    await expect(other.until(other.runtime.runs.answer(handle.id, "x"))).rejects.toMatchObject({
      code: "RUN_NOT_WAITING",
    });
    await other.until(other.runtime.runs.approve(handle.id));
    expect(await world.result(handle)).toMatchObject({ status: "completed" });
    expect(world.calls).toHaveLength(1);
    expect(statuses(await other.runtime.runs.get(handle.id))).toEqual({ s: "completed" });
  });

  test("closing parks a running run, and another process completes it", async () => {
    const world = hangingWorld("pure");
    const { id } = await world.runtime.start({ goal: "test", plan: plan(steps) });
    await world.clock.advanceAsync(10);
    await world.until(world.runtime.close());
    hang.isOn = false;
    const next = world.another();
    expect(await next.runtime.runs.get(id)).toMatchObject({ status: "interrupted" });
    expect(await next.result(await next.until(next.runtime.resume(id)))).toMatchObject({ status: "completed" });
  });

  test("an idempotency key gives the same run, another request is a conflict", async () => {
    const world = createWorld();
    const request = { goal: "test", plan: plan(steps.slice(0, 1)), idempotencyKey: "k1" };
    const handles = await Promise.all(Array.from({ length: 20 }, () => world.runtime.start(request)));
    expect(new Set(handles.map(({ id }) => id)).size).toBe(1);
    await world.result(handles[0] as never);
    await expect(world.until(world.runtime.start({ ...request, goal: "other" }))).rejects.toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
    });
    const next = world.crash();
    expect((await next.until(next.runtime.start(request))).id).toBe(handles[0]?.id);
    expect(world.calls).toHaveLength(1);
  });
});

describe("parking", () => {
  test("a call that must not be repeated may end within the grace period, and is not repeated", async () => {
    const world = createWorld({
      behaviours: { slow: async () => sleep(world.clock, 1_500) },
      definitions: { slow: { idempotency: "none" } },
    });
    const { id } = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "slow", input: {} }]) });
    await world.clock.advanceAsync(10);
    await world.until(world.runtime.close());
    const next = world.another();
    expect(await next.result(await next.until(next.runtime.resume(id)))).toMatchObject({ status: "completed" });
    expect(world.calls).toHaveLength(1);
  });
});

describe("damage", () => {
  test("a run whose journal is damaged is listed with its error and hides no other run", async () => {
    const world = createWorld();
    const bad = await world.apply([{ id: "a", tool: "echo", input: {} }]);
    const good = await world.apply([{ id: "a", tool: "echo", input: {} }]);
    const lines = world.data.runs.get(bad.id)?.files[0] ?? [];
    lines[1] = lines[1]?.replace("run.started", "run.startef") ?? "";
    const { items } = await world.another().runtime.runs.list();
    expect(items.map(({ id, status, error }) => [id, status, error?.code])).toEqual([
      [good.id, "completed", undefined],
      [bad.id, "failed", "JOURNAL_CORRUPT"],
    ]);
  });
});
