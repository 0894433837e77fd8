/** Promises of KERNEL.md and SAFETY.md that are easy to break: each test names the rule it holds. */
import { describe, expect, test } from "vitest";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { hashJson } from "../../src/shared/hash.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, statuses, type World } from "./run-world.ts";

const plan = (steps: object[], rest: object = {}) =>
  ({ kind: "plan", rationale: "test", steps, ...rest }) as unknown as JsonValue;
const ref = (path: string) => ({ ref: path });

/** Leaves of a run's journal what a crash right after that entry would leave. */
function cutAfter(world: World, run: string, kind: string): void {
  const lines = world.data.runs.get(run)?.files.at(-1) ?? [];
  const place = lines.findIndex((line) => line.includes(`"kind":"${kind}"`));
  lines.length = place + 1;
}

async function eventsOf(world: World, run: string) {
  const events = [];
  for await (const event of world.runtime.runs.events(run)) events.push(event);
  return events;
}

describe("cancel (R10, R11)", () => {
  test("a run ends once, however close a cancel is to its end", async () => {
    for (let delay = 0; delay < 45; delay += 2) {
      const world = createWorld();
      const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "a", tool: "echo", input: {} }]) });
      for (let turn = 0; turn < delay; turn++) await null;
      await world.until(handle.cancel().catch(() => {}));
      await world.result(handle);
      const ends = (await eventsOf(world, handle.id)).filter(({ kind }) => kind === "run.ended");
      expect(ends).toHaveLength(1);
    }
  });

  test("no planner is called once a cancel was acknowledged", async () => {
    for (let delay = 0; delay < 45; delay += 2) {
      let isAcknowledged = false;
      let lateCalls = 0;
      const answer = () => {
        if (isAcknowledged) lateCalls += 1;
        return plan([]);
      };
      const world = createWorld({ planner: createScriptedPlanner([answer as ScriptedAnswer]) });
      const handle = await world.runtime.start({ goal: "test" });
      for (let turn = 0; turn < delay; turn++) await null;
      const acknowledged = handle.cancel().then(
        () => {
          isAcknowledged = true;
        },
        () => {},
      );
      await world.until(acknowledged);
      await world.clock.advanceAsync(10);
      expect(lateCalls).toBe(0);
    }
  });
});

describe("what the planner was asked can be asked again", () => {
  test("the journalled hash is that of the request that was sent", async () => {
    const planner = createScriptedPlanner([
      plan([{ id: "a", tool: "wait", input: {} }], { then: "replan" }),
      "nonsense",
      { kind: "finish", rationale: "r", output: 1 },
    ]);
    const world: World = createWorld({
      planner,
      behaviours: { wait: () => new Promise((resolve) => world.clock.setTimer(1_700, () => resolve(1))) },
    });
    const result = await world.run({ goal: "test" });
    const requested = (await eventsOf(world, result.id)).filter(({ kind }) => kind === "decision.requested");
    const sent = planner.requests.map((request: PlanningRequest) => hashJson(request));
    expect(requested.map(({ data }) => (data as { requestHash: string }).requestHash)).toEqual(sent);
  });
});

test("a large request is asked again as it was after a crash", async () => {
  const requests: PlanningRequest[] = [];
  const planner = {
    name: "slow",
    plan: async (request: PlanningRequest) => {
      requests.push(request);
      if (requests.length === 1) await new Promise(() => {});
      return { raw: { kind: "finish", rationale: "r", output: 1 } };
    },
  };
  const world = createWorld({ planner });
  const { id } = await world.runtime.start({ goal: "test", params: { big: "x".repeat(100_000) } });
  await world.clock.advanceAsync(10);
  const next = world.crash();
  await next.result(await next.until(next.runtime.resume(id)));
  expect(requests).toHaveLength(2);
  expect(requests[1]).toEqual(requests[0]);
});

