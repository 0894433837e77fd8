import { describe, expect, test } from "vitest";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
import { planOf, stepOf } from "../fixtures/plans.ts";
import { createWorld, sleep, statuses } from "./run-world.ts";

const ref = (path: string) => ({ ref: path });

/** Fails `times` times, then returns its input. */
function flaky(times: number, error: () => unknown) {
  let left = times;
  return (input: object) => {
    if (left-- > 0) throw error();
    return input;
  };
}

describe("retries", () => {
  test("a transient failure is tried up to three times with growing pauses and the same key", async () => {
    const world = createWorld({ behaviours: { flaky: flaky(2, () => transient("busy")) } });
    const result = await world.apply([stepOf("a", "flaky")]);
    expect(result.status).toBe("completed");
    expect(result.steps[0]).toMatchObject({ attempts: 3, status: "completed", error: null });
    expect(new Set(world.calls.map(({ context }) => context.idempotencyKey)).size).toBe(1);
    const [first = 0, second = 0, third = 0] = world.calls.map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(100);
    expect(third - second).toBeGreaterThanOrEqual(200);
  });

  test("the third transient failure is final", async () => {
    const world = createWorld({ behaviours: { flaky: flaky(9, () => transient("busy")) } });
    const result = await world.apply([stepOf("a", "flaky")]);
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "TOOL_TRANSIENT", stepId: "a", retryable: "backoff" },
    });
    expect(world.calls).toHaveLength(3);
  });

  test("a permanent failure is not tried again", async () => {
    const world = createWorld({ behaviours: { flaky: flaky(1, () => new Error("wrong")) } });
    const result = await world.apply([stepOf("a", "flaky")]);
    expect(result.error).toMatchObject({ code: "TOOL_PERMANENT", message: expect.stringContaining("wrong") });
    expect(world.calls).toHaveLength(1);
  });

  test("a tool that must not be called twice is never tried again, not even after a transient failure", async () => {
    const world = createWorld({
      behaviours: { send: flaky(1, () => transient("busy")) },
      definitions: { send: { idempotency: "none" } },
    });
    const result = await world.apply([stepOf("a", "send")]);
    expect(result.error?.code).toBe("TOOL_TRANSIENT");
    expect(world.calls).toHaveLength(1);
  });

  test("while only a retry is left the run shows as waiting until its time", async () => {
    const world = createWorld({ behaviours: { flaky: flaky(1, () => transient("busy", { retryAfterMs: 60_000 })) } });
    const handle = await world.runtime.start({ goal: "test", plan: planOf([stepOf("a", "flaky")]) });
    await world.clock.advanceAsync(1_000);
    const waiting = await world.runtime.runs.get(handle.id);
    expect(waiting).toMatchObject({ status: "waiting", waiting: { reason: "retry-at", until: expect.any(String) } });
    expect((await world.result(handle)).status).toBe("completed");
  });
});

