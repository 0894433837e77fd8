/** What a run's rules do about failures, told as stories: the tool calls are counted, finished steps never run again. */
import { describe, expect, test } from "vitest";
import type { RecoveryRule } from "../../src/goal/run-rules.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, sleep, statuses, type World, type WorldOptions } from "./run-world.ts";

const ref = (path: string): { ref: string } => ({ ref: path });
const FETCH = { id: "fetch", tool: "fetch", input: {} };
const REPORT = { id: "report", tool: "echo", input: { of: ref("fetch.value") } };
const BEFORE = { id: "before", tool: "echo", input: { n: 1 } };

async function recover(
  recovery: RecoveryRule[],
  { steps = [BEFORE, FETCH, REPORT], ...options }: WorldOptions & { steps?: object[] } = {},
): Promise<{ world: World; result: RunResult }> {
  const world = createWorld(options);
  const result = await world.apply(steps, { request: { rules: { recovery } } });
  return { world, result };
}

function countCalls(world: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { tool } of world.calls) counts[tool] = (counts[tool] ?? 0) + 1;
  return counts;
}

async function kindsOf(world: World, result: RunResult): Promise<string[]> {
  const kinds: string[] = [];
  for await (const event of world.runtime.runs.events(result.id)) kinds.push(event.kind);
  return kinds;
}

const broken = { fetch: () => Promise.reject(new Error("no such host")) };

