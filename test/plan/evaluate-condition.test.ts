import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition } from "../../src/plan/compile-condition.ts";
import { elementCondition, evaluateCondition } from "../../src/plan/evaluate-condition.ts";
import { trusted, untrusted } from "../../src/policy/label.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { scopeOf } from "./scope-of.ts";

function verdict(json: JsonValue, roots: Record<string, JsonValue>): { holds: boolean; label: unknown } {
  const { condition, issues } = compileCondition(json, "", { inside: "when" });
  expect(issues).toEqual([]);
  return evaluateCondition(condition!, scopeOf(roots));
}

/** Whether `a` fulfils the operator with the operand. */
function holds(a: JsonValue, test: Record<string, JsonValue>): boolean {
  return verdict({ ref: "a", ...test }, { a }).holds;
}

describe("operators", () => {
  test("is and not compare whole values, the order of keys aside", () => {
    expect(holds({ x: 1, y: [2] }, { is: { y: [2], x: 1 } })).toBe(true);
    expect(holds({ x: 1 }, { not: { x: 1 } })).toBe(false);
    expect(holds([1, 2], { is: [2, 1] })).toBe(false);
    expect(holds("1", { is: 1 })).toBe(false);
    expect(holds(null, { is: null })).toBe(true);
    expect(holds(null, { not: 0 })).toBe(true);
  });

  test("in looks through the operand's list", () => {
    expect(holds("b", { in: ["a", "b"] })).toBe(true);
    expect(holds({ x: 1 }, { in: [{ x: 1 }] })).toBe(true);
    expect(holds("c", { in: ["a", "b"] })).toBe(false);
    expect(verdict({ ref: "a", in: { ref: "b" } }, { a: "x", b: "xyz" }).holds).toBe(false);
  });

  test("contains looks for an element in a list, for a part in a string", () => {
    expect(holds(["a", { x: 1 }], { contains: { x: 1 } })).toBe(true);
    expect(holds("hay needle", { contains: "needle" })).toBe(true);
    expect(holds("123", { contains: 2 })).toBe(false);
    expect(holds({ a: 1 }, { contains: "a" })).toBe(false);
  });

  test("startsWith and endsWith compare strings", () => {
    expect(holds("report.md", { startsWith: "report" })).toBe(true);
    expect(holds("report.md", { endsWith: ".md" })).toBe(true);
    expect(holds("report.md", { endsWith: "report" })).toBe(false);
    expect(holds(["r"], { startsWith: "r" })).toBe(false);
  });

  test("order is known for two numbers or two strings, nothing else", () => {
    expect([
      holds(2, { gt: 1 }),
      holds(2, { gt: 2 }),
      holds(2, { gte: 2 }),
      holds(2, { lt: 2 }),
      holds(2, { lte: 2 }),
    ]).toEqual([true, false, true, false, true]);
    expect(holds("2026-02-01", { gt: "2026-01-31" })).toBe(true);
    expect(holds("a", { lte: "a" })).toBe(true);
    for (const operator of ["gt", "gte", "lt", "lte"]) {
      expect(holds("5", { [operator]: 5 })).toBe(false);
      expect(holds(null, { [operator]: 0 })).toBe(false);
    }
  });

  test("null exists and is empty; zero and false are not empty", () => {
    expect(holds(null, { exists: true })).toBe(true);
    expect(holds(null, { exists: false })).toBe(false);
    for (const value of [null, "", [], {}] as JsonValue[]) expect(holds(value, { empty: true })).toBe(true);
    for (const value of [0, false, " ", [null], { a: null }] as JsonValue[]) {
      expect(holds(value, { empty: false })).toBe(true);
      expect(holds(value, { empty: true })).toBe(false);
    }
  });

  test("on an absent subject every operator is false but exists: false and empty: true", () => {
    const operators: Record<string, JsonValue> = {
      is: null,
      not: 1,
      in: [null],
      contains: "",
      startsWith: "",
      endsWith: "",
    };
    const ordered = { gt: 0, gte: 0, lt: 0, lte: 0, exists: true, empty: false };
    for (const [operator, operand] of Object.entries({ ...operators, ...ordered })) {
      expect(verdict({ ref: "gone", [operator]: operand }, {}).holds).toBe(false);
    }
    expect(verdict({ ref: "gone", exists: false }, {}).holds).toBe(true);
    expect(verdict({ ref: "gone.x", empty: true }, {}).holds).toBe(true);
    expect(verdict({ ref: "gone", some: { exists: false } }, {}).holds).toBe(false);
    expect(verdict({ ref: "gone", every: { is: 1 } }, {}).holds).toBe(false);
  });

  test("an absent operand is no match either, unless it has a default", () => {
    for (const operator of ["is", "not", "in", "contains", "gt", "exists", "empty"]) {
      expect(verdict({ ref: "a", [operator]: { ref: "gone" } }, { a: 1 }).holds).toBe(false);
    }
    expect(verdict({ ref: "a", is: { ref: "gone", default: 1 } }, { a: 1 }).holds).toBe(true);
  });
});

