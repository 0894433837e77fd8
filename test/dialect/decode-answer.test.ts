import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { DialectName } from "../../src/dialect/dialect.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import { dialectOf } from "./dialect-of.ts";

const page = defineTool({
  name: "get_page",
  description: "Gets a page.",
  inputSchema: z.object({
    url: z.string(),
    retries: z.int().nullable().optional(),
    timeout: z.int().optional(),
    parent: z.string().nullable(),
    filter: z.object({ tag: z.string(), depth: z.int().optional(), note: z.string().nullable().optional() }).optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  outputSchema: z.object({ text: z.string() }),
  effect: "read",
  idempotency: "pure",
  execute: () => ({ text: "" }),
});
const anything = defineTool({
  name: "anything",
  description: "Takes anything.",
  inputSchema: { type: "object", additionalProperties: true },
  outputSchema: {},
  effect: "read",
  idempotency: "pure",
  execute: () => ({}),
});
const TOOLS = [page, anything];

const shell = (steps: JsonValue[], rest: JsonObject = {}): JsonObject => ({
  kind: "plan",
  rationale: "why",
  steps,
  then: "finish",
  output: [],
  message: "",
  ...rest,
});
const entry = (name: string, as: string, value: JsonValue): JsonObject => ({ name, as, value });

function decode(name: DialectName, answer: JsonValue): { decision: JsonValue; codes: string[] } {
  const { decision, issues } = dialectOf(name, TOOLS).decode(JSON.stringify(answer));
  return { decision, codes: issues.map(({ code, path }) => `${code} ${path}`) };
}

function firstStep(name: DialectName, step: JsonValue): { step: JsonObject | undefined; codes: string[] } {
  const { decision, codes } = decode(name, shell([step]));
  return { step: (decision as { steps: JsonObject[] }).steps[0], codes };
}

describe("the shell", () => {
  const kinds: [string, JsonObject, JsonObject][] = [
    ["a plan without output", shell([]), { kind: "plan", rationale: "why", steps: [], then: "finish" }],
    [
      "a finish",
      shell([], { kind: "finish", output: [entry("a", "json", "[1]"), entry("b", "template", "{{goal}}")] }),
      { kind: "finish", rationale: "why", output: { a: [1], b: { template: "{{goal}}" } } },
    ],
    [
      "the whole output",
      shell([], { kind: "finish", output: [entry("*", "ref", "a.b")] }),
      { kind: "finish", rationale: "why", output: { ref: "a.b" } },
    ],
    [
      "an output of null",
      shell([], { kind: "finish", output: [entry("*", "json", "null")] }),
      { kind: "finish", rationale: "why", output: null },
    ],
    [
      "a question",
      shell([], { kind: "ask", message: "Which?" }),
      { kind: "ask", rationale: "why", question: "Which?" },
    ],
    ["a reason", shell([], { kind: "abandon", message: "No." }), { kind: "abandon", rationale: "why", reason: "No." }],
    [
      "another case",
      shell([], { kind: "Ask", message: "Which?" }),
      { kind: "ask", rationale: "why", question: "Which?" },
    ],
    [
      "a talkative plan",
      shell([], { message: "Here you are.", then: "Replan" }),
      { kind: "plan", rationale: "why", steps: [], then: "replan" },
    ],
  ];
  test.each(kinds)("%s decodes", (_what, answer, decision) => {
    expect(decode("entries", answer)).toEqual({ decision, codes: [] });
    expect(decode("variants", answer)).toEqual({ decision, codes: [] });
  });

  test("may lack its empty fields", () => {
    const answer = { kind: "ask", rationale: "why", message: "Which?" };
    expect(decode("entries", answer).decision).toEqual({ kind: "ask", rationale: "why", question: "Which?" });
    const plan = { kind: "plan", rationale: "why", steps: [{ tool: "get_page", id: "a", input: [] }] };
    expect(decode("entries", plan).decision).toEqual({ ...plan, steps: [{ tool: "get_page", id: "a", input: {} }] });
  });

  test("keeps what makes no sense, so that the parser complains", () => {
    const asks = shell([{ tool: "get_page", id: "a", input: [], more: [] }], { kind: "ask", message: "Which?" });
    const { decision, codes } = decode("entries", { ...asks, mood: "good" });
    expect(codes).toEqual([]);
    const { issues } = parseDecision(decision, MODEL_PLAN_LIMITS);
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "PLAN_UNKNOWN_FIELD /mood",
      "PLAN_UNKNOWN_FIELD /steps",
    ]);
  });

  test("refuses a whole output beside parts, and a part given twice", () => {
    const output = (...entries: JsonObject[]): JsonObject => shell([], { kind: "finish", output: entries });
    expect(decode("entries", output(entry("*", "ref", "a"), entry("b", "ref", "b"))).codes).toEqual([
      "DIALECT_DECODE /output",
    ]);
    expect(decode("entries", output(entry("b", "ref", "a"), entry("b", "ref", "b"))).codes).toEqual([
      "DIALECT_DECODE /output/1",
    ]);
  });
});