describe("a step fails, and the first rule that fits says what follows", () => {
  test("retry: a failure that the tool itself would not try again is tried again, with growing pauses", async () => {
    let calls = 0;
    const behaviours = {
      fetch: () => {
        calls += 1;
        if (calls < 4) throw new Error("busy");
        return { value: "found" };
      },
    };
    const retry = { attempts: 5, baseMs: 1_000, maxMs: 60_000 };
    const { world, result } = await recover([{ on: "TOOL_PERMANENT", do: "retry", retry }], { behaviours });
    expect(result.status).toBe("completed");
    expect(countCalls(world)).toEqual({ echo: 2, fetch: 4 });
    const times = world.calls.filter(({ tool }) => tool === "fetch").map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((time, place) => time - (times[place] ?? 0));
    expect(pauses[0]).toBeLessThan(pauses[1] ?? 0);
    expect(pauses[1]).toBeLessThan(pauses[2] ?? 0);
  });

  test("retry: what must not be called twice is not; the next rule decides", async () => {
    const definitions = { fetch: { effect: "write" as const, idempotency: "none" as const } };
    const rules: RecoveryRule[] = [
      { on: "*", do: "retry" },
      { on: "*", do: "skip" },
    ];
    const { world, result } = await recover(rules, { behaviours: broken, definitions });
    expect(result.status).toBe("completed");
    expect(countCalls(world)).toEqual({ echo: 1, fetch: 1 });
    expect(statuses(result)).toEqual({ before: "completed", fetch: "failed", report: "skipped" });
  });

  test("retry, then fallback: attempts are used up before the next rule has its say", async () => {
    const rules: RecoveryRule[] = [
      { on: "tool", do: "retry", retry: { attempts: 2 } },
      { on: "tool", do: "fallback", value: { value: "from the cache" } },
    ];
    const { world, result } = await recover(rules, { behaviours: broken });
    expect(countCalls(world).fetch).toBe(2);
    expect(result.output).toEqual({ before: { n: 1 }, report: { of: "from the cache" } });
  });

  test("fallback to a value: readers go on as if the step had given it", async () => {
    const rules: RecoveryRule[] = [{ step: "fetch", on: "*", do: "fallback", value: { value: "none" } }];
    const { world, result } = await recover(rules, { behaviours: broken });
    expect(result).toMatchObject({ status: "completed", output: { report: { of: "none" } } });
    expect(await kindsOf(world, result)).toContain("recovery.applied");
    expect(result.steps.find(({ id }) => id === "fetch")).toMatchObject({ status: "completed", error: null });
  });

  test("fallback to a tool: it gets the same input, or one of its own, and stands in the result by its name", async () => {
    const behaviours = { ...broken, cache: (input: object) => ({ value: input }) };
    const steps = [BEFORE, { id: "fetch", tool: "fetch", input: { page: 7 }, after: ["before"] }, REPORT];
    const same = await recover([{ on: "*", do: "fallback", tool: "cache" }], { behaviours, steps });
    expect(same.result.output).toMatchObject({ report: { of: { page: 7 } } });
    expect(same.result.steps.find(({ id }) => id === "fetch")).toMatchObject({ tool: "cache", attempts: 2 });
    const own: RecoveryRule = { on: "*", do: "fallback", tool: "cache", input: { key: ref("before.n") } };
    const other = await recover([own], { behaviours, steps });
    expect(other.result.output).toMatchObject({ report: { of: { key: 1 } } });
  });

  test("fallback to a tool that fails, too: the rule after it decides, and no rule is asked twice", async () => {
    const behaviours = { ...broken, cache: () => Promise.reject(new Error("empty")) };
    const rules: RecoveryRule[] = [
      { on: "*", do: "fallback", tool: "cache" },
      { on: "*", do: "fallback", value: { value: "nothing" } },
    ];
    const { world, result } = await recover(rules, { behaviours });
    expect(result.output).toMatchObject({ report: { of: "nothing" } });
    expect(countCalls(world)).toMatchObject({ fetch: 1, cache: 1 });
  });

  test("fallback to a tool that was called already: not where that must not be called twice", async () => {
    const definitions = { fetch: { effect: "write" as const, idempotency: "none" as const } };
    const rules: RecoveryRule[] = [
      { on: "*", do: "fallback", tool: "fetch", input: { other: true } },
      { on: "*", do: "fallback", value: { value: "none" } },
    ];
    const { world, result } = await recover(rules, { behaviours: broken, definitions });
    expect(result.output).toMatchObject({ report: { of: "none" } });
    expect(countCalls(world).fetch).toBe(1);
  });

  test("fallback to a value: it is no more trusted than what the failed call was given", async () => {
    const definitions = { wipe: { effect: "write" as const, idempotency: "none" as const } };
    const behaviours = { ...broken, wipe: () => ({}) };
    const wipe = { id: "wipe", tool: "wipe", input: { of: ref("fetch.value") } };
    const recovery: RecoveryRule[] = [{ on: "*", do: "fallback", value: { value: "none" } }];
    const wipeAfter = (input: object): Promise<RunResult> => {
      const request = { rules: { recovery }, documents: [{ name: "d.md", text: "attacker text" }] };
      return createWorld({ behaviours, definitions }).apply([{ ...FETCH, input }, wipe], { request });
    };
    const untrusted = await wipeAfter({ of: ref("document.text") });
    expect(untrusted).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    expect(untrusted.waiting?.approvals[0]?.rule).toBe("default.untrusted-input");
    expect(await wipeAfter({ of: ref("goal") })).toMatchObject({ status: "completed" });
  });

  test.each(["cache", "fetch"])(
    "fallback to a tool, %s: an approval of the call that failed is none for it",
    async (tool) => {
      const irreversible = { effect: "irreversible" as const, idempotency: "key" as const };
      const world = createWorld({
        behaviours: { ...broken, cache: () => ({ value: "sent" }) },
        definitions: { fetch: irreversible, cache: irreversible },
      });
      const rules = { recovery: [{ on: "*", do: "fallback", tool }] };
      const asked = await world.apply([FETCH], { request: { rules } });
      expect(asked.waiting?.approvals).toMatchObject([{ tool: "fetch" }]);
      await world.until(world.runtime.runs.approve(asked.id));
      const again = await world.until(world.runtime.runs.settled(asked.id));
      expect(again.waiting?.approvals).toMatchObject([{ tool }]);
      expect(countCalls(world)).toEqual({ fetch: 1 });
    },
  );

  test("skip: the run goes on without the step and what needs it", async () => {
    const { result } = await recover([{ on: "TOOL_PERMANENT", do: "skip" }], { behaviours: broken });
    expect(result).toMatchObject({ status: "completed", output: { before: { n: 1 } } });
  });

  test("fail: the run ends with the step's error, although the step itself would be skipped", async () => {
    const steps = [{ ...FETCH, onFailure: "skip" }];
    const { result } = await recover([{ on: "*", do: "fail" }], { behaviours: broken, steps });
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT", stepId: "fetch" } });
  });

  test("no rule that fits: the step's own onFailure decides", async () => {
    const rules: RecoveryRule[] = [
      { step: "report", on: "*", do: "skip" },
      { on: "TOOL_TIMEOUT", do: "skip" },
    ];
    const { result } = await recover(rules, { behaviours: broken });
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT" } });
  });

  test("replan: the runtime's planner completes what the fixed plan could not, and keeps what was done", async () => {
    const planner = createScriptedPlanner([
      (request: PlanningRequest): JsonValue => {
        expect(request.cause).toBe("step-failed");
        expect(request.history.map(({ step, status }) => `${step} ${status}`)).toContain("before completed");
        return {
          kind: "plan",
          rationale: "another way",
          steps: [{ id: "guess", tool: "echo", input: { of: ref("before.n") } }],
          then: "finish",
        };
      },
    ]);
    const { world, result } = await recover([{ on: "*", do: "replan" }], { behaviours: broken, planner });
    expect(result).toMatchObject({ status: "completed", decisions: 2, replans: 1 });
    expect(result.output).toMatchObject({ guess: { of: 1 } });
    expect(countCalls(world)).toEqual({ echo: 2, fetch: 1 });
    const log = await world.runtime.runs.decisions(result.id);
    expect(log[1]).toMatchObject({ planner: "scripted", cause: "step-failed", diff: { added: ["guess"] } });
  });
});

