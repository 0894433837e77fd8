import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/error/issue.ts";
import { decisionJsonSchema } from "../../src/plan/decision-json-schema.ts";
import { MODEL_PLAN_LIMITS, type ParseLimits, parseDecision } from "../../src/plan/parse-decision.ts";
import { processorMs } from "../setup/processor-time.ts";

const PLAN = {
  kind: "plan",
  rationale: "why",
  steps: [{ id: "a", tool: "t", input: { text: { ref: "document.text" } } }],
  then: "finish",
  output: { x: { ref: "a.text" } },
};
const TEXT = JSON.stringify(PLAN);
const ROOMY: ParseLimits = { maxBytes: 20_000_000, maxDepth: 32, maxSteps: 10_000 };

function decisionOf(raw: unknown, limits = MODEL_PLAN_LIMITS): unknown {
  const { decision, issues } = parseDecision(raw, limits);
  expect(issues).toEqual([]);
  return decision;
}

function issuesOf(raw: unknown, limits = MODEL_PLAN_LIMITS): Issue[] {
  const { decision, issues } = parseDecision(raw, limits);
  expect(decision).toBe(null);
  expect(issues.length).toBeGreaterThan(0);
  return issues;
}

describe("what models do around the JSON", () => {
  test.each([
    ["bare", TEXT],
    ["with a byte order mark and space", `\uFEFF \n${TEXT}\n`],
    ["in a fence", `\`\`\`json\n${TEXT}\n\`\`\``],
    ["in prose", `Here is the plan you asked for:\n${TEXT}\nHope that helps {smile}!`],
    ["after thinking with braces", `<think>maybe {"kind": "ask"}? or {x}</think>\n\n${TEXT}`],
    ["after a stray brace", `A plan starts with { and so on. ${TEXT}`],
    ["after an example", `Example: {"kind":"finish","rationale":"","output":1}\nAnswer: ${TEXT}`],
    ["with trailing commas", TEXT.replace("}}}],", "}}},],").replace(/\}$/, ",}")],
    ["with single quotes", TEXT.replaceAll('"', "'")],
    ["with bare keys", TEXT.replace(/"([a-z]+)":/g, "$1:")],
    ["with comments", TEXT.replace('"steps"', '/* the steps */ "steps"')],
    ["in a string once more", JSON.stringify(TEXT)],
    ["as JSON already", PLAN],
  ])("a plan %s is read", (_, raw) => {
    expect(decisionOf(raw)).toEqual(PLAN);
  });

  test("braces and quotes inside strings don't mislead", () => {
    const plan = { ...PLAN, rationale: 'the "}" sign, \\ and {"kind": 1}' };
    expect(decisionOf(`So: ${JSON.stringify(plan)} done.`)).toEqual(plan);
  });

  test("null in an optional field counts as left out, but a null output is a value", () => {
    const step = { ...PLAN.steps[0], after: null, when: null, forEach: null, onFailure: null };
    expect(decisionOf({ ...PLAN, steps: [step], then: null, output: null })).toEqual({ ...PLAN, output: null });
  });

  test("undefined counts as left out", () => {
    expect(decisionOf({ ...PLAN, output: undefined, steps: [{ ...PLAN.steps[0], when: undefined }] })).toEqual({
      kind: "plan",
      rationale: "why",
      steps: PLAN.steps,
      then: "finish",
    });
  });

  test("what was cut off is refused, not completed", () => {
    for (const end of [TEXT.length - 1, TEXT.length - 20, 40]) {
      expect(issuesOf(TEXT.slice(0, end))[0]).toMatchObject({
        code: "PLAN_NOT_JSON",
        message: expect.stringContaining("cut off"),
      });
    }
  });

  test.each(["", "I can't do that.", "[1, 2", "}{", "null and void", "```json\n```"])("%j is not JSON", (raw) => {
    expect(issuesOf(raw)).toMatchObject([{ code: "PLAN_NOT_JSON", path: "" }]);
  });
});

