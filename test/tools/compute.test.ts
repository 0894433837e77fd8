import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { compute } from "../../tools/compute.ts";
import { inputIssues, runTool } from "./run-tool.ts";

function computed(op: string, values: JsonValue[], rest: JsonObject = {}): JsonValue {
  return runTool(compute, { op, values, ...rest }).value ?? null;
}

describe("compute", () => {
  test.for<[string, JsonValue[], JsonObject, JsonValue]>([
    ["sum", [1, 2, 3.5], {}, 6.5],
    ["sum", [], {}, 0],
    ["sum", [0.1, 0.2], {}, 0.3],
    ["sum", [1e21, 1, -1e21], {}, 1],
    ["count", ["a", null, {}], {}, 3],
    ["min", [3, -2, 8], {}, -2],
    ["max", [3, -2, 8], {}, 8],
    ["min", ["2026-03-01", "2025-12-31"], {}, "2025-12-31"],
    ["max", ["b", "a"], {}, "b"],
    ["max", [], {}, null],
    ["max", [1.234, 1.2], { digits: 1 }, 1.2],
    ["average", [0.1, 0.2, 0], {}, 0.1],
    ["average", [1, 2, 2], { digits: 2 }, 1.67],
    ["average", [], {}, null],
    ["subtract", [10, 3, 2.5], {}, 4.5],
    ["subtract", [0.3, 0.1], {}, 0.2],
    ["multiply", [1.1, 3], {}, 3.3],
    ["multiply", [7], {}, 7],
    ["multiply", [1e300, 1e300, 1e300, 1e300, 1e-300, 1e-300, 1e-300, 1e-300, -3], {}, -3],
    ["divide", [10, 4, 5], {}, 0.5],
    ["divide", [2, 1e-300, 1e-300, 1e-300, 1e-300, 1e300, 1e300, 1e300, 1e300], {}, 2],
    ["divide", [10, 3], {}, 10 / 3],
    ["divide", [0, 5], {}, 0],
    ["percent_change", [80, 100], {}, 25],
    ["percent_change", [-80, -100], {}, -25],
    ["percent_change", [3, 4], { digits: 1 }, 33.3],
    ["round", [2.5], {}, 3],
    ["round", [-2.5], {}, -3],
    ["round", [1.005], { digits: 2 }, 1.01],
    ["round", [1e-7], { digits: 2 }, 0],
    ["round", [1e21], { digits: 2 }, 1e21],
    ["join", ["a", 1, true], {}, "a, 1, true"],
    ["join", ["a", "b"], { separator: "" }, "ab"],
    ["join", [], {}, ""],
    ["distinct", [1, "1", { a: 1, b: 2 }, 1, { b: 2, a: 1 }, null, null], {}, [1, "1", { a: 1, b: 2 }, null]],
  ])("%s of %j with %j is %j", ([op, values, rest, expected]) => {
    expect(computed(op, values, rest)).toEqual(expected);
  });

  test("long products and quotients, and long texts, take no more time or room than their inputs", () => {
    const many = (value: number): JsonValue[] => Array<JsonValue>(5_000).fill(value);
    expect(computed("multiply", many(1.234567890123456e-300), { digits: 2 })).toBe(0);
    expect(computed("divide", many(1.234567890123456e300))).toBe(0);
    const words = (op: string, values: JsonValue[], rest: JsonObject = {}): string | undefined =>
      inputIssues(compute, { op, values, ...rest })[0]?.message;
    expect(words("multiply", many(-1.234567890123456e300))).toContain("too large");
    expect(words("divide", many(1.234567890123456e-300))).toContain("too large");
    expect(words("join", many(1), { separator: "x".repeat(4_000) })).toContain("more than 16777216 characters");
  });

  test.for<[string, JsonValue[], string, string]>([
    ["sum", [1, "2"], "/values/1", 'sum takes numbers, and this is the text "2"'],
    ["average", [null], "/values/0", "this is null"],
    ["sum", [[1]], "/values/0", "this is a list"],
    ["max", [1, "2"], "/values/1", "max takes numbers only, or texts only"],
    ["min", [true], "/values/0", "this is true"],
    ["subtract", [1], "/values", "at least two values"],
    ["multiply", [], "/values", "at least one value"],
    ["multiply", [1e200, 1e200], "/values", "too large"],
    ["divide", [1, 0], "/values/1", "can't be divided by zero"],
    ["divide", [0, 3, -0], "/values/2", "can't be divided by zero"],
    ["percent_change", [0, 5], "/values/0", "is zero"],
    ["percent_change", [1, 2, 3], "/values", "two values: [from, to]"],
    ["round", [1, 2], "/values", "one value"],
    ["join", ["a", null], "/values/1", "this is null"],
  ])("%s of %j is refused at %s", ([op, values, path, words]) => {
    expect(inputIssues(compute, { op, values })).toEqual([
      expect.objectContaining({ code: "TOOL_INVALID_INPUT", path, message: expect.stringContaining(words) }),
    ]);
  });

  test("suggests the operation that was meant", () => {
    const [issue] = inputIssues(compute, { op: "averge", values: [] });
    expect(issue).toMatchObject({ path: "/op", hint: expect.stringContaining('Did you mean "average"?') });
  });

  test("says that texts are never read as numbers", () => {
    expect(inputIssues(compute, { op: "sum", values: ["2"] })[0]?.hint).toContain("never read as numbers");
  });

  test("refuses digits that make no sense", () => {
    expect(inputIssues(compute, { op: "round", values: [1], digits: -1 })[0]?.path).toBe("/digits");
    expect(inputIssues(compute, { op: "round", values: [1], digits: 1.5 })[0]?.path).toBe("/digits");
  });
});