describe("escalate: a person says what follows", () => {
  const escalate: RecoveryRule[] = [{ on: "*", do: "escalate" }];

  test("an answer takes the output's place, also from another process", async () => {
    const { world, result } = await recover(escalate, { behaviours: broken });
    expect(result).toMatchObject({ status: "waiting", waiting: { reason: "needs-attention" } });
    const next = world.crash();
    await next.until(next.runtime.runs.answer(result.id, { value: "by hand" }));
    expect(await next.until(next.runtime.runs.settled(result.id))).toMatchObject({
      status: "completed",
      output: { report: { of: "by hand" } },
    });
    expect(countCalls(world)).toEqual({ echo: 2, fetch: 1 });
  });

  test("resuming tries again what may be tried again", async () => {
    let isUp = false;
    const behaviours = { fetch: () => (isUp ? { value: "up" } : Promise.reject(new Error("down"))) };
    const { world, result } = await recover(escalate, { behaviours });
    expect(result.status).toBe("waiting");
    isUp = true;
    const handle = await world.until(world.runtime.resume(result.id));
    expect(await world.result(handle)).toMatchObject({ status: "completed", output: { report: { of: "up" } } });
  });

  test("resuming lets what must not be called twice fail", async () => {
    const definitions = { fetch: { effect: "write" as const, idempotency: "none" as const } };
    const { world, result } = await recover(escalate, { behaviours: broken, definitions });
    const handle = await world.until(world.runtime.resume(result.id));
    expect(await world.result(handle)).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT" } });
    expect(countCalls(world).fetch).toBe(1);
  });
});