describe("a held run (KERNEL 13)", () => {
  test("starts no planner until a person resumes it", async () => {
    let calls = 0;
    let isStuck = true;
    const planner = {
      name: "stuck",
      plan: async () => {
        calls += 1;
        if (isStuck) await new Promise(() => {});
        return { raw: { kind: "finish", rationale: "r", output: 1 } };
      },
    };
    let world = createWorld({ planner });
    const { id } = await world.runtime.start({ goal: "test" });
    await world.clock.advanceAsync(10);
    for (let owner = 0; owner < 2; owner++) {
      world = world.crash();
      await world.until(world.runtime.resume(id));
      await world.clock.advanceAsync(10);
    }
    expect(calls).toBe(3);
    world = world.crash();
    const held = await world.result(await world.until(world.runtime.resume(id)));
    expect(held).toMatchObject({ status: "waiting", waiting: { reason: "needs-attention" } });
    expect(calls).toBe(3);
    isStuck = false;
    const handle = await world.until(world.runtime.resume(id));
    expect(await world.result(handle)).toMatchObject({ status: "completed", output: 1 });
    expect(calls).toBe(4);
  });

  test("that is resumed while an approval is open says that it waits for it, and its time stands still", async () => {
    const options = {
      behaviours: { send: () => 1, hang: () => new Promise(() => {}) },
      definitions: { send: { effect: "irreversible", idempotency: "none" } },
    } as never;
    let world = createWorld(options);
    const steps = [
      { id: "s", tool: "send", input: {} },
      { id: "h", tool: "hang", input: {} },
    ];
    const { id } = await world.runtime.start({ goal: "test", plan: plan(steps), budget: { maxSeconds: 5 } });
    await world.clock.advanceAsync(10);
    for (let owner = 0; owner < 3; owner++) {
      world = world.crash(owner === 2 ? ({ behaviours: { send: () => 1, hang: () => 1 } } as never) : {});
      await world.until(world.runtime.resume(id));
      await world.clock.advanceAsync(10);
    }
    expect(await world.runtime.runs.get(id)).toMatchObject({ waiting: { reason: "needs-attention" } });
    const handle = await world.until(world.runtime.resume(id));
    await world.clock.advanceAsync(60_000);
    expect(await world.runtime.runs.get(id)).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    await world.until(handle.approve());
    expect(await world.result(handle)).toMatchObject({ status: "completed" });
  });
});

describe("a run comes to an end or says what it waits for (R6)", () => {
  test("also where tools that never end hold every place", async () => {
    const world = createWorld({ behaviours: { hang: () => new Promise(() => {}) }, limits: { parallelSteps: 2 } });
    const items = [1, 2];
    const each = { id: "each", tool: "hang", input: { i: ref("item") }, forEach: { items, max: 3 } };
    const result = await world.apply([each]);
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TIME" } });
  });

  test("also where the run had waited for a person before, who has decided since", async () => {
    const world = createWorld({
      limits: { parallelSteps: 1 },
      behaviours: { hang: () => new Promise(() => {}), send: () => ({}) },
      definitions: {
        hang: { timeoutMs: 100, idempotency: "key" },
        send: { effect: "irreversible", idempotency: "none" },
      },
    });
    const steps = [
      { id: "s", tool: "send", input: {}, onFailure: "skip" },
      { id: "h", tool: "hang", input: {} },
    ];
    const handle = await world.runtime.start({ goal: "test", plan: plan(steps), budget: { maxSeconds: 20 } });
    expect(await world.result(handle)).toMatchObject({ waiting: { reason: "approval" } });
    await world.until(handle.reject());
    const result = await world.result(handle);
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TIME" } });
  });

  test("also where a crash came between a person's word and what follows from it", async () => {
    const words = { approve: "completed", reject: "failed" } as const;
    for (const [word, status] of Object.entries(words) as [keyof typeof words, string][]) {
      const options = {
        behaviours: { send: () => 1 },
        definitions: { send: { effect: "irreversible", idempotency: "none" } },
      } as never;
      const world = createWorld(options);
      const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
      await world.result(handle);
      await world.until(handle[word]());
      await world.result(handle);
      cutAfter(world, handle.id, word === "approve" ? "approval.granted" : "approval.denied");
      const next = world.crash();
      expect(await next.runtime.runs.get(handle.id)).toMatchObject({ status: "interrupted" });
      const resumed = await next.until(next.runtime.resume(handle.id));
      expect(await next.result(resumed)).toMatchObject({ status });
    }
  });
});

