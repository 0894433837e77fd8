/** Tools that stand in for a step's own: what they are given, what that makes of labels and approvals, and who comes next. */
import { describe, expect, test } from "vitest";
import type { RecoveryRule } from "../../src/goal/run-rules.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld, statuses, type World, type WorldOptions } from "./run-world.ts";

const ref = (path: string): { ref: string } => ({ ref: path });

const behaviours = {
  gone: () => Promise.reject(new Error("gone")),
  broken: () => Promise.reject(new Error("broken")),
  spare: (input: object) => input,
};

/** Step `gone` fails and is skipped, `opt` is unmet, `done` has no field `nope`; `b` waits for all, and fails. */
const STEPS = [
  { id: "gone", tool: "gone", input: {}, onFailure: "skip" },
  { id: "done", tool: "echo", input: { v: 1 } },
  { id: "opt", tool: "echo", input: {}, when: { ref: "done.v", is: 2 } },
  { id: "b", tool: "broken", input: {}, after: ["gone", "opt"] },
];

async function apply(
  recovery: RecoveryRule[],
  { steps = STEPS, request = {}, ...options }: WorldOptions & { steps?: object[]; request?: object } = {},
): Promise<{ world: World; result: RunResult }> {
  const world = createWorld({ behaviours, ...options });
  const result = await world.apply(steps, { request: { rules: { recovery }, ...request } });
  return { world, result };
}

describe("a stand-in whose own input refers to what is not there", () => {
  const spare = (path: string): RecoveryRule => ({
    step: "b",
    on: "*",
    do: "fallback",
    tool: "spare",
    input: { x: ref(path) },
  });

  test.each(["gone.v", "opt.v", "done.nope"])("%s: the step fails, and the run ends", async (path) => {
    const { world, result } = await apply([spare(path)]);
    expect(result).toMatchObject({ status: "failed", error: { code: "PLAN_BAD_REF", stepId: "b" } });
    expect(result.error?.message).toContain(`its input refers to '${path}', which is not there`);
    expect(world.calls.map(({ tool }) => tool)).not.toContain("spare");
  });

  test("the rule behind it decides", async () => {
    const { result } = await apply([spare("gone.v"), { on: "PLAN_BAD_REF", do: "fallback", value: { v: 0 } }]);
    expect(result).toMatchObject({ status: "completed", output: { b: { v: 0 } } });
  });

  test("a default is what it gets", async () => {
    const input = { x: { ref: "gone.v", default: "none" } };
    const { result } = await apply([{ ...spare(""), input }]);
    expect(result).toMatchObject({ status: "completed", output: { b: { x: "none" } } });
  });

  test("a planner may plan a step that is not there: the run ends all the same", async () => {
    const steps = STEPS.map((step) => ({ onFailure: "fail", ...step })) as unknown as JsonValue;
    const planner = createScriptedPlanner([{ kind: "plan", rationale: "", steps, then: "finish" }]);
    const world = createWorld({ behaviours, planner });
    const result = await world.run({ goal: "test", rules: { recovery: [spare("later.v")] } });
    expect(statuses(result)).toMatchObject({ b: "failed" });
    expect(result).toMatchObject({ status: "failed", error: { code: "PLAN_BAD_REF" } });
  });
});

