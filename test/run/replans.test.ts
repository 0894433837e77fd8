/** What later plans do to the steps of earlier ones (KERNEL 7 to 9, SAFETY R3, R4). */
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
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

describe("plans that drop what still runs (KERNEL 7, 14)", () => {
  /** Plan 1: `n` (none) is cut off by a crash, `f` fails; the planner is asked while a person answers for `n`. */
  async function droppedWhileRunning(idempotency: "pure" | "key" | "none", second: JsonValue) {
    let answerPlanner = (): void => {};
    let isFirst = true;
    const isFlaky = idempotency === "key";
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
      long: () => new Promise((resolve) => world.clock.setTimer(5_000, () => resolve(1))),
      slow: () =>
        new Promise((resolve, reject) =>
          world.clock.setTimer(1_000, () => (isFlaky ? reject(transient("busy")) : resolve(1))),
        ),
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

  test("a dropped call that fails is not tried again", async () => {
    const { world, id } = await droppedWhileRunning("key", plan([{ id: "z", tool: "long", input: {} }]));
    expect(await world.until(world.runtime.runs.settled(id))).toMatchObject({ status: "completed" });
    expect(world.calls.filter(({ context }) => context.step === "r")).toHaveLength(1);
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
