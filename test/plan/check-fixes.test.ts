import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatchOperation } from "../../src/error/issue.ts";
import { applyFix, readPointer } from "../../src/plan/apply-fix.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { CASES } from "./check-cases.ts";
import { check, DOCUMENT_TEXT, planOf } from "./check-setup.ts";

describe("fixes of the checker", () => {
  const offered = CASES.flatMap(({ name, decision, overrides }) =>
    check(decision, overrides)
      .filter((issue) => issue.fix !== null)
      .map((issue) => ({ name, code: issue.code, decision, overrides, issue })),
  );

  test.each(offered)("the fix for $code ($name) removes it and brings no error", ({ decision, overrides, issue }) => {
    const before = check(decision, overrides);
    const after = check(applyFix(decision, issue.fix!), overrides);
    expect(after.map(({ code, message }) => code + message)).not.toContain(issue.code + issue.message);
    const errors = (issues: typeof after) =>
      issues.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expect(errors(before)).toEqual(expect.arrayContaining(errors(after)));
  });

  test("the usual mistakes have one", () => {
    expect([...new Set(offered.map(({ code }) => code))].sort()).toEqual([
      "PLAN_BAD_REF",
      "PLAN_CYCLE",
      "PLAN_DEAD_STEP",
      "PLAN_DUPLICATE_ID",
      "PLAN_NOT_A_LIST",
      "PLAN_RESERVED_ID",
      "PLAN_SCHEMA",
      "PLAN_TYPE_MISMATCH",
      "PLAN_UNBOUNDED",
      "PLAN_UNKNOWN_INPUT",
      "PLAN_UNKNOWN_TOOL",
    ]);
  });

  test("a fix that would bring another error is not offered", () => {
    const cyclic = planOf([
      { id: "first", tool: "summarize", input: { text: { ref: "secnd.text" } } },
      { id: "second", tool: "summarize", input: { text: { ref: "first.text" } } },
    ]);
    const [issue] = check(cyclic);
    expect(issue).toMatchObject({ code: "PLAN_BAD_REF", fix: null });
    expect(issue?.message).toContain("Did you mean 'second'?");
  });

  test("a step that only has another number is not offered", () => {
    const [issue] = check(
      planOf([
        { id: "s1", tool: "first", input: { items: [{ ref: "s4" }] } },
        { id: "s2", tool: "first", input: { items: [] } },
      ]),
    );
    expect(issue).toMatchObject({ code: "PLAN_BAD_REF", fix: null });
    expect(issue?.message).not.toContain("Did you mean");
  });

  test("a fix of the compiler is held to the same rule", () => {
    const step = { id: "one", tool: "first", input: { items: [{ ref: "goal", "as it is": true }] } };
    const [issue] = check(planOf([step]));
    expect(issue?.code).toBe("PLAN_BAD_FORM");
    expect(check(applyFix(planOf([step]), issue!.fix!))).toEqual([]);
    const text = check(planOf([{ ...step, tool: "summarize", input: { text: { ref: "goal", or: "x" } } }]));
    expect(text).toMatchObject([{ code: "PLAN_BAD_FORM", fix: null }]);
  });
});

describe("applying a fix", () => {
  const apply = (value: JsonValue, ...fix: PatchOperation[]): JsonValue => applyFix(value, fix);

  test("adds, removes, replaces and moves in a copy", () => {
    const value = { list: [1, 2], "a/b": { "~": 0 } };
    expect(apply(value, { op: "add", path: "/list/1", value: 9 })).toEqual({ ...value, list: [1, 9, 2] });
    expect(apply(value, { op: "add", path: "/list/-", value: 9 })).toEqual({ ...value, list: [1, 2, 9] });
    expect(apply(value, { op: "remove", path: "/a~1b/~0" })).toEqual({ ...value, "a/b": {} });
    expect(apply(value, { op: "replace", path: "", value: 5 })).toBe(5);
    expect(apply(value, { op: "move", from: "/list/0", path: "/first" })).toEqual({
      list: [2],
      "a/b": { "~": 0 },
      first: 1,
    });
    expect(value).toEqual({ list: [1, 2], "a/b": { "~": 0 } });
  });

  test.each<[string, PatchOperation]>([
    ["a place that is not there", { op: "replace", path: "/nothing", value: 1 }],
    ["a place beyond the list", { op: "add", path: "/list/7", value: 1 }],
    ["a place of a list that is no number", { op: "add", path: "/list/one", value: 1 }],
    ["a holder that is not there", { op: "add", path: "/nothing/below", value: 1 }],
    ["a prototype key", { op: "add", path: "/__proto__/polluted", value: 1 }],
    ["a constructor", { op: "replace", path: "/constructor/prototype/polluted", value: 1 }],
    ["a path that is no pointer", { op: "remove", path: "list" }],
    ["a move into itself", { op: "move", from: "/list", path: "/list/0" }],
    ["a move of nothing", { op: "move", from: "/nothing", path: "/x" }],
  ])("refuses %s", (...[, operation]) => {
    expect(() => apply({ list: [1] }, operation)).toThrow(expect.objectContaining({ code: "VALIDATION" }));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("parts that the original shares are changed in one place only", () => {
    const shared = { id: "a" };
    expect(applyFix([shared, shared], [{ op: "replace", path: "/1/id", value: "b" }])).toEqual([
      { id: "a" },
      { id: "b" },
    ]);
  });

  test("what was added anywhere can be read and removed again", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { noNullPrototype: true }),
        fc.string(),
        fc.jsonValue(),
        (object, key, value) => {
          fc.pre(!["__proto__", "constructor", "prototype"].includes(key) && !Object.hasOwn(object, key));
          const before = JSON.parse(JSON.stringify(object)) as JsonValue;
          const path = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
          const added = apply(before, { op: "add", path, value: value as JsonValue });
          expect(JSON.stringify(readPointer(added, path))).toBe(JSON.stringify(value));
          expect(apply(added, { op: "remove", path })).toEqual(before);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("a checked decision is left as it was", () => {
    const decision = planOf([{ id: "a", tool: "sumarize", input: { text: DOCUMENT_TEXT } }]);
    const before = structuredClone(decision);
    applyFix(decision, check(decision)[0]!.fix!);
    expect(decision).toEqual(before);
  });
});