describe("entries", () => {
  const step = (input: JsonValue, more: JsonValue = []): JsonObject => ({ tool: "get_page", id: "a", input, more });

  test("are read as they say", () => {
    const input = [
      entry("url", "ref", "item.url"),
      entry("parent", "text", '{"ref": "is text"}'),
      entry("timeout", "json", "5"),
      entry("filter", "Json", '{"tag": {"ref": "goal", "default": "x"}}'),
      entry("retries", "json", 3),
    ];
    expect(firstStep("entries", step(input))).toEqual({
      step: {
        tool: "get_page",
        id: "a",
        input: {
          url: { ref: "item.url" },
          parent: '{"ref": "is text"}',
          timeout: 5,
          filter: { tag: { ref: "goal", default: "x" } },
          retries: 3,
        },
      },
      codes: [],
    });
  });

  test("of more become fields of the step; words and ids may be bare", () => {
    const more = [
      { name: "onfailure", value: "skip" },
      { name: "after", value: "one, two" },
      { name: "when", value: '{"ref": "a.b", "is": 1,}' },
      { name: "forEach", value: '{"items": {"ref": "list"}, "max": 3}' },
    ];
    expect(firstStep("entries", step([], more)).step).toEqual({
      tool: "get_page",
      id: "a",
      input: {},
      onFailure: "skip",
      after: ["one", "two"],
      when: { ref: "a.b", is: 1 },
      forEach: { items: { ref: "list" }, max: 3 },
    });
    const quoted = [
      { name: "onFailure", value: '"fail"' },
      { name: "after", value: '"one"' },
      { name: "when", value: "" },
    ];
    expect(firstStep("entries", step([], quoted)).step).toMatchObject({ onFailure: "fail", after: ["one"] });
    expect(firstStep("entries", step([], quoted)).step).not.toHaveProperty("when");
  });

  function expectOneIssue(written: JsonObject, path: string): void {
    const { issues } = dialectOf("entries", TOOLS).decode(JSON.stringify(shell([written])));
    expect(issues.map(({ code, severity, ...issue }) => `${code} ${issue.path} ${severity}`)).toEqual([
      `DIALECT_DECODE ${path} error`,
    ]);
    expect(issues[0]!.message.length).toBeGreaterThan(10);
    expect(issues[0]!.hint.length).toBeGreaterThan(10);
  }

  test.each<[string, JsonValue, string]>([
    ["JSON that is none", [entry("timeout", "json", "five")], "0/value"],
    ["JSON that is cut off", [entry("filter", "json", '{"tag": [1')], "0/value"],
    ["no reading", [{ name: "url", value: "a" }], "0/as"],
    ["an unknown reading", [entry("url", "path", "a")], "0/as"],
    ["a reference that is no text", [entry("url", "ref", 5)], "0/value"],
    ["a default beside it", [{ ...entry("url", "ref", "a"), default: 1 }], "0/default"],
    ["no entry", [entry("url", "ref", "a"), "b"], "1"],
    ["a name twice", [entry("url", "ref", "a"), entry("url", "ref", "b")], "1"],
    ["a prototype key in a text", [entry("filter", "json", '{"__proto__": 1}')], "0/value"],
    ["a text nested too deeply", [entry("filter", "json", "[".repeat(40) + "]".repeat(40))], "0/value"],
  ])("of an input with %s are an issue at their place, with a hint", (_what, input, path) => {
    expectOneIssue(step(input), `/steps/0/input/${path}`);
  });

  const afterOne = (value: string): JsonObject => ({ name: "after", value });
  test.each<[string, JsonValue, string]>([
    ["that is no list", "after b", ""],
    ["with a name twice", [afterOne("b"), afterOne("c")], "/1"],
    ["with a condition that is no JSON", [{ name: "when", value: "a.b is 1" }], "/0/value"],
    ["without a value", [{ name: "when" }], "/0"],
  ])("of more %s are an issue at their place, with a hint", (_what, more, path) => {
    expectOneIssue(step([], more), `/steps/0/more${path}`);
  });

  test("with names that nobody knows stay, for the parser and the checker", () => {
    const { step: decoded } = firstStep(
      "entries",
      step([entry("__proto__", "text", "x")], [{ name: "retry", value: "{}" }]),
    );
    const { issues } = parseDecision({ kind: "plan", rationale: "", steps: [decoded] }, MODEL_PLAN_LIMITS);
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["PLAN_BAD_VALUE /steps/0/input/__proto__"]);
    expect(decoded).toHaveProperty("retry", {});
  });
});

