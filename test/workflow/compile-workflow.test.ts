import { describe, expect, test } from "vitest";
import { compileWorkflow } from "../../src/workflow/compile-workflow.ts";
import { defineWorkflow } from "../../src/workflow/define-workflow.ts";
import { briefly, compiled, issuesOf, step, stepsOf, workflowOf } from "./workflow-kit.ts";

const mood = step("mood", "document.text");
const people = step("people", "document.text");
const analysis = { id: "analysis", parallel: [mood, people] };

describe("a compiled workflow", () => {
  test("is a plan that finishes, with the params and limits of the file", () => {
    const params = { size: { type: "integer", default: 3 }, who: { type: "string" } };
    const workflow = workflowOf([step("a", "params.who")], {
      params,
      budget: { maxSteps: 7 },
      output: { a: { ref: "a.text" } },
    });
    expect(compiled(workflow, [], { who: "Ada" })).toMatchObject({
      name: "outer",
      version: 1,
      params: { size: 3, who: "Ada" },
      budget: { maxSteps: 7 },
      decision: { kind: "plan", then: "finish", steps: [step("a", "params.who")], output: { a: { ref: "a.text" } } },
    });
  });

  test("has the same hash in YAML, JSON and TypeScript, and another one after any change", () => {
    const steps = [step("a", "goal", { retry: { attempts: 2 } })];
    const { hash } = compiled(workflowOf(steps));
    const definition = {
      steps: [{ retry: { attempts: 2 }, input: { text: { ref: "goal" } }, tool: "echo", id: "a" }],
      version: 1,
      name: "outer",
    };
    expect(compileWorkflow(defineWorkflow(definition)).hash).toBe(hash);
    expect(compiled(workflowOf(steps, { version: 2 })).hash).not.toBe(hash);
    expect(compiled(workflowOf([step("a", "goal", { retry: { attempts: 3 } })])).hash).not.toBe(hash);
  });

  test("keeps what the plan language has: conditions, lists, literals, defaults and what a failure does", () => {
    const input = {
      text: { ref: "a.text", default: { template: "none {{{{ {{goal}}" } },
      raw: { literal: { ref: "x" } },
      n: [1, null],
    };
    const second = {
      id: "b",
      tool: "echo",
      input,
      when: {
        all: [
          { ref: "status.a", not: "unmet" },
          { ref: "a.n", gt: 3 },
        ],
      },
      onFailure: "skip",
    };
    const third = {
      id: "c",
      tool: "echo",
      input: { text: { ref: "item.name" } },
      forEach: { items: { ref: "a.items" }, max: 5 },
    };
    expect(compiled(workflowOf([step("a", "goal"), second, third])).decision.steps).toEqual([
      step("a", "goal"),
      second,
      third,
    ]);
  });
});

