/** Promises of KERNEL.md and SAFETY.md that are easy to break: each test names the rule it holds. */
import { describe, expect, test } from "vitest";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { hashJson } from "../../src/shared/hash.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { createWorld, statuses, type World } from "./run-world.ts";

const plan = (steps: object[], rest: object = {}) =>
  ({ kind: "plan", rationale: "test", steps, ...rest }) as unknown as JsonValue;
const ref = (path: string) => ({ ref: path });
const fail = (): never => {
  throw new Error("no");
};
const failing = { id: "a", tool: "fail", input: {} };

function planned(answers: ScriptedAnswer[], options: Parameters<typeof createWorld>[0] = {}): World {
  const planner = createScriptedPlanner(answers, { visibility: "shape" });
  return createWorld({ planner, ...options, behaviours: { fail, ...options.behaviours } });
}

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

describe("what a new plan may say of a failed step that it drops (KERNEL 7, 9)", () => {
  const readers = {
    after: { id: "b", tool: "echo", input: { x: 1 }, after: ["a"] },
    default: { id: "b", tool: "echo", input: { x: { ref: "a.x", default: 1 } } },
    status: { id: "b", tool: "echo", input: { x: 1 }, when: { ref: "status.a", is: "failed" } },
  };
  test.each(Object.entries(readers))("a step that reads it by %s runs", async (_, reader) => {
    const world = planned([plan([failing]), plan([reader], { output: ref("b.x") })]);
    expect(await world.run({ goal: "test" })).toMatchObject({ status: "completed", output: 1 });
  });

  test("the status of an unmet step that it drops is still known", async () => {
    const unmet = { id: "u", tool: "echo", input: {}, when: { ref: "goal", is: "other" } };
    const reader = { id: "b", tool: "echo", input: { x: 1 }, when: { ref: "status.u", is: "unmet" } };
    const world = planned([plan([unmet], { then: "replan" }), plan([reader], { output: ref("b.x") })]);
    expect(await world.run({ goal: "test" })).toMatchObject({ status: "completed", output: 1 });
  });
});

test("a dropped step does not come back under its id (KERNEL 7)", async () => {
  const other = { id: "b", tool: "echo", input: {} };
  const planner = createScriptedPlanner([
    plan([failing]),
    plan([other], { then: "replan" }),
    plan([failing], { output: ref("a") }),
    plan([{ ...failing, id: "a2", tool: "echo" }], { output: ref("a2") }),
  ]);
  const result = await planned([], { planner }).run({ goal: "test" });
  expect(planner.requests[3]).toMatchObject({ n: 3, attempt: 2, issues: [{ code: "PLAN_ID_REUSED" }] });
  expect(result).toMatchObject({ status: "completed", output: {} });
});

describe("completed is final, and none is at most once (R3, R4)", () => {
  test("a fan-out that is planned again runs only the elements that did not complete", async () => {
    let isBroken = true;
    const part = ({ i }: { i?: unknown }) => (i === 1 && isBroken ? fail() : { i });
    const each = { id: "each", tool: "part", input: { i: ref("item") }, forEach: { items: [0, 1, 2], max: 3 } };
    const answers = [
      plan([each]),
      () => {
        isBroken = false;
        return plan([each], { output: ref("each[*].i") });
      },
    ];
    const world = planned(answers as ScriptedAnswer[], { behaviours: { part } });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: [0, 1, 2] });
    expect(world.calls.map(({ context }) => context.index).sort()).toEqual([0, 1, 1, 2]);
  });

  test("a failed call that must not be repeated is not repeated by a plan that names it again", async () => {
    const step = { id: "s", tool: "send", input: {} };
    const world = planned([plan([step]), plan([step]), plan([step]), plan([step]), plan([step])], {
      behaviours: { send: fail },
      definitions: { send: { idempotency: "none", effect: "write" } },
    });
    const result = await world.run({ goal: "test" });
    expect(result.status).toBe("failed");
    expect(world.calls).toHaveLength(1);
  });
});

