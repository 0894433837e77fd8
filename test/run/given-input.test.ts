/** What undoes a call, or finds out how it ended, gets the input that the call had, or none at all. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import type { ToolDefinition } from "../../src/tool/define-tool.ts";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, type World, type WorldOptions } from "./run-world.ts";

const ref = (path: string, rest: JsonObject = {}): JsonObject => ({ ref: path, ...rest });
const plan = (steps: JsonObject[], then = "finish"): JsonObject => ({ kind: "plan", rationale: "r", steps, then });
const allow = (): { outcome: "allow"; rule: string } => ({ outcome: "allow", rule: "test" });
const BOOM = { id: "boom", tool: "boom", input: {} };
const compensateBoom = { recovery: [{ step: "boom", on: "*", do: "compensate" as const }] };

/** A tool `pay` that can be undone, and what was paid and refunded. */
function desk(definition: Partial<ToolDefinition> = {}, options: WorldOptions = {}) {
  const paid: JsonValue[] = [];
  const refunded: JsonValue[] = [];
  const pay: Partial<ToolDefinition> = {
    effect: "write",
    idempotency: "key",
    compensate: ({ input }) => void refunded.push(structuredClone(input) as JsonValue),
    ...definition,
  };
  const { behaviours = {}, definitions = {}, ...rest } = options;
  const world = createWorld({
    policy: allow,
    ...rest,
    behaviours: {
      pay: (input) => {
        paid.push(structuredClone(input));
        input.used = true;
        return {};
      },
      boom: () => Promise.reject(new Error("boom")),
      ...behaviours,
    },
    definitions: { pay, ...definitions },
  });
  return { world, paid, refunded };
}

function countingRef(): z.ZodDefault<z.ZodString> {
  let made = 0;
  return z.string().default(() => `ref-${++made}`);
}

async function runPlans(world: World): Promise<RunResult> {
  return world.run({ goal: "g", rules: compensateBoom });
}