describe("a group", () => {
  test("is its members: paths through it lead to them, in references, templates, conditions and the output", () => {
    const reader = {
      id: "reader",
      tool: "echo",
      input: {
        text: { template: "Mood {{analysis.mood.label}}, {{analysis.people.items[0].name}}" },
        who: { ref: "analysis.people", default: [] },
      },
      when: { ref: "analysis.mood.label", is: { ref: "analysis.people.best" } },
    };
    const workflow = workflowOf([analysis, reader], { output: { mood: { ref: "analysis.mood.label" } } });
    expect(compiled(workflow).decision).toMatchObject({
      steps: [
        mood,
        people,
        {
          input: {
            text: { template: "Mood {{mood.label}}, {{people.items[0].name}}" },
            who: { ref: "people", default: [] },
          },
          when: { ref: "mood.label", is: { ref: "people.best" } },
        },
      ],
      output: { mood: { ref: "mood.label" } },
    });
  });

  test("as a whole is an object of its members' outputs, null where one has none", () => {
    const { reader } = stepsOf(
      workflowOf([analysis, { id: "reader", tool: "echo", input: { all: { ref: "analysis" } } }]),
    );
    expect(reader?.input).toEqual({
      all: { mood: { ref: "mood", default: null }, people: { ref: "people", default: null } },
    });
  });

  test("in 'after' stands for all of its members, each once", () => {
    const { last } = stepsOf(workflowOf([analysis, step("last", "goal", { after: ["mood", "analysis"] })]));
    expect(last?.after).toEqual(["mood", "people"]);
  });

  test("hands its own 'after' and 'when' to every member, beside theirs", () => {
    const when = { ref: "first.text", is: "go" };
    const own = { ref: "params.deep", is: true };
    const group = {
      id: "g",
      after: ["first"],
      when,
      parallel: [step("a", "goal"), step("b", "goal", { after: ["a"], when: own })],
    };
    const { a, b } = stepsOf(workflowOf([step("first", "goal"), group]));
    expect(a).toMatchObject({ after: ["first"], when });
    expect(b).toMatchObject({ after: ["a", "first"], when: { all: [when, own] } });
  });

  test.each([
    ["an unknown member", { ref: "analysis.moood.label" }, "PLAN_BAD_REF /steps/1/input/x/ref", "Did you mean 'mood'?"],
    ["all members at once", { ref: "analysis[*].label" }, "PLAN_BAD_REF /steps/1/input/x/ref", "mood, people"],
    ["a default for the whole", { ref: "analysis", default: {} }, "PLAN_BAD_FORM /steps/1/input/x/ref", "always there"],
    ["a status of its own", { ref: "status.analysis" }, "PLAN_BAD_REF /steps/1/input/x/ref", "status.STEP"],
    ["being text", { template: "{{analysis}}" }, "PLAN_BAD_TEMPLATE /steps/1/input/x/template", "one part"],
  ])("refuses %s", (...[, x, expected, says]) => {
    const issues = issuesOf(workflowOf([analysis, { id: "reader", tool: "echo", input: { x } }]));
    expect(briefly(issues)).toEqual([expected]);
    expect(`${issues[0]?.message} ${issues[0]?.hint}`).toContain(says);
  });

  test("is nothing that a condition can look at as a whole", () => {
    const workflow = workflowOf([analysis, step("reader", "goal", { when: { ref: "analysis", exists: true } })]);
    expect(briefly(issuesOf(workflow))).toEqual(["PLAN_BAD_CONDITION /steps/1/when/ref"]);
  });
});

describe("ids", () => {
  test.each([
    [
      "of a step and a group",
      [step("a", "goal"), { id: "a", parallel: [step("b", "goal")] }],
      "PLAN_DUPLICATE_ID /steps/1/id",
    ],
    [
      "of members of two groups",
      [analysis, { id: "g", parallel: [step("mood", "goal")] }],
      "PLAN_DUPLICATE_ID /steps/1/parallel/0/id",
    ],
    ["of a root", [{ id: "params", parallel: [step("b", "goal")] }], "PLAN_RESERVED_ID /steps/0/id"],
    ["that is no name", [step("a-b", "goal")], "PLAN_SCHEMA /steps/0/id"],
  ])("%s are refused where they can't be told apart", (_, steps, expected) => {
    expect(briefly(issuesOf(workflowOf(steps)))).toEqual([expected]);
  });
});