describe("typed inputs", () => {
  const step = (input: JsonValue, rest: JsonObject = { more: [] }): JsonObject => ({
    tool: "get_page",
    id: "a",
    input,
    ...rest,
  });
  const inputOf = (input: JsonValue, rest?: JsonObject): JsonValue | undefined =>
    firstStep("variants", step(input, rest)).step?.input;

  test("null stands for what is left out; null itself is JSON, or null where it can't be left out", () => {
    const input = { url: "u", retries: null, timeout: null, parent: null, filter: null, headers: null };
    expect(inputOf(input)).toEqual({ url: "u", parent: null });
    expect(inputOf({ ...input, retries: { json: "null" } })).toEqual({ url: "u", parent: null, retries: null });
    expect(inputOf({ ...input, url: null })).toEqual({ url: null, parent: null });
  });

  test("inside an own type null is left out, too", () => {
    const filter = { tag: "t", depth: null, note: null };
    expect(inputOf({ url: "u", parent: "p", filter })).toEqual({ url: "u", parent: "p", filter: { tag: "t" } });
  });

  test("JSON may hold forms, of which null is a part like any other", () => {
    const json = '{"tag": {"ref": "goal"}, "note": null}';
    expect(inputOf({ url: { json: '{"ref":"a","default":"b"}' }, filter: { json } })).toEqual({
      url: { ref: "a", default: "b" },
      filter: { tag: { ref: "goal" }, note: null },
    });
  });

  test("a tool whose inputs can't be listed gets an object as JSON", () => {
    const free = (input: JsonValue): JsonValue | undefined =>
      firstStep("variants", { tool: "anything", id: "a", input, more: [] }).step?.input;
    expect(free({ json: '{"x": {"ref": "goal"}}' })).toEqual({ x: { ref: "goal" } });
    expect(free({ x: 1 })).toEqual({ x: 1 });
  });

  test("in a step of the plan language null is a value where the tool takes it", () => {
    expect(inputOf({ url: "u", retries: null, timeout: null, parent: null }, {})).toEqual({
      url: "u",
      retries: null,
      parent: null,
    });
  });

  test("entries are understood as well, and an object written as a text", () => {
    expect(inputOf([entry("url", "ref", "a")])).toEqual({ url: { ref: "a" } });
    expect(inputOf('{"url": {"ref": "a"}}')).toEqual({ url: { ref: "a" } });
    expect(inputOf("no object")).toBe("no object");
  });

  test("JSON that is none is an issue at its place", () => {
    expect(firstStep("variants", step({ url: { json: "{oops" } })).codes).toEqual([
      "DIALECT_DECODE /steps/0/input/url/json",
    ]);
  });
});

describe("answers that are not what was asked for", () => {
  test.each<[string, string, string]>([
    ["prose", "I can't do that.", "PLAN_NOT_JSON "],
    ["nothing", "", "PLAN_NOT_JSON "],
    ["cut off", '{"kind":"plan","rationale":"why","steps":[{"tool":"get_page","id":"a","in', "PLAN_NOT_JSON "],
    ["a prototype key", '{"kind":"plan","steps":[{"__proto__":1}]}', "DIALECT_DECODE /steps/0/__proto__"],
    ["nested too deeply", `{"kind":"finish","output":${"[".repeat(60)}${"]".repeat(60)}}`, "DIALECT_DECODE "],
    ["too large", `{"kind":"ask","rationale":"${"x".repeat(262_144)}"}`, "DIALECT_DECODE "],
    ["too large in bytes", `{"kind":"ask","rationale":"${"ü".repeat(140_000)}"}`, "DIALECT_DECODE "],
  ])("%s gives no decision and one issue", (_what, text, start) => {
    for (const name of ["variants", "entries", "tool", "text"] as const) {
      const { decision, issues } = dialectOf(name, TOOLS).decode(text);
      expect(decision).toBeNull();
      expect(issues).toHaveLength(1);
      expect(`${issues[0]!.code} ${issues[0]!.path}`.startsWith(start)).toBe(true);
    }
  });

  test("other JSON is passed on, for the parser to say what it is", () => {
    expect(decode("entries", [1]).decision).toEqual([1]);
    expect(decode("variants", "text").codes).toEqual(["PLAN_NOT_JSON "]);
    expect(decode("variants", { steps: "none", output: "all" }).decision).toEqual({ steps: "none", output: "all" });
  });

  test("JSON in a fence, in prose, and with slips is found in every dialect", () => {
    const decision = { kind: "ask", rationale: "why", question: "Which?" };
    const answer = JSON.stringify(shell([], { kind: "ask", message: "Which?" }), null, 1);
    for (const text of [
      `Sure:\n\`\`\`json\n${answer}\n\`\`\``,
      answer.replace(/\n}$/, ",\n}"),
      JSON.stringify(answer),
    ]) {
      expect(dialectOf("entries", TOOLS).decode(text)).toEqual({ decision, issues: [] });
    }
  });
});
