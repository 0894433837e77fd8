import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { call, tempFolder } from "../cli/fake-terminal.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/ferry-cooperative.md");
const documents = [{ name: "ferry.md", text: readFileSync(SAMPLE, "utf8") }];
const echo = createFakeTool({ name: "echo", output: (input) => ({ ...(input as JsonObject), text: "done" }) });

const fails = createFakeTool({
  name: "fails",
  output: () => {
    throw new Error("no");
  },
});
const picky = createFakeTool({
  name: "picky",
  output: (input) => {
    if ((input as JsonObject).n === 2) throw new Error("not two");
    return input;
  },
});

/** A runtime whose planner answers with these decisions. */
function scripted(...decisions: JsonValue[]): Runtime {
  return createRuntime({
    store: createMemoryStore(),
    tools: [echo, fails, picky],
    planner: createScriptedPlanner(decisions),
  });
}

const plan = (steps: JsonValue[], others: JsonObject = {}): JsonObject => ({
  kind: "plan",
  rationale: "r",
  steps,
  then: "finish",
  ...others,
});

describe("a promoted run", () => {
  const runtime = createRuntime({ store: createMemoryStore() });
  afterAll(() => runtime.close());

  test.each([
    "Summarise this in three sentences and search for the passages about the harbour",
    "If the tone is negative, list the people, otherwise summarise it",
    "First summarise it, then list the topics, and write a report",
  ])("gives the same on the same document: %s", async (goal) => {
    const first = await runtime.run({ goal, documents });
    const workflow = await runtime.promote(first.id);
    const again = await runtime.run({ workflow, documents });
    expect(first.status).toBe("completed");
    expect(again).toMatchObject({
      status: "completed",
      output: first.output,
      missing: first.missing,
      workflow: { name: workflow.name },
    });
  });

  test("takes what the goal named as params, with the values of the run as defaults", async () => {
    const goal = "Summarise this in three sentences and search for the passages about the harbour";
    const { id } = await runtime.run({ goal, documents });
    const workflow = await runtime.promote(id, { name: "harbour" });
    expect(workflow).toMatchObject({
      name: "harbour",
      version: 1,
      params: { sentences: { type: "integer", default: 3 }, query: { type: "string", default: "harbour" } },
      steps: [
        { input: { text: { ref: "document.text" }, sentences: { ref: "params.sentences" } } },
        { input: { query: { ref: "params.query" } } },
      ],
    });
    const other = await runtime.run({ workflow, documents, params: { sentences: 1 } });
    expect(other.steps[0]?.output).toMatchObject({ sentences: [expect.any(String)] });
  });
});