describe("rules", () => {
  test("are kept by the ids of the plan, with their defaults", () => {
    const workflow = workflowOf([step("a", "goal", { retry: { attempts: 2 }, timeoutMs: 50 }), analysis], {
      recovery: [
        { step: "analysis", on: "tool", do: "fallback", tool: "echo", input: { text: { ref: "analysis.mood.label" } } },
        { on: "*", do: "fail" },
      ],
      success: [
        { name: "calm", check: { ref: "analysis.mood.label", is: "calm" } },
        { name: "shape", schema: { type: "object" }, ref: "output.report" },
        { name: "kind", judge: "Is it kind?" },
      ],
      observe: [{ after: "analysis", record: ["output"] }],
      targets: { durationMs: 10 },
    });
    const fallback = { on: "tool", do: "fallback", tool: "echo", input: { text: { ref: "mood.label" } } };
    expect(compiled(workflow).rules).toEqual({
      steps: {
        a: {
          timeoutMs: 50,
          retry: {
            attempts: 2,
            backoff: "exponential",
            baseMs: 200,
            maxMs: 5_000,
            on: ["TOOL_TRANSIENT", "TOOL_TIMEOUT"],
          },
        },
      },
      recovery: [
        { step: "mood", ...fallback },
        { step: "people", ...fallback },
        { on: "*", do: "fail" },
      ],
      success: [
        { name: "calm", check: { ref: "mood.label", is: "calm" } },
        { name: "shape", schema: { type: "object" }, ref: "output.report" },
        { name: "kind", judge: "Is it kind?" },
      ],
      observe: [
        { after: "mood", record: ["output"] },
        { after: "people", record: ["output"] },
      ],
      targets: { durationMs: 10 },
    });
  });

  test.each([
    [
      "an unknown step",
      { recovery: [{ step: "moood", on: "*", do: "fail" }] },
      "PLAN_BAD_REF /recovery/0/step",
      "'mood'",
    ],
    [
      "an unknown error",
      { recovery: [{ on: "TOOL_TRANSIENTT", do: "fail" }] },
      "PLAN_BAD_VALUE /recovery/0/on",
      "'TOOL_TRANSIENT'",
    ],
    ["a fallback on nothing", { recovery: [{ on: "*", do: "fallback" }] }, "PLAN_BAD_VALUE /recovery/0/do", "value"],
    [
      "a fallback on two things",
      { recovery: [{ on: "*", do: "fallback", value: 1, tool: "echo" }] },
      "PLAN_BAD_VALUE /recovery/0/do",
      "both",
    ],
    [
      "a value that nothing uses",
      { recovery: [{ on: "*", do: "skip", value: 1 }] },
      "PLAN_BAD_VALUE /recovery/0/value",
      "fallback",
    ],
    [
      "an input without a tool",
      { recovery: [{ on: "*", do: "fallback", value: 1, input: {} }] },
      "PLAN_BAD_VALUE /recovery/0/input",
      "tool",
    ],
    [
      "a retry of another verb",
      { recovery: [{ on: "*", do: "fail", retry: { attempts: 2 } }] },
      "PLAN_BAD_VALUE /recovery/0/retry",
      "do: retry",
    ],
    [
      "an observed step that is not there",
      { observe: [{ after: "mod", record: ["output"] }] },
      "PLAN_BAD_REF /observe/0/after",
      "'mood'",
    ],
    [
      "a check that is no condition",
      { success: [{ name: "x", check: { ref: "mood.label" } }] },
      "PLAN_BAD_CONDITION /success/0/check",
      "operator",
    ],
    [
      "a schema of what is no path",
      { success: [{ name: "x", schema: {}, ref: "output report" }] },
      "PLAN_BAD_PATH /success/0/ref",
      "path",
    ],
    [
      "a check of what is not there",
      { success: [{ name: "x", check: { ref: "mod.label", is: 1 } }] },
      "PLAN_BAD_REF /success/0/check/ref",
      "'mood'",
    ],
    [
      "a fallback input of what is not there",
      { recovery: [{ on: "*", do: "fallback", tool: "echo", input: { text: { ref: "mod.label" } } }] },
      "PLAN_BAD_REF /recovery/0/input/text/ref",
      "'mood'",
    ],
  ])("with %s are refused", (...[, rules, expected, says]) => {
    const issues = issuesOf(workflowOf([mood], rules));
    expect(briefly(issues)).toEqual([expected]);
    expect(`${issues[0]?.message} ${issues[0]?.hint}`).toContain(says);
  });

  test("of retries are checked as well", () => {
    const workflow = workflowOf([
      { id: "g", parallel: [step("a", "goal", { retry: { on: ["TOOL_TRANSIENT", "tools"] } })] },
    ]);
    expect(briefly(issuesOf(workflow))).toEqual(["PLAN_BAD_VALUE /steps/0/parallel/0/retry/on/1"]);
  });
});