describe("tools that misbehave", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const cases: [string, () => unknown, string][] = [
    [
      "throws a string",
      () => {
        throw "oops";
      },
      "TOOL_PERMANENT",
    ],
    [
      "throws nothing",
      () => {
        throw undefined;
      },
      "TOOL_PERMANENT",
    ],
    [
      "throws an object that cannot be read",
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error("no");
            },
          },
        );
      },
      "TOOL_PERMANENT",
    ],
    ["rejects", () => Promise.reject(new Error("later")), "TOOL_PERMANENT"],
    ["returns a cycle", () => cycle, "TOOL_INVALID_OUTPUT"],
    ["returns a BigInt", () => ({ n: 10n }), "TOOL_INVALID_OUTPUT"],
    ["returns lists nested 4,000 deep", () => JSON.parse("[".repeat(4_000) + "]".repeat(4_000)), "TOOL_INVALID_OUTPUT"],
    ["returns 100 MB", () => "x".repeat(100 * 1024 * 1024), "TOOL_OUTPUT_TOO_LARGE"],
    ["never returns", () => new Promise(() => {}), "TOOL_TIMEOUT"],
  ];
  test.each(cases)("a tool that %s ends in its typed error, and other steps go on", async (_name, behave, code) => {
    const world = createWorld({ behaviours: { bad: behave } });
    const result = await world.apply([{ id: "bad", tool: "bad", input: {}, onFailure: "skip" }, stepOf("good")]);
    expect(result.status).toBe("completed");
    expect(statuses(result)).toEqual({ bad: "failed", good: "completed" });
    expect(result.steps[0]?.error).toMatchObject({
      code,
      stepId: "bad",
      runId: result.id,
      hint: expect.stringMatching(/\w/),
    });
  });

  test("undefined is null, and what JSON drops is dropped before anyone reads it", async () => {
    const world = createWorld({
      behaviours: { odd: () => ({ a: undefined, b: Number.NaN, c: new Date(0) }), none: () => undefined },
    });
    const result = await world.apply([
      { id: "odd", tool: "odd", input: {} },
      { id: "none", tool: "none", input: {} },
    ]);
    expect(result.output).toEqual({ odd: { b: null, c: "1970-01-01T00:00:00.000Z" }, none: null });
  });

  test("a timeout aborts the tool's signal", async () => {
    let isAborted = false;
    const world = createWorld({
      limits: { toolTimeoutMs: 50 },
      behaviours: {
        stuck: (_, { signal }) =>
          new Promise(() =>
            signal.addEventListener("abort", () => {
              isAborted = true;
            }),
          ),
      },
      definitions: { stuck: { idempotency: "none" } },
    });
    const result = await world.apply([stepOf("a", "stuck")]);
    expect(result.error?.code).toBe("TOOL_TIMEOUT");
    expect(isAborted).toBe(true);
  });

  test("an output over 64 KiB becomes a blob and reads the same", async () => {
    const text = "é".repeat(100_000);
    const world = createWorld({ behaviours: { big: () => ({ text }) } });
    const result = await world.apply(
      [
        { id: "big", tool: "big", input: {} },
        { id: "read", tool: "echo", input: { t: ref("big.text") } },
      ],
      { output: ref("read.t") },
    );
    expect(result.output).toBe(text);
  });

  test("input and output that do not fit their schemas are refused", async () => {
    const world = createWorld({
      behaviours: { strict: () => ({ n: "no number" }) },
      definitions: { strict: { outputSchema: { type: "object", properties: { n: { type: "number" } } } } },
    });
    const result = await world.apply([stepOf("a", "strict")]);
    expect(result.error).toMatchObject({ code: "TOOL_INVALID_OUTPUT", stepId: "a" });
  });
});