describe("what went into a tool that stood in and failed decided that the next one does", () => {
  const send = { effect: "external" as const, idempotency: "none" as const };
  const options = {
    behaviours: { ...behaviours, probe: () => Promise.reject(new Error("bad text")), send: () => ({ v: "sent" }) },
    definitions: { send },
    steps: [{ id: "b", tool: "broken", input: {} }],
    request: { documents: [{ name: "d.md", text: "attacker text" }] },
  };
  const stand = (tool: string, input: object = {}): RecoveryRule =>
    ({ step: "b", on: "*", do: "fallback", tool, input }) as RecoveryRule;
  const fixed = stand("send", { to: "anna" });

  test.each<[string, RecoveryRule, boolean]>([
    ["its tool failed on trusted input", stand("probe", { x: ref("goal") }), true],
    ["its tool failed on a document", stand("probe", { x: ref("document.text") }), false],
    ["what it needed was not in a document", stand("probe", { x: ref("document.nope") }), false],
    ["it was denied for what a document held", stand("refused", { x: ref("document.text") }), false],
  ])("%s", async (...[, first, isAllowed]) => {
    const { recovery, ...others } = { recovery: [first, fixed], ...options };
    const definitions = { ...options.definitions, refused: { inputSchema: { type: "object", required: ["y"] } } };
    const tools = { ...options.behaviours, refused: () => ({}) };
    const { world, result } = await apply(recovery, { ...others, behaviours: tools, definitions });
    expect(result.status).toBe(isAllowed ? "completed" : "waiting");
    expect(world.calls.filter(({ tool }) => tool === "send")).toHaveLength(isAllowed ? 1 : 0);
    if (!isAllowed) expect(result.waiting?.approvals[0]).toMatchObject({ rule: "default.untrusted-input" });
  });

  test("an approval shows where each value of the stand-in's own input came from", async () => {
    const { result } = await apply([stand("send", { x: ref("document.text"), to: ref("goal") })], options);
    expect(result.waiting?.approvals[0]?.provenance).toEqual([
      { path: "/x", integrity: "untrusted", origins: ["documents[0]"] },
      { path: "/to", integrity: "trusted", origins: ["goal"] },
    ]);
  });

  test("a value in its place, and how the step ended, are no more trusted", async () => {
    const value = { step: "b", on: "*", do: "fallback", value: { v: 1 } } as const;
    const sender = { id: "sender", tool: "send", input: { v: { ref: "b.v", default: 0 } } };
    for (const last of [value, { step: "b", on: "*", do: "skip" } as const]) {
      const rules = (path: string): RecoveryRule[] => [
        stand("probe", { x: ref(path) }),
        stand("spare", { x: ref("params.no") }),
        last,
      ];
      const steps = [...options.steps, sender];
      const run = (path: string) => apply(rules(path), { ...options, steps });
      expect((await run("document.text")).result.status).toBe("waiting");
      expect((await run("goal")).result.status).toBe("completed");
    }
  });
});