describe("quantifiers", () => {
  test("some needs one element, every needs all", () => {
    expect(holds([1, 20], { some: { gt: 10 } })).toBe(true);
    expect(holds([1, 20], { every: { gt: 10 } })).toBe(false);
    expect(holds([{ n: 1 }, { n: 2 }], { every: { field: "n", gte: 1 } })).toBe(true);
    expect(holds([[1], [2, 9]], { some: { some: { is: 9 } } })).toBe(true);
  });

  test("of an empty list every holds and some doesn't; what is no list holds neither", () => {
    expect([holds([], { every: { is: 1 } }), holds([], { some: { is: 1 } })]).toEqual([true, false]);
    for (const value of ["text", null, { a: 1 }, 5] as JsonValue[]) {
      expect([holds(value, { every: { exists: true } }), holds(value, { some: { exists: true } })]).toEqual([
        false,
        false,
      ]);
    }
  });

  test("operands inside may hold references, and elements are null or objects as they are", () => {
    expect(verdict({ ref: "a", some: { is: { ref: "b" } } }, { a: [1, 2], b: 2 }).holds).toBe(true);
    expect(holds([null], { every: { exists: true } })).toBe(true);
    expect(holds([{}], { every: { field: "x", exists: false } })).toBe(true);
  });

  test("a condition on an element reads its fields", () => {
    const { condition } = compileCondition({ field: "tags[*]", contains: "x" }, "", { inside: "element" });
    const holdsOn = elementCondition(condition!, scopeOf({}));
    expect([holdsOn({ tags: ["x"] }), holdsOn({ tags: [] }), holdsOn(5)]).toEqual([true, false, false]);
  });

  test("many elements are looked for in a long list, and found as one by one", () => {
    const places = Array.from({ length: 40_000 }, (_, place) => place);
    const a: JsonValue = places.map((place) => ({ id: -1 - place, tags: ["x"] }));
    const b: JsonValue = places.map((place) => ({ tags: ["x"], id: place }));
    const among = { ref: "a", some: { field: "", in: { ref: "b" } } };
    expect(verdict(among, { a, b }).holds).toBe(false);
    expect(verdict(among, { a: [...a, { tags: ["x"], id: 39_999 }], b }).holds).toBe(true);
    expect(verdict(among, { a: [0, -0, "0"], b: ["x", -0] }).holds).toBe(true);
    expect(
      verdict({ ref: "a", every: { field: "", in: { ref: "b" } } }, { a: [0, null, "0"], b: [null, -0] }).holds,
    ).toBe(false);
  });
});

describe("labels", () => {
  test("join everything looked at, whatever decided", () => {
    const json = {
      any: [
        { ref: "goal", exists: true },
        { ref: "a", is: { ref: "b" } },
      ],
    };
    expect(verdict(json, { goal: "g", a: 1, b: 2 })).toEqual({
      holds: true,
      label: untrusted("a", "b", "goal", "literal"),
    });
    expect(verdict({ ref: "goal", is: "g" }, { goal: "g" }).label).toEqual(trusted("goal", "literal"));
    expect(verdict({ ref: "a.x", is: { ref: "b.y" } }, { a: {}, b: {} }).label).toEqual(untrusted("a", "b"));
  });
});

describe("combinators obey boolean algebra", () => {
  const atom = fc.boolean().map((truth): JsonValue => ({ ref: "t", is: truth }));
  const tree = fc.letrec<{ node: JsonValue }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.tuple(fc.constantFrom("all", "any", "none"), fc.array(tie("node"), { maxLength: 3 })).map(([name, list]) => ({
        [name]: list,
      })),
    ),
  })).node;
  const check = (json: JsonValue): boolean => verdict(json, { t: true }).holds;

  test("identities, negation and De Morgan", () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        expect(check({ none: [a] })).toBe(!check(a));
        expect(check({ none: [{ none: [a] }] })).toBe(check(a));
        expect(check({ none: [{ all: [a, b] }] })).toBe(check({ any: [{ none: [a] }, { none: [b] }] }));
        expect(check({ none: [a, b] })).toBe(check({ all: [{ none: [a] }, { none: [b] }] }));
        expect(check({ all: [a, b] })).toBe(check(a) && check(b));
        expect(check({ any: [a, b] })).toBe(check(b) || check(a));
        expect([check({ all: [] }), check({ any: [] }), check({ none: [] })]).toEqual([true, false, true]);
      }),
      { numRuns: 50 },
    );
  });
});