describe("replans", () => {
  test("finished steps stay, the failed one is replaced and the planner is asked once with all failures", async () => {
    const planner = createScriptedPlanner([
      planOf([stepOf("a"), stepOf("b", "fail"), stepOf("c", "fail")]),
      planOf([stepOf("a"), stepOf("d", "echo", { input: { x: ref("a.id") } })], { output: ref("d.x") }),
    ]);
    const world = createWorld({
      planner,
      behaviours: {
        fail: () => {
          throw new Error("no");
        },
      },
    });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: "a", decisions: 2, replans: 1 });
    expect(world.calls.filter(({ context }) => context.step === "a")).toHaveLength(1);
    expect(planner.requests[1]).toMatchObject({ n: 2, cause: "step-failed" });
    expect(planner.requests[1]?.history.map(({ step: id, status }) => [id, status])).toEqual([
      ["a", "completed"],
      ["b", "failed"],
      ["c", "failed"],
    ]);
    expect(statuses(result)).toEqual({ a: "completed", b: "failed", c: "failed", d: "completed" });
  });

  test("running steps finish and ready reads go on before the planner is asked; nothing with effects starts", async () => {
    const order: string[] = [];
    const planner = createScriptedPlanner([
      (request) => {
        order.push(`plan ${request.n}`);
        return planOf([
          stepOf("bad", "fail"),
          stepOf("slow", "slow"),
          stepOf("read", "read", { after: ["slow"] }),
          stepOf("write", "write", { after: ["slow"] }),
        ]);
      },
      (request) => {
        order.push(`plan ${request.n}`);
        return planOf([], { output: 1 });
      },
    ]);
    const world = createWorld({
      planner,
      definitions: { write: { effect: "write", idempotency: "key" } },
      behaviours: {
        fail: () => {
          throw new Error("no");
        },
        slow: async (_, { signal }) => {
          await sleep(world.clock, 100, signal);
          order.push("slow");
        },
        read: () => {
          order.push("read");
        },
        write: () => {
          order.push("write");
        },
      },
    });
    const result = await world.run({ goal: "test" });
    expect(result.status).toBe("completed");
    expect(order).toEqual(["plan 1", "slow", "read", "plan 2"]);
  });

  test("a failed step that is named again unchanged runs again", async () => {
    const planner = createScriptedPlanner([
      planOf([stepOf("a", "flaky")]),
      planOf([stepOf("a", "flaky")], { output: ref("a.id") }),
    ]);
    const world = createWorld({ planner, behaviours: { flaky: flaky(1, () => new Error("once")) } });
    expect(await world.run({ goal: "test" })).toMatchObject({ status: "completed", output: "a", replans: 1 });
    expect(world.calls.map(({ context }) => context.attempt)).toEqual([1, 2]);
  });

  test("the same failing plan for ever ends in PLAN_STUCK", async () => {
    const planner = createScriptedPlanner(Array.from({ length: 9 }, () => planOf([stepOf("a", "fail")])));
    const world = createWorld({
      planner,
      behaviours: {
        fail: () => {
          throw new Error("no");
        },
      },
    });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", error: { code: "PLAN_STUCK" } });
    expect(planner.requests.length).toBeLessThanOrEqual(3);
  });

  test("replanning with nothing to do is stuck, too", async () => {
    const planner = createScriptedPlanner(Array.from({ length: 9 }, () => planOf([], { then: "replan" })));
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result.error?.code).toBe("PLAN_STUCK");
    expect(planner.requests).toHaveLength(2);
  });

  test("then: replan asks again with what is known, and the third plan uses outputs of the first", async () => {
    const planner = createScriptedPlanner([
      planOf([stepOf("a")], { then: "replan" }),
      planOf([stepOf("b")], { then: "replan" }),
      planOf([stepOf("c", "echo", { input: { x: ref("a.id"), y: ref("b.id") } })], { output: ref("c") }),
    ]);
    const world = createWorld({ planner });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: { x: "a", y: "b" }, decisions: 3, replans: 2 });
    expect(planner.requests.map(({ cause }) => cause)).toEqual(["start", "then-replan", "then-replan"]);
    expect(result.plan?.revision).toBe(3);
  });

  test("an id that is used again with another definition is PLAN_ID_REUSED and can be repaired", async () => {
    const planner = createScriptedPlanner([
      planOf([stepOf("a")], { then: "replan" }),
      planOf([stepOf("a", "echo", { input: { other: 1 } })]),
      planOf([stepOf("b")], { output: 1 }),
    ]);
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", decisions: 2 });
    expect(planner.requests[2]).toMatchObject({ n: 2, attempt: 2, issues: [{ code: "PLAN_ID_REUSED" }] });
  });

  test("a planner that never learns fails with its first issue after two repairs", async () => {
    const planner = createScriptedPlanner(Array.from({ length: 9 }, () => planOf([stepOf("a", "nosuch")])));
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", error: { code: "PLAN_UNKNOWN_TOOL" } });
    expect(result.error?.issues).not.toHaveLength(0);
    expect(planner.requests.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test("a planner that throws fails the run with its code", async () => {
    const planner = createScriptedPlanner([new Error("broken")]);
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "INTERNAL", message: expect.stringContaining("broken") },
    });
  });

  test("a planner that returns nothing at all has answered nothing", async () => {
    const planner = { name: "empty", plan: async () => undefined as never };
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", error: { category: "plan" } });
  });

  test("abandoning ends the run as failed with the reason", async () => {
    const planner = createScriptedPlanner([{ kind: "abandon", rationale: "r", reason: "cannot be done" }]);
    const result = await createWorld({ planner }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", reason: "cannot be done", error: { code: "PLAN_ABANDONED" } });
  });

  test("an output that does not fit the request's schema is a reason to replan", async () => {
    const planner = createScriptedPlanner([
      planOf([stepOf("a")], { output: ref("a.id") }),
      { kind: "finish", rationale: "r", output: 7 },
    ]);
    const result = await createWorld({ planner }).run({ goal: "test", output: { type: "number" } as never });
    expect(result).toMatchObject({ status: "completed", output: 7 });
    expect(planner.requests[1]).toMatchObject({ cause: "output-invalid", issues: [{ code: "OUTPUT_INVALID" }] });
  });
});