describe("which tool may still stand in", () => {
  const once = { effect: "write", idempotency: "none" } as const;
  const free = (): { outcome: "allow"; rule: string } => ({ outcome: "allow", rule: "test" });
  const spare: RecoveryRule = { step: "b", on: "*", do: "fallback", tool: "spare", input: {} };
  const callsOf = (world: World): string[] => world.calls.map(({ tool }) => tool).filter((tool) => tool !== "echo");

  test.each<[string, RecoveryRule]>([
    ["a rule for another step named", { ...spare, step: "a" }],
    ["a rule for another failure named", { ...spare, on: "TOOL_TIMEOUT" }],
    ["was not called, since its input was not there", { ...spare, input: { x: ref("params.none") } }],
  ])("one that %s", async (...[, before]) => {
    const steps = [
      { id: "a", tool: "echo", input: {} },
      { id: "b", tool: "broken", input: {} },
    ];
    const retry: RecoveryRule = { step: "b", on: "*", do: "retry", retry: { attempts: 2 } };
    const { world, result } = await apply([before, retry, spare], { steps });
    expect(result).toMatchObject({ status: "completed", output: { a: {}, b: {} } });
    expect(callsOf(world).filter((tool) => tool === "spare")).toHaveLength(1);
  });

  test("none that was called for the step, whatever its input", async () => {
    const { world, result } = await apply([spare, { ...spare, input: { x: 1 } }], {
      behaviours: { ...behaviours, spare: behaviours.broken },
    });
    expect(result.status).toBe("failed");
    expect(callsOf(world).filter((tool) => tool === "spare")).toHaveLength(1);
  });

  /** A planner that names the failed step again for as long as that is accepted. */
  async function planAgain(definitions: WorldOptions["definitions"] = {}): Promise<string[]> {
    const b = { id: "b", tool: "broken", input: {} };
    const plan = (...steps: object[]): JsonValue => ({ kind: "plan", rationale: "", steps, then: "finish" }) as never;
    const again = ["x", "y"].map((id) => plan(b, { id, tool: "echo", input: {} }));
    const planner = createScriptedPlanner([...again, plan({ id: "z", tool: "echo", input: {} })]);
    const failing = { ...behaviours, spare: behaviours.broken };
    const world = createWorld({ planner, policy: free, behaviours: failing, definitions });
    await world.run({ goal: "test", rules: { recovery: [spare] } });
    return callsOf(world);
  }

  test("planned again, a step starts anew; but what must not be called twice is not, be it its own tool or not", async () => {
    expect(await planAgain()).toEqual(["broken", "spare", "broken", "spare"]);
    expect(await planAgain({ broken: once })).toEqual(["broken", "spare"]);
    expect(await planAgain({ spare: once })).toEqual(["broken", "spare"]);
  });

  test("nor by way of a tool that stood in later", async () => {
    const last: RecoveryRule = { ...spare, tool: "gone" };
    const b = { id: "b", tool: "broken", input: {} };
    const plans = ["x", "y"].map((id) => ({
      kind: "plan",
      rationale: "",
      steps: [b, { id, tool: "echo", input: {} }],
    }));
    const planner = createScriptedPlanner(plans as unknown as JsonValue[]);
    const failing = { ...behaviours, spare: behaviours.broken };
    const world = createWorld({ planner, policy: free, behaviours: failing, definitions: { spare: once } });
    await world.run({ goal: "test", rules: { recovery: [spare, last] }, budget: { maxReplans: 1 } });
    expect(callsOf(world)).toEqual(["broken", "spare", "gone", "broken", "gone"]);
  });
});

test("an approval of a call that stands in is taken only where its tool is; it stays open", async () => {
  const options: WorldOptions = {
    behaviours: { ...behaviours, send: () => ({ v: "sent" }) },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
  };
  const steps = [{ id: "b", tool: "broken", input: {} }];
  const recovery: RecoveryRule[] = [{ on: "*", do: "fallback", tool: "send", input: {} }];
  const { world, result } = await apply(recovery, { ...options, steps });
  expect(result.waiting?.approvals).toMatchObject([{ tool: "send" }]);
  const without = world.crash({ behaviours, definitions: {} });
  const refused = without.until(without.runtime.runs.approve(result.id));
  await expect(refused).rejects.toMatchObject({ code: "RESUME_INCOMPATIBLE" });
  const { broken: _, ...others } = options.behaviours ?? {};
  const again = without.crash({ ...options, behaviours: others }); // The step's own tool is not needed any more.
  await again.until(again.runtime.runs.approve(result.id));
  expect(await again.until(again.runtime.runs.settled(result.id))).toMatchObject({ status: "completed" });
});

describe("rules of a request are looked at before anything runs", () => {
  test.each<[string, Partial<RecoveryRule>, object]>([
    ["a step that is not there", { input: { x: ref("dnoe.v") } }, { path: "/rules/recovery/0/input/x/ref" }],
    ["a tool that is not there", { tool: "spar" }, { code: "PLAN_UNKNOWN_TOOL", path: "/rules/recovery/0/tool" }],
  ])("%s", async (...[, rule, issue]) => {
    const world = createWorld({ behaviours });
    const plan = { kind: "plan", rationale: "", steps: STEPS } as unknown as JsonValue;
    const recovery: RecoveryRule[] = [{ step: "b", on: "*", do: "fallback", tool: "spare", ...rule }];
    const refused = world.runtime.run({ goal: "test", plan, rules: { recovery } });
    await expect(refused).rejects.toMatchObject({ issues: [{ severity: "error", ...issue }] });
    expect((await world.runtime.runs.list()).items).toEqual([]);
  });
});