describe("the inferred output of compute", () => {
  const infer = (inputs: Record<string, JsonSchema>): JsonSchema => compute.inferOutput?.(inputs) ?? {};
  const valueSchema = (inputs: Record<string, JsonSchema>): JsonValue | undefined =>
    (infer(inputs).properties as JsonObject).value;
  const op = (name: string): JsonSchema => ({ const: name });
  const NUMBERS: JsonSchema = { type: "array", items: { type: "number" } };

  test("follows the operation", () => {
    expect(valueSchema({ op: op("sum"), values: NUMBERS })).toEqual({ type: "number" });
    expect(valueSchema({ op: { enum: ["count"] }, values: {} })).toEqual({ type: "integer", minimum: 0 });
    expect(valueSchema({ op: op("join"), values: {} })).toEqual({ type: "string" });
    expect(valueSchema({ op: op("date_add"), values: {} })).toEqual({ type: "string" });
    expect(valueSchema({ op: op("distinct"), values: NUMBERS })).toEqual(NUMBERS);
    expect(valueSchema({ op: { type: "string" }, values: NUMBERS })).toEqual({});
    expect(valueSchema({ op: { enum: ["count", "join"] }, values: NUMBERS })).toEqual({});
  });

  test("is nullable for average, min and max of a list that may be empty", () => {
    const orNull = { anyOf: [{ type: "number" }, { type: "null" }] };
    expect(valueSchema({ op: op("average"), values: NUMBERS })).toEqual(orNull);
    expect(valueSchema({ op: op("max"), values: { ...NUMBERS, minItems: 1 } })).toEqual({ type: "number" });
    expect(valueSchema({ op: op("max"), values: { const: ["a", "b"] } })).toEqual({ type: "string" });
    expect(valueSchema({ op: op("min"), values: {} })).toEqual({
      anyOf: [{ type: ["number", "string"] }, { type: "null" }],
    });
  });
});

const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });

test("sums of amounts are exact to the cent, in any order", () => {
  fc.assert(
    fc.property(fc.array(cents, { maxLength: 30 }), (list) => {
      const total = list.reduce((sum, one) => sum + one, 0) / 100 + 0;
      const amounts = list.map((one) => one / 100);
      expect(computed("sum", amounts)).toBe(total);
      expect(computed("sum", amounts.toReversed())).toBe(total);
    }),
  );
});

test("the average lies between min and max, and times the count gives the sum", () => {
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1, maxLength: 30 }), (list) => {
      const average = computed("average", list) as number;
      expect(average).toBeGreaterThanOrEqual(computed("min", list) as number);
      expect(average).toBeLessThanOrEqual(computed("max", list) as number);
      expect(computed("multiply", [average, list.length], { digits: 6 })).toBe(computed("sum", list));
    }),
  );
});

test("whatever numbers come, arithmetic gives a finite number or says why not", () => {
  const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
  const operation = fc.constantFrom("sum", "average", "subtract", "multiply", "divide", "percent_change");
  fc.assert(
    fc.property(operation, anyNumber, anyNumber, (op, one, other) => {
      const issues = inputIssues(compute, { op, values: [one, other] });
      if (issues.length > 0) expect(issues[0]?.message).toMatch(/zero|too large/);
      else expect(computed(op, [one, other])).toSatisfy(Number.isFinite);
    }),
  );
});