describe("promoting", () => {
  test("replaces literals that equal a value of the run's params, and keeps references to them", async () => {
    const input = {
      who: "Ada",
      also: { deep: ["Ada", { ref: "params.who" }] },
      list: ["x", "y"],
      flag: true,
      raw: { literal: { a: 1 } },
      or: { ref: "params.none", default: 12 },
    };
    const runtime = scripted(plan([{ id: "a", tool: "echo", input, when: { ref: "params.n", lt: 12 } }]));
    const params = { who: "Ada", n: 3, list: ["x", "y"], raw: { a: 1 }, twelve: 12, flag: true, none: "z" };
    const { id } = await runtime.run({ goal: "Do it", params });
    const workflow = await runtime.promote(id);
    expect(workflow.params).toMatchObject({
      who: { type: "string", default: "Ada" },
      list: { type: "array" },
      raw: { type: "object" },
      flag: { type: "boolean" },
    });
    expect(workflow.steps[0]).toMatchObject({
      input: {
        who: { ref: "params.who" },
        also: { deep: [{ ref: "params.who" }, { ref: "params.who" }] },
        list: { ref: "params.list" },
        flag: true,
        raw: { ref: "params.raw" },
        or: { ref: "params.none", default: { ref: "params.twelve" } },
      },
      when: { ref: "params.n", lt: { ref: "params.twelve" } },
    });
    await runtime.close();
  });

  test("keeps what is no word of the goal, and gives two values of one name two names", async () => {
    const steps = [
      { id: "a", tool: "echo", input: { city: "Bremen", size: 40, part: "rem", level: 1.5 } },
      { id: "b", tool: "echo", input: { city: "Kiel", size: 4 } },
      { id: "c", tool: "echo", input: { city: "bremen" } },
    ];
    const runtime = scripted(plan(steps));
    const { id } = await runtime.run({ goal: "From Bremen to Kiel, 40 people, 4.5 days, level 1.5" });
    const { params, steps: promoted } = await runtime.promote(id);
    expect(params).toEqual({
      city: { type: "string", default: "Bremen" },
      size: { type: "integer", default: 40 },
      level: { type: "number", default: 1.5 },
      b_city: { type: "string", default: "Kiel" },
      c_city: { type: "string", default: "bremen" },
    });
    expect(promoted[0]).toMatchObject({ input: { part: "rem" } });
    expect(promoted[1]).toMatchObject({ input: { city: { ref: "params.b_city" }, size: 4 } });
    await runtime.close();
  });

  test("makes a param of the goal where steps read it, and leaves the shape of a selection alone", async () => {
    const where = { all: [{ field: "amount", gt: 100 }] };
    const steps = [
      {
        id: "pick",
        tool: "select",
        input: { items: [{ amount: 150, name: "x" }], where, orderBy: [{ field: "amount" }], take: 2 },
      },
      {
        id: "a",
        tool: "echo",
        input: { ask: { ref: "goal" }, text: { template: "{{goal}}: {{pick.first.name}}" } },
        when: { ref: "goal", contains: "amount" },
      },
    ];
    const runtime = scripted(plan(steps, { output: { goal: { ref: "goal" }, best: { ref: "pick.first.amount" } } }));
    const goal = "The two with an amount above 100";
    const first = await runtime.run({ goal });
    const workflow = await runtime.promote(first.id);
    expect(workflow.params).toMatchObject({
      gt: { type: "integer", default: 100 },
      take: { default: 2 },
      goal: { type: "string", default: goal },
    });
    expect(workflow.steps[0]).toMatchObject({
      input: { where: { all: [{ field: "amount", gt: { ref: "params.gt" } }] }, orderBy: [{ field: "amount" }] },
    });
    expect(workflow.steps[1]).toMatchObject({
      input: { ask: { ref: "params.goal" }, text: { template: "{{params.goal}}: {{pick.first.name}}" } },
      when: { ref: "params.goal" },
    });
    const again = await runtime.run({ workflow });
    expect(again).toMatchObject({ status: "completed", output: first.output });
    await runtime.close();
  });

  test("takes along what a later plan rests on", async () => {
    const first = plan(
      [
        { id: "a", tool: "echo", input: { n: 1 } },
        { id: "unused", tool: "echo", input: {} },
      ],
      { then: "replan" },
    );
    const second = plan([{ id: "b", tool: "echo", input: { from: { ref: "a.text" } } }], { output: { ref: "b.from" } });
    const runtime = scripted(first, second);
    const { id, output } = await runtime.run({ goal: "In two plans" });
    const workflow = await runtime.promote(id);
    expect(workflow.steps.map((step) => step.id)).toEqual(["a", "b"]);
    expect(await runtime.run({ workflow })).toMatchObject({ status: "completed", output });
    await runtime.close();
  });

  test.each<[string, JsonValue[], JsonObject]>([
    [
      "a step that failed and is read through a default",
      [
        plan([{ id: "a", tool: "fails", input: {} }]),
        { kind: "finish", rationale: "r", output: { v: { ref: "a.v", default: 0 } } },
      ],
      {},
    ],
    [
      "a goal that no other param stands beside",
      [plan([{ id: "a", tool: "echo", input: { g: { ref: "goal" } } }])],
      {},
    ],
    [
      "a goal in recovery and in what success is checked by",
      [plan([{ id: "a", tool: "fails", input: {} }])],
      {
        recovery: [{ on: "*", do: "fallback", tool: "echo", input: { g: { ref: "goal" } } }],
        success: [{ name: "s", check: { ref: "output.a.g", is: { ref: "goal" } } }],
      },
    ],
    [
      "an earlier step that nobody reads",
      [
        plan([{ id: "a", tool: "echo", input: {} }], { then: "replan" }),
        plan([{ id: "b", tool: "echo", input: {}, after: ["a"] }]),
      ],
      {},
    ],
    ["a param that is null", [plan([{ id: "a", tool: "echo", input: { n: { ref: "params.none" } } }])], {}],
  ])("does the same again with %s", async (_, decisions, rules) => {
    const runtime = scripted(...decisions);
    const first = await runtime.run({ goal: "Say it", params: { none: null }, rules } as never);
    const again = await runtime.run({ workflow: await runtime.promote(first.id) });
    expect(again).toMatchObject({ status: "completed", output: first.output });
    expect(again.success.map(({ met }) => met)).toEqual(first.success.map(({ met }) => met));
    expect(first.status).toBe("completed");
    await runtime.close();
  });

  test("takes along the limits that go beyond the usual ones", async () => {
    const runtime = scripted(plan([{ id: "a", tool: "echo", input: {} }]));
    const { id } = await runtime.run({ goal: "Say it", budget: { maxSteps: 150, maxReplans: 2 } });
    expect(await runtime.promote(id)).toMatchObject({ budget: { maxSteps: 150 } });
    expect((await runtime.promote(id)).budget).toEqual({ maxSteps: 150 });
    await runtime.close();
  });

  test("is refused where a list failed in part", async () => {
    const some = { id: "a", tool: "picky", input: { n: { ref: "item" } }, forEach: { items: [1, 2], max: 2 } };
    const runtime = scripted(plan([some]), { kind: "finish", rationale: "r", output: { ref: "a", default: 1 } });
    const { id } = await runtime.run({ goal: "Say it" });
    await expect(runtime.promote(id)).rejects.toThrow("failed at some elements");
    await runtime.close();
  });

  test("is refused for runs without a plan, or with a name that is none", async () => {
    const runtime = scripted({ kind: "abandon", rationale: "r", reason: "no" });
    const { id } = await runtime.run({ goal: "Nothing" });
    await expect(runtime.promote(id)).rejects.toMatchObject({
      code: "VALIDATION",
      message: expect.stringContaining("no plan"),
    });
    await expect(runtime.promote(id, { name: "Bad Name" })).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(runtime.promote("run_none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await runtime.close();
  });
});

describe("planwright promote", () => {
  test("writes a file that apply carries out, and never over another", async () => {
    const cwd = tempFolder();
    const ran = await call(["run", "Summarise this in two sentences", "-d", SAMPLE, "--json"], { cwd });
    const { id, output } = ran.json() as { id: string; output: JsonValue };
    const promoted = await call(["promote", id, "--out", "short.yaml", "--name", "short"], { cwd });
    expect(promoted).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(join(cwd, "short.yaml"), "utf8")).toContain("default: 2");
    const again = await call(["apply", "short.yaml", "-d", SAMPLE, "--json"], { cwd });
    expect(again.json()).toMatchObject({ status: "completed", output, workflow: { name: "short", version: 1 } });
    writeFileSync(join(cwd, "mine.yaml"), "mine");
    expect(await call(["promote", id, "--out", "mine.yaml"], { cwd })).toMatchObject({ code: 2 });
    expect(readFileSync(join(cwd, "mine.yaml"), "utf8")).toBe("mine");
  });

  test("prints the file, or one JSON document", async () => {
    const cwd = tempFolder();
    const { id } = (await call(["run", "Summarise this", "-d", SAMPLE, "--json"], { cwd })).json() as { id: string };
    expect((await call(["promote", id], { cwd })).out).toMatch(/^name: summarise_this\nversion: 1\n/);
    const json = (await call(["promote", id, "--json"], { cwd })).json();
    expect(json).toMatchObject({
      name: "summarise_this",
      file: null,
      workflow: { version: 1, steps: [{ tool: "summarize" }] },
    });
  });
});