describe("limits", () => {
  test.each(["__proto__", "constructor", "prototype"])("the key %s is refused wherever it stands", (key) => {
    const raw = TEXT.replace('"text":', `"deep":[{"${key}":{"x":1}}],"text":`);
    expect(issuesOf(raw)).toMatchObject([{ code: "PLAN_BAD_VALUE", path: `/steps/0/input/deep/0/${key}` }]);
    expect(issuesOf(JSON.parse(raw))).toHaveLength(1);
    expect(({} as { x?: number }).x).toBe(undefined);
  });

  test("size, depth and steps are capped", () => {
    expect(issuesOf("x".repeat(262_145))).toMatchObject([{ code: "PLAN_TOO_LARGE" }]);
    expect(issuesOf({ ...PLAN, rationale: "é".repeat(131_072) })).toMatchObject([{ code: "PLAN_TOO_LARGE" }]);
    const steps = Array.from({ length: 51 }, (_, place) => ({ ...PLAN.steps[0], id: `s${place}` }));
    expect(issuesOf({ ...PLAN, steps })).toMatchObject([{ code: "PLAN_TOO_LARGE", path: "/steps" }]);
    expect(decisionOf({ ...PLAN, steps }, ROOMY)).toMatchObject({ steps });
    const nested = (depth: number): string =>
      `{"kind":"finish","rationale":"","output":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    decisionOf(nested(31));
    expect(issuesOf(nested(32))).toMatchObject([
      { code: "PLAN_TOO_LARGE", path: expect.stringMatching(/^\/output(\/0){31}$/) },
    ]);
  });

  test.each([
    ["nested lists", `{"kind":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["nested objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["open braces", "{".repeat(300_000)],
    ["open braces in fences", "```json\n{".repeat(100_000)],
    ["quotes", `{"kind":${'"'.repeat(300_000)}}`],
    ["backslashes", `{"kind":"${"\\".repeat(300_001)}"}`],
    ["small objects", '{"kind":1}'.repeat(100_000)],
    ["half a key", "{ kind".repeat(100_000)],
    ["spaces", `{"kind"${" ".repeat(300_000)}x}`],
  ])("a long text of %s ends soon in an issue", (_, raw) => {
    const took = processorMs(() =>
      expect(issuesOf(raw, ROOMY)[0]!.code).toMatch(/^PLAN_(NOT_JSON|TOO_LARGE|SCHEMA|BAD_VALUE)$/),
    );
    expect(took).toBeLessThan(4_000);
  });

  test("cycles, shared parts and what isn't JSON are refused", () => {
    const cycle: Record<string, unknown> = { ...PLAN };
    cycle.output = cycle;
    expect(issuesOf(cycle)).toMatchObject([{ code: "PLAN_TOO_LARGE" }]);
    let shared: unknown = "x";
    for (let level = 0; level < 28; level++) shared = [shared, shared, shared];
    expect(issuesOf({ ...PLAN, output: shared })).toMatchObject([{ code: "PLAN_TOO_LARGE" }]);
    for (const output of [
      1n,
      Number.NaN,
      () => 1,
      Symbol("s"),
      new Date(0),
      new Map(),
      JSON.parse("1e999") as unknown,
    ]) {
      expect(issuesOf({ ...PLAN, output: { x: output } })).toMatchObject([
        { code: "PLAN_BAD_VALUE", path: "/output/x" },
      ]);
    }
  });
});

describe("shape", () => {
  function planWith(step: Record<string, unknown>): Record<string, unknown> {
    return { ...PLAN, steps: [{ ...PLAN.steps[0], ...step }] };
  }

  test.each<[string, unknown, Partial<Issue>]>([
    ["a list", [PLAN], { code: "PLAN_SCHEMA", path: "" }],
    [
      "no kind",
      { ...PLAN, kind: undefined },
      { code: "PLAN_SCHEMA", path: "/kind", fix: [{ op: "add", path: "/kind", value: "plan" }] },
    ],
    [
      "a mistyped kind",
      { ...PLAN, kind: "Plans" },
      { code: "PLAN_BAD_VALUE", fix: [{ op: "replace", path: "/kind", value: "plan" }] },
    ],
    [
      "no rationale",
      { ...PLAN, rationale: undefined },
      { code: "PLAN_SCHEMA", path: "/rationale", message: "The plan has no 'rationale'." },
    ],
    ["no steps", { ...PLAN, steps: undefined }, { code: "PLAN_SCHEMA", path: "/steps", fix: null }],
    [
      "a wrong then",
      { ...PLAN, then: "finsh" },
      { code: "PLAN_BAD_VALUE", path: "/then", fix: [{ op: "replace", path: "/then", value: "finish" }] },
    ],
    [
      "replan with output",
      { ...PLAN, then: "replan" },
      { code: "PLAN_SCHEMA", path: "/output", fix: [{ op: "remove", path: "/output" }] },
    ],
    [
      "a step that is a string",
      { ...PLAN, steps: ["a"] },
      { code: "PLAN_SCHEMA", path: "/steps/0", message: 'Step 1 of the plan is "a", not an object.' },
    ],
    [
      "no tool",
      planWith({ tool: undefined }),
      { code: "PLAN_SCHEMA", path: "/steps/0/tool", message: "Step 'a' has no 'tool'." },
    ],
    [
      "no input",
      planWith({ input: undefined }),
      { path: "/steps/0/input", fix: [{ op: "add", path: "/steps/0/input", value: {} }] },
    ],
    [
      "input as list",
      planWith({ input: [1] }),
      { code: "PLAN_SCHEMA", message: "The 'input' of step 'a' is a list, not an object." },
    ],
    ["after as string", planWith({ after: "b" }), { fix: [{ op: "replace", path: "/steps/0/after", value: ["b"] }] }],
    ["when as text", planWith({ when: "a > 1" }), { code: "PLAN_BAD_CONDITION", path: "/steps/0/when" }],
    [
      "a wrong max",
      planWith({ forEach: { items: [], max: 0 } }),
      { code: "PLAN_BAD_VALUE", path: "/steps/0/forEach/max" },
    ],
    [
      "half a max",
      planWith({ forEach: { items: [], max: 1.5 } }),
      { code: "PLAN_BAD_VALUE", message: "The 'max' of the forEach of step 'a' is 1.5, not a whole number." },
    ],
    [
      "no items",
      planWith({ forEach: { max: 5 } }),
      { code: "PLAN_SCHEMA", message: "The forEach of step 'a' has no 'items'." },
    ],
    [
      "a wrong onFailure",
      planWith({ onFailure: "Skip" }),
      { code: "PLAN_BAD_VALUE", fix: [{ op: "replace", path: "/steps/0/onFailure", value: "skip" }] },
    ],
    ["an empty question", { kind: "ask", rationale: "", question: "" }, { code: "PLAN_BAD_VALUE", path: "/question" }],
  ])("%s is one issue with its place", (_, raw, issue) => {
    const issues = issuesOf(raw);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject(issue);
    expect(issues[0]!.hint).not.toBe("");
  });

  test.each([
    ["depends_on", "after"],
    ["dependsOn", "after"],
    ["condition", "when"],
    ["on_failure", "onFailure"],
    ["foreach", "forEach"],
  ])("the step field %s is renamed to %s", (wrong, right) => {
    expect(issuesOf(planWith({ [wrong]: 1 }))).toMatchObject([
      {
        code: "PLAN_UNKNOWN_FIELD",
        path: `/steps/0/${wrong}`,
        fix: [{ op: "move", from: `/steps/0/${wrong}`, path: `/steps/0/${right}` }],
      },
    ]);
  });

  test("a field that nobody meant, or that is there already, is removed", () => {
    for (const key of ["colour", "arguments", "retry", "a/b"]) {
      const [issue] = issuesOf(planWith({ [key]: 1 }));
      expect(issue).toMatchObject({
        code: "PLAN_UNKNOWN_FIELD",
        fix: [{ op: "remove", path: `/steps/0/${key.replace("/", "~1")}` }],
      });
    }
    expect(issuesOf(planWith({ retry: 1 }))[0]!.hint).toContain("workflow");
    expect(issuesOf({ kind: "finish", rationale: "", output: 1, steps: [] })[0]).toMatchObject({ path: "/steps" });
  });

  test("the words are ours, not the schema library's", () => {
    const issues = issuesOf({
      ...PLAN,
      foo: 1,
      steps: [{}, 5, { id: 1, tool: 2, input: 3, after: [4], when: [], forEach: 6, onFailure: 7 }],
    });
    expect(issues.length).toBeGreaterThan(10);
    for (const { message, hint } of issues) {
      expect(`${message} ${hint}`).not.toMatch(/invalid|expected|received|record|undefined|unrecognized/i);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("a thousand slips give fifty issues", () => {
    const steps = Array.from({ length: 1000 }, () => ({ x: 1 }));
    expect(issuesOf({ ...PLAN, steps }, ROOMY)).toHaveLength(50);
  });
});

test("nothing that is given to the parser makes it throw", () => {
  const near = fc.string({
    unit: fc.constantFrom("{", "}", "[", "]", '"', "'", ",", ":", "kind", "plan", "steps", " ", "\\", "`", "1"),
  });
  const shaped = fc.record(
    {
      kind: fc.constantFrom("plan", "finish", "ask", 1),
      rationale: fc.jsonValue(),
      steps: fc.array(fc.jsonValue(), { maxLength: 3 }),
      output: fc.jsonValue(),
    },
    { requiredKeys: ["kind"] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), near, fc.json(), fc.jsonValue(), shaped, fc.anything()), (raw) => {
      const { decision, issues } = parseDecision(raw, MODEL_PLAN_LIMITS);
      expect(decision === null).toBe(issues.length > 0);
    }),
    { numRuns: 300 },
  );
});

test("the language is exported as JSON Schema", () => {
  const schema = decisionJsonSchema();
  expect(JSON.stringify(schema)).toContain('"forEach"');
  expect(schema).toBe(decisionJsonSchema());
  expect(schema.oneOf).toHaveLength(4);
});