describe("compensate: what was done is undone, newest first, and the run fails", () => {
  const write = { effect: "write" as const, idempotency: "key" as const };

  function booking(undone: string[], options: { slowMs?: number; failing?: string } = {}): WorldOptions {
    const compensate = (what: string) => ({
      ...write,
      compensate: ({ output }: { output: unknown }) => {
        if (options.failing === what) throw new Error("the desk is closed");
        undone.push(`${what} ${JSON.stringify(output)}`);
      },
    });
    return {
      behaviours: {
        flight: () => ({ code: "F1" }),
        hotel: () => ({ code: "H1" }),
        pay: () => Promise.reject(new Error("card refused")),
      },
      definitions: { flight: compensate("flight"), hotel: compensate("hotel"), pay: write },
    };
  }

  const steps = [
    { id: "flight", tool: "flight", input: {} },
    { id: "hotel", tool: "hotel", input: {}, after: ["flight"] },
    { id: "note", tool: "echo", input: {}, after: ["hotel"] },
    { id: "pay", tool: "pay", input: {}, after: ["note"] },
  ];

  test("a refused payment gives the hotel back, then the flight", async () => {
    const undone: string[] = [];
    const { world, result } = await recover([{ step: "pay", on: "*", do: "compensate" }], {
      ...booking(undone),
      steps,
    });
    expect(undone).toEqual(['hotel {"code":"H1"}', 'flight {"code":"F1"}']);
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT", stepId: "pay" } });
    expect(result.error?.message).toContain("Undone: hotel, flight.");
    const kinds = (await kindsOf(world, result)).filter((kind) => kind.startsWith("compensation."));
    expect(kinds).toEqual([
      "compensation.started",
      "compensation.completed",
      "compensation.started",
      "compensation.completed",
      "compensation.settled",
    ]);
  });

  test("what cannot be undone is named, and the rest is undone all the same", async () => {
    const undone: string[] = [];
    const rules: RecoveryRule[] = [{ on: "*", do: "compensate" }];
    const { result } = await recover(rules, { ...booking(undone, { failing: "hotel" }), steps });
    expect(undone).toEqual(['flight {"code":"F1"}']);
    expect(result.error?.message).toMatch(/Undone: flight\. Not undone: hotel \(TOOL_PERMANENT: .*the desk is closed/);
  });

  test("siblings that still run are waited for, and undone as well; nothing new starts", async () => {
    const undone: string[] = [];
    const options = booking(undone);
    const world = createWorld({
      ...options,
      behaviours: {
        ...options.behaviours,
        flight: async () => {
          await sleep(world.clock, 500);
          return { code: "F1" };
        },
      },
    });
    const parallel = [
      { id: "flight", tool: "flight", input: {} },
      { id: "later", tool: "echo", input: {}, after: ["flight"] },
      { id: "pay", tool: "pay", input: {} },
    ];
    const rules = { recovery: [{ on: "*", do: "compensate" }] };
    const result = await world.apply(parallel, { request: { rules } });
    expect(undone).toEqual(['flight {"code":"F1"}']);
    expect(countCalls(world)).toEqual({ flight: 1, pay: 1 });
    expect(result).toMatchObject({ status: "failed", error: { stepId: "pay" } });
  });

  /** The keys of the calls that undo, the first of which a crash cuts off, and how the run ends. */
  async function crashWhileUndoing(idempotency: "key" | "none"): Promise<{ keys: string[]; result: RunResult }> {
    const keys: string[] = [];
    let isStuck = true;
    const definitions = {
      flight: {
        ...write,
        idempotency,
        compensate: ({ context }: { context: { idempotencyKey: string } }) => {
          keys.push(context.idempotencyKey);
          return isStuck ? new Promise(() => {}) : null;
        },
      },
      pay: write,
    };
    const world = createWorld({ ...booking([]), definitions });
    const rules = { recovery: [{ on: "*", do: "compensate" as const }] };
    const plan = { kind: "plan", rationale: "", steps: [steps[0], { ...steps[3], after: ["flight"] }] };
    const handle = await world.until(world.runtime.start({ goal: "book", plan: plan as never, rules }));
    for (let turn = 0; turn < 50 && keys.length === 0; turn++) await world.clock.advanceAsync(1);
    expect(keys).toHaveLength(1);
    isStuck = false;
    const next = world.crash();
    const resumed = await next.until(next.runtime.resume(handle.id));
    const result = await next.result(resumed);
    expect(countCalls(world)).toEqual({ flight: 1, pay: 1 });
    return { keys, result };
  }

  test("a process that dies while it undoes: the next one goes on, with the same key", async () => {
    const { keys, result } = await crashWhileUndoing("key");
    expect(result).toMatchObject({ status: "failed", error: { stepId: "pay" } });
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("a process that dies while it undoes what must not be undone twice: nobody knows, and the error says so", async () => {
    const { keys, result } = await crashWhileUndoing("none");
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT", stepId: "pay" } });
    expect(result.error?.message).toContain("Not undone: flight (TOOL_OUTCOME_UNKNOWN:");
    expect(keys).toHaveLength(1);
  });
});

describe("retries and time limits of single steps", () => {
  test("a step's own retry policy takes the place of the tool's", async () => {
    let calls = 0;
    const behaviours = {
      fetch: () => {
        calls += 1;
        throw transient("busy");
      },
    };
    const world = createWorld({ behaviours });
    const fetch = { retry: { attempts: 5, backoff: "fixed", baseMs: 10, maxMs: 10, on: ["TOOL_TRANSIENT"] } };
    const result = await world.apply([FETCH], { request: { rules: { steps: { fetch } } } });
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_TRANSIENT" } });
    expect(calls).toBe(5);
    const times = world.calls.map(({ atMs }) => atMs);
    expect(times.slice(1).map((time, place) => time - (times[place] ?? 0))).toEqual([10, 10, 10, 10]);
  });

  test("a step's own time limit takes the place of the tool's", async () => {
    const world = createWorld({ behaviours: { fetch: () => new Promise(() => {}) } });
    const rules = { steps: { fetch: { timeoutMs: 50, retry: { attempts: 1 } } } };
    const result = await world.apply([FETCH], { request: { rules } });
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_TIMEOUT" } });
    expect(world.clock.monotonic()).toBeLessThan(1_000);
  });
});

test("each element of a forEach is recovered by itself", async () => {
  const behaviours = { fetch: (input: { n?: unknown }) => (input.n === 2 ? Promise.reject(new Error("no")) : input) };
  const each = { id: "each", tool: "fetch", input: { n: ref("item") }, forEach: { items: [1, 2, 3], max: 3 } };
  const { world, result } = await recover([{ on: "*", do: "fallback", value: { n: 0 } }], {
    behaviours,
    steps: [each],
  });
  expect(result).toMatchObject({ status: "completed", output: { each: [{ n: 1 }, { n: 0 }, { n: 3 }] } });
  expect(world.calls).toHaveLength(3);
});
