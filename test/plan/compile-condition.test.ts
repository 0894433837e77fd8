import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/error/issue.ts";
import { type ConditionOptions, compileCondition } from "../../src/plan/compile-condition.ts";
import type { CompiledCondition } from "../../src/plan/compiled.ts";
import type { JsonValue } from "../../src/shared/json.ts";

const WHEN: ConditionOptions = { inside: "when" };
const ELEMENT: ConditionOptions = { inside: "element" };

function compiled(json: JsonValue, options = WHEN): CompiledCondition {
  const { condition, issues } = compileCondition(json, "/when", options);
  expect(issues).toEqual([]);
  return condition!;
}

function issueOf(json: JsonValue, options = WHEN): Issue {
  const { condition, issues } = compileCondition(json, "/when", options);
  expect(condition).toBe(null);
  expect(issues).toHaveLength(1);
  return issues[0]!;
}

describe("conditions", () => {
  test("a comparison has a subject, an operator and an operand that is a value", () => {
    expect(compiled({ ref: "mood.label", is: { ref: "params.mood" } })).toMatchObject({
      kind: "compare",
      operator: "is",
      subject: { kind: "ref", path: { text: "mood.label" } },
      operand: { kind: "ref", pointer: "/when/is" },
    });
  });

  test("quantifiers hold a condition on the element, whose field is the element by default", () => {
    expect(compiled({ ref: "visits[*]", some: { gt: 10 } })).toMatchObject({
      kind: "quantify",
      quantifier: "some",
      condition: { subject: { kind: "field", path: "", segments: [] }, operator: "gt" },
    });
    expect(compiled({ ref: "v", every: { field: "tags", some: { is: "x" } } })).toMatchObject({
      condition: { kind: "quantify", subject: { path: "tags" } },
    });
    expect(
      compiled({
        ref: "v",
        some: {
          all: [
            { field: "a", is: 1 },
            { field: "b", exists: true },
          ],
        },
      }).kind,
    ).toBe("quantify");
  });

  test("combinators nest, and may be empty", () => {
    expect(compiled({ all: [{ any: [] }, { none: [{ ref: "a", empty: true }] }] })).toMatchObject({
      kind: "combine",
      conditions: [
        { combinator: "any", conditions: [] },
        { combinator: "none", conditions: [{ kind: "compare" }] },
      ],
    });
  });

  test("with operands as data, what looks like a form is data", () => {
    const options: ConditionOptions = { inside: "element", operands: "data" };
    expect(compiled({ field: "a", is: { ref: "secret" } }, options)).toMatchObject({
      operand: { kind: "constant", value: { ref: "secret" } },
    });
    expect(compiled({ field: "a", some: { is: { template: "{{" } } }, options).kind).toBe("quantify");
  });
});

describe("what is no condition", () => {
  test.each<[JsonValue, JsonValue]>([
    [
      { ref: "a", equals: 1 },
      { ref: "a", is: 1 },
    ],
    [
      { ref: "a", "==": 1 },
      { ref: "a", is: 1 },
    ],
    [
      { ref: "a", not_equals: 1 },
      { ref: "a", not: 1 },
    ],
    [
      { ref: "a", greaterThan: 1 },
      { ref: "a", gt: 1 },
    ],
    [
      { ref: "a", starts_with: "x" },
      { ref: "a", startsWith: "x" },
    ],
    [
      { ref: "a", contians: "x" },
      { ref: "a", contains: "x" },
    ],
    [{ and: [{ ref: "a", is: 1 }] }, { all: [{ ref: "a", is: 1 }] }],
    [
      { ref: "a", gte: 1, lt: 5 },
      {
        all: [
          { ref: "a", gte: 1 },
          { ref: "a", lt: 5 },
        ],
      },
    ],
    [
      { ref: "a", op: ">", value: 3 },
      { ref: "a", gt: 3 },
    ],
    [{ not: { ref: "a", is: 1 } }, { none: [{ ref: "a", is: 1 }] }],
  ])("%j gets the fix %j", (json, value) => {
    const issue = issueOf(json);
    expect(issue).toMatchObject({ code: "PLAN_BAD_CONDITION", path: "/when" });
    expect(issue.fix).toEqual([{ op: "replace", path: "/when", value }]);
    expect(compileCondition(value, "", WHEN).issues).toEqual([]);
  });

  test("a combinator with one condition instead of a list gets a list", () => {
    expect(issueOf({ none: { ref: "a", is: 1 } })).toMatchObject({
      path: "/when/none",
      fix: [{ op: "replace", path: "/when/none", value: [{ ref: "a", is: 1 }] }],
    });
  });

  test.each<JsonValue>([
    true,
    "a is 1",
    [],
    {},
    { ref: "a" },
    { is: 1 },
    { ref: 5, is: 1 },
    { field: "a", is: 1 },
    { ref: "a", all: [] },
    { ref: "a", in: "x" },
    { ref: "a", exists: "yes" },
    { ref: "a", gt: null },
    { ref: "a", startsWith: 1 },
    { ref: "a", some: 5 },
    { ref: "a", some: { ref: "b", is: 1 } },
    { ref: "a", some: [{ is: 1 }] },
    { ref: "a", zzz: 1 },
    { ref: "a", regex: "(a+)+$" },
  ])("%j is refused with a hint", (json) => {
    const issue = issueOf(json);
    expect(issue.code).toBe("PLAN_BAD_CONDITION");
    expect(issue.hint.length).toBeGreaterThan(10);
  });

  test("on an element the subject is a field, not a reference", () => {
    expect(issueOf({ ref: "a", is: 1 }, ELEMENT)).toMatchObject({ path: "/when/ref" });
    expect(compiled({ field: "a", is: 1 }, ELEMENT).kind).toBe("compare");
  });

  test("bad paths and forms are reported once, where they stand", () => {
    expect(issueOf({ ref: "a..b", is: 1 })).toMatchObject({ code: "PLAN_BAD_PATH", path: "/when/ref" });
    expect(issueOf({ ref: "a", in: { ref: "b", x: 1 } })).toMatchObject({ code: "PLAN_BAD_FORM", path: "/when/in" });
    expect(issueOf({ any: [{ ref: "a", some: { field: "b b", is: 1 } }] })).toMatchObject({
      code: "PLAN_BAD_PATH",
      path: "/when/any/0/some/field",
    });
  });

  test("all findings of a condition are reported", () => {
    const { issues } = compileCondition({ all: [{ ref: "a", equals: 1 }, 5, { ref: "a", in: 3 }] }, "", WHEN);
    expect(issues.map((issue) => issue.path)).toEqual(["/all/0", "/all/1", "/all/2/in"]);
  });
});