test("an approval is for one version of the tool: after an update it is asked for again (SAFETY, rule 4)", async () => {
  const options = (version: string) =>
    ({
      behaviours: { send: () => 1 },
      definitions: { send: { effect: "irreversible", idempotency: "none", version } },
    }) as never;
  const world = createWorld(options("1.0"));
  const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
  await world.result(handle);
  await world.until(handle.approve());
  await world.result(handle);
  cutAfter(world, handle.id, "approval.granted");
  const before = world.calls.length;
  const next = world.crash(options("1.1"));
  const waiting = await next.result(await next.until(next.runtime.resume(handle.id)));
  expect(waiting).toMatchObject({ status: "waiting", waiting: { approvals: [{ toolVersion: "1.1" }] } });
  expect(next.calls).toHaveLength(before);
});

test("a call whose outcome is unknown is not repeated under another id without an approval (KERNEL 14)", async () => {
  const call = (id: string) => plan([{ id, tool: "note", input: { x: 1 } }]);
  const options = (answers: JsonValue[]) =>
    ({
      planner: createScriptedPlanner(answers),
      behaviours: { note: () => new Promise(() => {}) },
      definitions: { note: { effect: "write", idempotency: "none" } },
    }) as never;
  const world = createWorld(options([call("a")]));
  const { id } = await world.runtime.start({ goal: "test" });
  await world.clock.advanceAsync(10);
  const next = world.crash(options([call("b")]));
  await next.result(await next.until(next.runtime.resume(id)));
  const waiting = await next.result(await next.until(next.runtime.resume(id)));
  expect(waiting).toMatchObject({ waiting: { approvals: [{ step: "b", rule: "default.unknown-outcome" }] } });
  expect(next.calls).toHaveLength(1);
});

test("an attempt that a crash cut off uses up no retry (KERNEL 13)", async () => {
  let calls = 0;
  const work = () => {
    calls += 1;
    if (calls <= 2) return new Promise(() => {});
    if (calls <= 4) throw transient("busy");
    return calls;
  };
  let world = createWorld({ behaviours: { work } });
  const { id } = await world.runtime.start({ goal: "test", plan: plan([{ id: "a", tool: "work", input: {} }]) });
  for (let owner = 0; owner < 2; owner++) {
    await world.clock.advanceAsync(10);
    world = world.crash();
    await world.until(world.runtime.resume(id));
  }
  expect(await world.until(world.runtime.runs.settled(id))).toMatchObject({ status: "completed", output: { a: 5 } });
});

test("a forEach whose default is absent too is skipped, like any other step (KERNEL 9)", async () => {
  const unmet = { id: "u", tool: "echo", input: {}, when: { ref: "goal", is: "other" } };
  const value = { ref: "u.v", default: { ref: "u.w" } };
  const each = { id: "each", tool: "echo", input: { value }, forEach: { items: [1, 2], max: 2 } };
  const result = await createWorld().apply([unmet, each, { id: "plain", tool: "echo", input: { value } }]);
  expect(statuses(result)).toEqual({ u: "unmet", each: "skipped", plain: "skipped" });
});

test("a run whose approval ran out while nobody drove it can be resumed", async () => {
  const options = {
    behaviours: { send: () => 1 },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
    limits: { approvalTtlMs: 1_000 },
  } as never;
  const world = createWorld(options);
  const { id } = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
  await world.clock.advanceAsync(10);
  const next = world.crash();
  await expect(next.until(next.runtime.resume(id))).rejects.toMatchObject({ code: "RUN_NOT_WAITING" });
  await next.clock.advanceAsync(2_000);
  await expect(next.until(next.runtime.runs.approve(id))).rejects.toMatchObject({ code: "APPROVAL_EXPIRED" });
  const handle = await next.until(next.runtime.resume(id));
  expect(await next.result(handle)).toMatchObject({ status: "failed", error: { code: "APPROVAL_EXPIRED" } });
});

test("an approval that was given does not expire afterwards", async () => {
  const world: World = createWorld({
    limits: { approvalTtlMs: 1_000, toolTimeoutMs: 60_000 },
    behaviours: { send: () => new Promise((resolve) => world.clock.setTimer(5_000, () => resolve(1))) },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
  });
  const handle = await world.runtime.start({ goal: "test", plan: plan([{ id: "s", tool: "send", input: {} }]) });
  await world.result(handle);
  await world.until(handle.approve());
  expect(await world.result(handle)).toMatchObject({ status: "completed" });
  const kinds = (await eventsOf(world, handle.id)).map(({ kind }) => kind);
  expect(kinds).not.toContain("approval.expired");
});
