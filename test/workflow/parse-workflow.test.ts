import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { defineWorkflow } from "../../src/workflow/define-workflow.ts";
import { parseWorkflow } from "../../src/workflow/parse-workflow.ts";
import { readWorkflowText } from "../../src/workflow/read-workflow-text.ts";
import { processorMs } from "../setup/processor-time.ts";

const STEP = { id: "a", tool: "echo" };
const base = (others: JsonObject = {}): JsonObject => ({ name: "w", version: 1, steps: [STEP], ...others });

describe("what is no workflow", () => {
  test.each<[string, unknown, string, string, string]>([
    ["a list", [], "PLAN_SCHEMA", "", "not a list"],
    ["nothing", null, "PLAN_SCHEMA", "", "not null"],
    ["one without a name", { version: 1, steps: [STEP] }, "PLAN_SCHEMA", "", "'name'"],
    ["a name in capitals", base({ name: "Big" }), "PLAN_BAD_VALUE", "/name", "lower case"],
    ["half a version", base({ version: 1.5 }), "PLAN_BAD_VALUE", "/version", "whole number"],
    ["version 0", base({ version: 0 }), "PLAN_BAD_VALUE", "/version", "at least 1"],
    ["no steps", base({ steps: [] }), "PLAN_BAD_VALUE", "/steps", "at least one"],
    ["steps that are no list", base({ steps: { a: STEP } }), "PLAN_SCHEMA", "/steps", "a list"],
    ["a step that is a text", base({ steps: ["a"] }), "PLAN_SCHEMA", "/steps/0", "an object"],
    ["a step without a tool", base({ steps: [{ id: "a" }] }), "PLAN_SCHEMA", "/steps/0", "registered tool"],
    ["an unknown field", base({ parms: {} }), "PLAN_UNKNOWN_FIELD", "/parms", "Did you mean 'params'?"],
    [
      "an unknown field of a step",
      base({ steps: [{ ...STEP, timeout: 5 }] }),
      "PLAN_UNKNOWN_FIELD",
      "/steps/0/timeout",
      "Did you mean 'timeoutMs'?",
    ],
    [
      "another system's word",
      base({ steps: [{ ...STEP, dependsOn: ["b"] }] }),
      "PLAN_UNKNOWN_FIELD",
      "/steps/0/dependsOn",
      "Did you mean 'after'?",
    ],
    [
      "an unknown field of a retry",
      base({ steps: [{ ...STEP, retry: { attemps: 2 } }] }),
      "PLAN_UNKNOWN_FIELD",
      "/steps/0/retry/attemps",
      "Did you mean 'attempts'?",
    ],
    [
      "too many attempts",
      base({ steps: [{ ...STEP, retry: { attempts: 11 } }] }),
      "PLAN_BAD_VALUE",
      "/steps/0/retry/attempts",
      "at most 10",
    ],
    [
      "a member's unknown field",
      base({ steps: [{ id: "g", parallel: [{ ...STEP, wen: {} }] }] }),
      "PLAN_UNKNOWN_FIELD",
      "/steps/0/parallel/0/wen",
      "Did you mean 'when'?",
    ],
    [
      "an empty group",
      base({ steps: [{ id: "g", parallel: [] }] }),
      "PLAN_BAD_VALUE",
      "/steps/0/parallel",
      "at least one",
    ],
    [
      "a group in a group",
      base({ steps: [{ id: "g", parallel: [{ id: "h", parallel: [STEP] }] }] }),
      "PLAN_SCHEMA",
      "/steps/0/parallel/0",
      "registered tool",
    ],
    [
      "an input of a nested one",
      base({ steps: [{ id: "n", workflow: "x", input: {} }] }),
      "PLAN_UNKNOWN_FIELD",
      "/steps/0/input",
      "params",
    ],
    ["a param without a type", base({ params: { n: { default: 1 } } }), "PLAN_SCHEMA", "/params/n", "boolean"],
    ["a param of no type", base({ params: { n: { type: "int" } } }), "PLAN_BAD_VALUE", "/params/n/type", "'integer'"],
    [
      "an unknown verb",
      base({ recovery: [{ on: "*", do: "skp" }] }),
      "PLAN_BAD_VALUE",
      "/recovery/0/do",
      "Did you mean 'skip'?",
    ],
    ["a criterion without a check", base({ success: [{ name: "x" }] }), "PLAN_SCHEMA", "/success/0", "judge"],
    ["a criterion without a name", base({ success: [{ check: {} }] }), "PLAN_SCHEMA", "/success/0", "'name'"],
    [
      "what can't be observed",
      base({ observe: [{ after: "a", record: ["outputs"] }] }),
      "PLAN_BAD_VALUE",
      "/observe/0/record/0",
      "Did you mean 'output'?",
    ],
    [
      "an unknown limit",
      base({ budget: { maxStep: 1 } }),
      "PLAN_UNKNOWN_FIELD",
      "/budget/maxStep",
      "Did you mean 'maxSteps'?",
    ],
    [
      "a prototype key",
      JSON.parse('{"name":"w","version":1,"steps":[{"id":"a","tool":"b","input":{"__proto__":1}}]}'),
      "PLAN_BAD_VALUE",
      "/steps/0/input/__proto__",
      "not allowed",
    ],
    [
      "a function",
      base({ steps: [{ ...STEP, input: { f: (() => 1) as never } }] }),
      "PLAN_BAD_VALUE",
      "/steps/0/input/f",
      "plain data",
    ],
  ])("%s", (...[, raw, code, path, says]) => {
    const { workflow, issues } = parseWorkflow(raw);
    expect(workflow).toBeNull();
    expect(issues.map((issue) => `${issue.code} ${issue.path}`)).toContain(`${code} ${path}`);
    const issue = issues.find((one) => one.path === path);
    expect(`${issue?.message} ${issue?.hint}`).toContain(says);
  });

  test("values that are nested too deeply, or too large", () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 40; level++) deep = { deep };
    expect(parseWorkflow(base({ output: deep })).issues[0]).toMatchObject({ code: "PLAN_TOO_LARGE" });
    expect(parseWorkflow(base({ output: "x".repeat(2 ** 20) })).issues[0]).toMatchObject({ code: "PLAN_TOO_LARGE" });
  });

  test("a workflow in code is refused with every issue", () => {
    expect(() => defineWorkflow({ name: "w", version: 0, steps: [] })).toThrow(/'w' is refused/);
    expect(() => defineWorkflow(null as never)).toThrow(/not null/);
  });
});

