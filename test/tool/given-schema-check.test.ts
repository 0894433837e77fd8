/** Schemas that come with requests and plans: whatever they hold, looking at a value with them ends. */
import { describe, expect, test } from "vitest";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { givenSchemaCheck, givenSchemaProblem } from "../../src/tool/given-schema-check.ts";

/** Each definition asks for the next one twice. */
function doubling(levels: number): JsonSchema {
  const $defs: JsonSchema = { [`d${levels}`]: { type: "string", minLength: 1 } };
  for (let level = 0; level < levels; level++) {
    const $ref = `#/$defs/d${level + 1}`;
    $defs[`d${level}`] = { allOf: [{ $ref }, { $ref }] };
  }
  return { $defs, $ref: "#/$defs/d0" };
}

function problemOf(schema: JsonSchema, value: JsonValue): string {
  const examined = givenSchemaCheck(schema)(value);
  return examined.ok ? "fits" : (examined.findings[0]?.problem ?? "");
}

describe("a schema that comes as data", () => {
  test("is checked like any other", () => {
    const schema = { type: "object", properties: { n: { type: "integer", minimum: 3 } } };
    expect(problemOf(schema, { n: 3 })).toBe("fits");
    expect(problemOf(schema, { n: 1 })).toContain(">= 3");
    expect(problemOf(doubling(5), "x")).toBe("fits");
    expect(problemOf(doubling(5), "")).toContain("NOT have fewer");
  });

  test("a hostile expression is answered, and a plain one still is afterwards", () => {
    const hostile = { type: "string", pattern: "^(a+)+$" };
    expect(problemOf(hostile, `${"a".repeat(50_000)}!`)).toContain("must match pattern");
    expect(problemOf({ patternProperties: { "^(a+)+$": false } }, { [`${"a".repeat(99)}!`]: 1 })).toBe("fits");
    expect(problemOf({ patternProperties: { "^(a+)+$": false, "^(b+)+$": {} } }, { aa: 1 })).toContain("false");
    expect(problemOf({ type: "string", pattern: "^b$" }, "b")).toBe("fits");
  });

  test("one that would take for ever is broken off, and the next one is none the worse", () => {
    expect(problemOf(doubling(40), "x")).toContain("takes more than 400 ms");
    expect(problemOf(doubling(5), "x")).toBe("fits");
  }, 30_000);

  test("a reference to itself ends as a finding", () => {
    expect(problemOf({ $defs: { a: { allOf: [{ $ref: "#/$defs/a" }] } }, $ref: "#/$defs/a" }, 1)).toContain(
      "too deeply",
    );
  });

  test("unique items are found in time that grows with the list alone, by value", () => {
    const unique = { type: "array", uniqueItems: true };
    const many = Array.from({ length: 50_000 }, (_, place) => ({ place, list: [place] }));
    expect(problemOf(unique, many)).toBe("fits");
    expect(problemOf(unique, [...many, { list: [7], place: 7 }])).toContain("duplicate items");
    expect(problemOf(unique, [1, "1", null, [1], { a: 1 }, { a: "1" }])).toBe("fits");
    expect(problemOf({ uniqueItems: false }, [1, 1])).toBe("fits");
  });

  test("an address of colons is refused for its length", () => {
    expect(problemOf({ type: "string", format: "url" }, `http://${":".repeat(200_000)}`)).toContain(
      "must match format",
    );
    expect(problemOf({ type: "string", format: "url" }, "https://example.org/a?b=c")).toBe("fits");
  });

  test("what is wrong with a schema itself is said beforehand", () => {
    expect(givenSchemaProblem({ type: "string", pattern: "^a+$" })).toBeNull();
    expect(givenSchemaProblem({ type: "string", pattern: "(?=a)" })).toContain("looks ahead");
    expect(givenSchemaProblem({ type: "strin" })).toContain("type");
    expect(givenSchemaProblem({ $ref: "#/nowhere" })).toContain("#/nowhere");
  });
});
