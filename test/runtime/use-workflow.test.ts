import { afterAll, describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunRequest } from "../../src/runtime/run-request.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { libraryOf, step, workflowOf } from "../workflow/workflow-kit.ts";

const inputSchema = {
  type: "object",
  properties: { text: { type: "string" } },
  required: ["text"],
  additionalProperties: false,
};
const outputSchema = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
const echo = createFakeTool({ name: "echo", inputSchema, outputSchema, output: (input) => input });
const params = { who: { type: "string", default: "Ada" } };
const greet = workflowOf([step("hello", "params.who")], {
  name: "greet",
  params,
  budget: { maxSteps: 5, maxSeconds: 9 },
  output: { ref: "hello.text" },
});
const nested = workflowOf([{ id: "part", workflow: "greet", params: { who: { ref: "goal" } } }], {
  name: "nested",
  output: { ref: "part" },
});
const store = createMemoryStore();
const runtime = createRuntime({
  store,
  builtInTools: false,
  tools: [echo, createFakeTool({ name: "other" })],
  workflows: libraryOf(greet, nested),
  limits: { budget: { maxSteps: 50, maxTokens: 77 } },
});
afterAll(() => runtime.close());

const definition = (others: JsonObject = {}): JsonObject => ({
  name: "inline",
  version: 1,
  steps: [step("a", "goal")],
  ...others,
});

describe("a run of a workflow", () => {
  test("is asked for by name or as data, with a goal or called after it", async () => {
    expect(await runtime.run({ workflow: "greet" })).toMatchObject({
      status: "completed",
      goal: "workflow greet",
      output: "Ada",
    });
    const named = await runtime.run({ workflow: "nested", goal: "Say hello" });
    expect(named).toMatchObject({ goal: "Say hello", output: "Say hello", workflow: { name: "nested", version: 1 } });
    const inline = await runtime.run({ workflow: definition() });
    expect(inline).toMatchObject({
      goal: "workflow inline",
      output: { a: { text: "workflow inline" } },
      workflow: { name: "inline" },
    });
  });

  test("has the limits of the request before those of the file, and the runtime's where neither says", async () => {
    const { budget } = await runtime.run({ workflow: "greet", budget: { maxSeconds: 4 } });
    expect(budget).toEqual({ maxSteps: 5, maxSeconds: 4, maxTokens: 77, maxReplans: 8, maxCostUsd: 1 });
  });

  test("shows in listings and dry runs", async () => {
    const { id, workflow } = await runtime.run({ workflow: "greet", params: { who: "Bo" } });
    const { items } = await runtime.runs.list();
    expect(items.find((item) => item.id === id)?.workflow).toEqual(workflow);
    expect(await runtime.plan({ workflow: "greet" })).toMatchObject({
      valid: true,
      planner: "fixed",
      decision: { steps: [{ id: "hello" }] },
    });
    expect((await runtime.workflows()).list().map(({ name }) => name)).toEqual(["greet", "nested"]);
  });

  test("is the same run for the same key, and another request for other params", async () => {
    const request = { workflow: "greet", idempotencyKey: "k1", params: { who: "Cy" } };
    const first = await runtime.run(request);
    expect((await runtime.run(request)).id).toBe(first.id);
    const other = runtime.run({ ...request, params: { who: "Di" } });
    await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
  });

  test("has a schema to satisfy where the request has one", async () => {
    const output = { type: "object" };
    await expect(runtime.run({ workflow: "greet", output })).rejects.toMatchObject({ code: "PLAN_OUTPUT_MISMATCH" });
  });
});

describe("a request for a workflow is refused, and begins no run, with", () => {
  test.each<[string, RunRequest, string, string]>([
    ["an unknown name", { workflow: "gret" }, "NOT_FOUND", "Did you mean 'greet'?"],
    [
      "a plan beside it",
      { workflow: "greet", plan: { kind: "plan", rationale: "", steps: [] } },
      "VALIDATION",
      "both a plan and a workflow",
    ],
    ["neither goal nor workflow", {}, "VALIDATION", "'goal' is missing"],
    ["an empty goal", { goal: " ", workflow: "greet" }, "VALIDATION", "empty"],
    ["something else", { workflow: 5 as never }, "VALIDATION", "workflow"],
    ["an unknown field in it", { workflow: definition({ ouput: 1 }) }, "PLAN_UNKNOWN_FIELD", "Did you mean"],
    ["a wrong param", { workflow: "greet", params: { who: 5 } }, "VALIDATION", "not of type string"],
    ["an unknown param", { workflow: "greet", params: { why: "x" } }, "VALIDATION", "Did you mean 'who'?"],
    [
      "an unknown tool",
      { workflow: definition({ steps: [{ id: "a", tool: "ecko", input: {} }] }) },
      "PLAN_UNKNOWN_TOOL",
      "Did you mean 'echo'?",
    ],
    [
      "an unknown tool to fall back on",
      { workflow: definition({ recovery: [{ on: "*", do: "fallback", tool: "othr" }] }) },
      "PLAN_UNKNOWN_TOOL",
      "Did you mean 'other'?",
    ],
    [
      "a nested one that is not there",
      { workflow: definition({ steps: [{ id: "a", workflow: "gret" }] }) },
      "PLAN_BAD_REF",
      "Did you mean 'greet'?",
    ],
  ])("%s", async (...[, request, code, says]) => {
    const before = (await runtime.runs.list()).items.length;
    const error = await runtime.run(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    const { message, hint, issues } = error as { message: string; hint: string; issues: object[] };
    expect(`${message} ${hint} ${JSON.stringify(issues)}`).toContain(says);
    expect((await runtime.runs.list()).items).toHaveLength(before);
  });

  test("what the checker says of a nested step, told at the node that brought it in", async () => {
    const workflow = definition({
      steps: [
        step("a", "goal"),
        { id: "g", parallel: [step("x", "goal"), step("y", "a.txt")] },
        { id: "n", workflow: "greet", params: { who: { ref: "a" } } },
      ],
    });
    const error = await runtime.run({ workflow }).catch((thrown: unknown) => thrown);
    const { issues } = error as { issues: { path: string; code: string; message: string }[] };
    const errors = issues.filter(({ code }) => code !== "PLAN_DEAD_STEP").map(({ code, path }) => `${code} ${path}`);
    expect(errors).toContain("PLAN_TYPE_MISMATCH /steps/2");
    expect(issues.map(({ path }) => path)).toContain("/steps/1/parallel/1/input/text/ref");
    expect(issues.find(({ path }) => path === "/steps/2")?.message).toContain(
      "(in workflow 'greet' at /steps/0/input/text",
    );
  });
});