test("a file of very many keys is read in time that grows with their number", () => {
  const keys = (count: number): string => Array.from({ length: count }, (_, place) => `k${place}: 1`).join("\n");
  readWorkflowText(keys(100), "yaml");
  expect(processorMs(() => readWorkflowText(keys(20_000), "yaml"))).toBeLessThan(3_000); // 0.4 s; 7 s before
});

describe("the text of a file", () => {
  const read = (text: string, format: "yaml" | "json" = "yaml") => readWorkflowText(text, format);

  test("knows the line of every place, and of what is around a place that isn't there", () => {
    const text = read("name: w\nversion: 1\nsteps:\n  - id: a\n    tool: echo\n    input:\n      text: hi\n");
    if (!("lineOf" in text)) throw new Error("not read");
    expect(
      ["/name", "/steps/0/tool", "/steps/0/input/text", "/steps/0/input/none/deeper", ""].map(text.lineOf),
    ).toEqual([1, 5, 7, 7, 1]);
  });

  test.each([
    ["two documents", "a: 1\n---\nb: 2\n", "PLAN_NOT_JSON"],
    ["a key twice", "a: 1\na: 2\n", "PLAN_NOT_JSON"],
    ["a key twice further in", "a:\n  - { b: 1, c: 2, b: 3 }\n", "PLAN_NOT_JSON"],
    ["more tags than any workflow", `a: ${"!x ".repeat(1_001)}`, "PLAN_TOO_LARGE"],
    ["more anchors than any workflow", `a: [${"&b 1, ".repeat(1_001)}]`, "PLAN_TOO_LARGE"],
    ["a tag of its own", "a: !danger x\n", "PLAN_NOT_JSON"],
    ["a key that is a list", "? [1, 2]\n: x\n", "PLAN_NOT_JSON"],
    ["bad indentation", "a:\n  - b\n c: d\n", "PLAN_NOT_JSON"],
    ["an unknown alias", "a: *b\n", "PLAN_NOT_JSON"],
    [
      "aliases that grow",
      `a0: &a0 [1,1]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n}]`).join("\n")}\n`,
      "PLAN_TOO_LARGE",
    ],
    ["dashes in a row", `a: ${"- ".repeat(20_000)}b`, "PLAN_TOO_LARGE"],
    ["depth", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "PLAN_TOO_LARGE"],
    ["length", `a: "${"x".repeat(2 ** 20)}"`, "PLAN_TOO_LARGE"],
  ])("is refused for %s", (_, text, code) => {
    expect(read(text)).toMatchObject({ issue: { code, path: "", hint: expect.stringContaining("docs/workflows.md") } });
  });

  test("may use anchors, comments and a byte order mark", () => {
    const text = "\uFEFF# about\nname: w\nversion: 1\nsteps: [&one { id: a, tool: echo }]\noutput: *one\n";
    expect(read(text)).toMatchObject({ value: { output: { id: "a", tool: "echo" } } });
    expect(read("\uFEFF{}", "json")).toMatchObject({ value: {} });
    expect(read("{", "json")).toMatchObject({ issue: { code: "PLAN_NOT_JSON" } });
  });
});
