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