describe("undoing a call whose sources have changed since", () => {
  const flaky = { id: "price", tool: "price", input: {}, onFailure: "skip" };
  /** The price comes with the second plan; the payment was made under the first, by its default. */
  function late(input: JsonObject) {
    let calls = 0;
    const pay = { id: "pay", tool: "pay", input: { amount: ref("price.of", { default: 1 }), ...input } };
    const answers = [plan([flaky, pay], "replan"), plan([flaky, pay], "replan"), plan([BOOM])];
    const price = () => (++calls === 1 ? Promise.reject(new Error("closed")) : { of: 500 });
    return desk({}, { planner: createScriptedPlanner(answers), behaviours: { price } });
  }

  test("it gets what the call had, not what its references lead to now", async () => {
    const { world, paid, refunded } = late({});
    const result = await runPlans(world);
    expect(result.error?.message).toContain("Undone: pay.");
    expect(paid).toEqual([{ amount: 1 }]);
    expect(refunded).toEqual(paid);
  });

  test("an input too large to be journalled is not made up: the call stays, and the error says so", async () => {
    const { world, paid, refunded } = late({ note: "n".repeat(70_000) });
    const result = await runPlans(world);
    expect(paid).toHaveLength(1);
    expect(refunded).toEqual([]);
    expect(result.error?.message).toMatch(/Not undone: pay \(TOOL_PERMANENT: .*cannot be made again/);
  });

  test("an input too large to be journalled that is still the same is given again", async () => {
    const { world, paid, refunded } = desk();
    const pay = { id: "pay", tool: "pay", input: { note: "n".repeat(70_000) } };
    await world.apply([pay, { ...BOOM, after: ["pay"] }], { request: { rules: compensateBoom } });
    expect(refunded).toEqual(paid);
  });
});

describe("undoing a call whose schema has a default that differs each time", () => {
  const pay = { id: "pay", tool: "pay", input: {} };
  const steps = [pay, { ...BOOM, after: ["pay"] }];

  test("it gets the one that the call had", async () => {
    const { world, paid, refunded } = desk({ inputSchema: z.object({ ref: countingRef() }) });
    await world.apply(steps, { request: { rules: compensateBoom } });
    expect(paid).toHaveLength(1);
    expect(refunded).toEqual(paid);
  });

  test("also in another process", async () => {
    let isStuck = true;
    const boom = () => (isStuck ? new Promise(() => {}) : Promise.reject(new Error("boom")));
    const { world, paid, refunded } = desk(
      { inputSchema: z.object({ ref: countingRef() }) },
      { behaviours: { boom }, definitions: { boom: { idempotency: "key" } } },
    );
    const request = { goal: "g", plan: plan(steps), rules: compensateBoom };
    const { id } = await world.until(world.runtime.start(request));
    for (let turn = 0; turn < 50 && world.calls.length < 2; turn++) await world.clock.advanceAsync(1);
    isStuck = false;
    const next = world.crash();
    await next.result(await next.until(next.runtime.resume(id)));
    expect(refunded).toEqual(paid);
  });

  test("the one that was approved", async () => {
    const settings = { effect: "irreversible" as const, inputSchema: z.object({ ref: countingRef() }) };
    const { world, paid, refunded } = desk(settings, { policy: undefined as never });
    const asked = await world.apply(steps, { request: { rules: compensateBoom } });
    await world.until(world.runtime.runs.approve(asked.id));
    await world.until(world.runtime.runs.settled(asked.id));
    expect(paid).toEqual([asked.waiting?.approvals[0]?.input]);
    expect(refunded).toEqual(paid);
  });

  test("where it is no JSON nobody can tell which it was: the call stays", async () => {
    const { world, refunded } = desk({
      inputSchema: z.object({
        at: z
          .string()
          .default("now")
          .transform(() => new Date(0)),
      }),
    });
    const result = await world.apply(steps, { request: { rules: compensateBoom } });
    expect(refunded).toEqual([]);
    expect(result.error?.message).toContain("Not undone: pay");
  });
});

test("finding out how a call ended: it is asked about the input that the call had", async () => {
  const asked: unknown[] = [];
  const reconcile = ({ input }: { input: unknown }) => {
    asked.push(input);
    return { happened: true, output: {} };
  };
  const settings = { idempotency: "none" as const, reconcile, inputSchema: z.object({ ref: countingRef() }) };
  const given: JsonValue[] = [];
  const pay = (input: JsonObject) => {
    given.push(structuredClone(input));
    return new Promise(() => {});
  };
  const { world } = desk(settings, { behaviours: { pay } });
  const request = { goal: "g", plan: plan([{ id: "pay", tool: "pay", input: {} }]) };
  const { id } = await world.until(world.runtime.start(request));
  for (let turn = 0; turn < 50 && given.length === 0; turn++) await world.clock.advanceAsync(1);
  const next = world.crash();
  const result = await next.result(await next.until(next.runtime.resume(id)));
  expect(result.status).toBe("completed");
  expect(asked).toEqual(given);
});

describe("undoing elements of a list that was to be worked through anew", () => {
  const list = { id: "list", tool: "list", input: {}, onFailure: "skip" };
  const each = { items: ref("list", { default: [1, 2] }), max: 5 };
  const pays = { id: "pays", tool: "pay", input: { item: ref("item") }, forEach: each };

  /** The first list is the default, of which 2 fails; `second` is what the list's tool says when it is asked again. */
  function worklist(second: () => unknown, answers: ScriptedAnswer[]) {
    let calls = 0;
    const paid: JsonValue[] = [];
    const pay = (input: JsonObject) => {
      if (input.item === 2) throw new Error("no");
      paid.push(input);
      return {};
    };
    const behaviours = { list: () => (++calls === 1 ? Promise.reject(new Error("closed")) : second()), pay };
    const { world, refunded } = desk({}, { planner: createScriptedPlanner(answers), behaviours });
    return { world, paid, refunded };
  }

  test("before its new list is there: what was completed is undone", async () => {
    const answers = [plan([list, pays]), plan([list, pays])];
    const { world, paid, refunded } = worklist(() => Promise.reject(transient("busy")), answers);
    const rules = { recovery: [{ on: "TOOL_TRANSIENT", do: "compensate" as const }] };
    const result = await world.run({ goal: "g", rules });
    expect(result.status).toBe("failed");
    expect(paid).toEqual([{ item: 1 }]);
    expect(refunded).toEqual(paid);
  });

  test("after another took its place: both are undone, the newer first", async () => {
    const answers = [plan([list, pays]), plan([list, pays, { ...BOOM, after: ["pays"] }])];
    const { world, paid, refunded } = worklist(() => [7], answers);
    const result = await runPlans(world);
    expect(result.status).toBe("failed");
    expect(paid).toEqual([{ item: 1 }, { item: 7 }]);
    expect(refunded).toEqual([{ item: 7 }, { item: 1 }]);
  });
});