describe("cancel (R10, R11)", () => {
  test("a run ends once, however close a cancel is to its end", async () => {
    for (let delay = 0; delay < 60; delay++) {
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
    for (let delay = 0; delay < 60; delay++) {
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
    const items = [1, 2, 3];
    const each = { id: "each", tool: "hang", input: { i: ref("item") }, forEach: { items, max: 3 } };
    const result = await world.apply([each]);
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

describe("steps that settle anew", () => {
  test("a reader of a failed step that is planned again waits for it", async () => {
    let isBroken = true;
    const maybe = async () =>
      isBroken ? fail() : new Promise((resolve) => world.clock.setTimer(100, () => resolve({ x: 2 })));
    const a = { id: "a", tool: "maybe", input: {}, onFailure: "skip" };
    const b = { id: "b", tool: "write", input: { x: { ref: "a.x", default: 1 } } };
    const f = { id: "f", tool: "fail", input: {} };
    const second = () => {
      isBroken = false;
      return plan([a, b], { output: ref("b.x") });
    };
    const world: World = planned([plan([f, a, b]), second as ScriptedAnswer], {
      behaviours: { fail, maybe, write: (input) => input },
      definitions: { write: { effect: "write", idempotency: "key" }, maybe: { derive: "inputs" } },
    });
    expect(await world.run({ goal: "test" })).toMatchObject({ status: "completed", output: 2 });
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
});

describe("plans that drop what still runs (KERNEL 7, 14)", () => {
  /** Plan 1: `n` (none) is cut off by a crash, `f` fails; the planner is asked while a person answers for `n`. */
  async function droppedWhileRunning(idempotency: "pure" | "none", second: JsonValue) {
    let answerPlanner = (): void => {};
    let isFirst = true;
    const first = plan([
      { id: "n", tool: "note", input: {} },
      { id: "r", tool: "slow", input: { x: ref("n.x") } },
      { id: "g", tool: "gate", input: {} },
      { id: "f", tool: "fail", input: { x: ref("g.ok") } },
    ]);
    const planner = {
      name: "slow",
      plan: async () => {
        if (isFirst) {
          isFirst = false;
          return { raw: first };
        }
        await new Promise<void>((resolve) => {
          answerPlanner = resolve;
        });
        return { raw: second };
      },
    };
    const behaviours = {
      note: () => new Promise(() => {}),
      gate: () => new Promise((resolve) => world.clock.setTimer(50, () => resolve({ ok: 1 }))),
      slow: () => new Promise((resolve) => world.clock.setTimer(1_000, () => resolve(1))),
      fail,
    };
    const definitions = { note: { idempotency: "none" }, slow: { idempotency } };
    let world = createWorld({ planner, behaviours, definitions } as never);
    const { id } = await world.runtime.start({ goal: "test" });
    await world.clock.advanceAsync(10);
    world = world.crash();
    await world.until(world.runtime.resume(id));
    await world.clock.advanceAsync(100);
    await world.until(world.runtime.runs.answer(id, { x: 1 }));
    await world.clock.advanceAsync(10);
    expect(statuses(await world.runtime.runs.get(id))).toMatchObject({ r: "running" });
    answerPlanner();
    await world.clock.advanceAsync(10);
    return { world, id };
  }

  test("a finish waits for the running call, so that its outcome is in the journal", async () => {
    const { world, id } = await droppedWhileRunning("none", { kind: "finish", rationale: "r", output: 1 });
    const result = await world.until(world.runtime.runs.settled(id));
    expect(result.status).toBe("completed");
    expect(statuses(result)).toMatchObject({ r: "completed" });
  });

  test.each(["pure", "none"] as const)(
    "a crash while the dropped call (%s) runs leaves nothing to wait for",
    async (kind) => {
      const second = plan([{ id: "z", tool: "echo", input: {} }]);
      const { world, id } = await droppedWhileRunning(kind, second);
      expect(statuses(await world.runtime.runs.get(id))).toMatchObject({ r: "running" });
      const before = world.calls.length;
      const next = world.crash();
      const handle = await next.until(next.runtime.resume(id));
      const result = await next.result(handle);
      expect(result).toMatchObject({ status: "completed" });
      expect(next.calls.slice(before).map(({ context }) => context.step)).not.toContain("r");
    },
  );
});
