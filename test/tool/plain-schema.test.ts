import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { plainSchemaFits } from "../../src/tool/plain-schema.ts";

const NAMES = ["a", "b", "constructor", "toString"];
const TYPES = ["string", "number", "integer", "boolean", "null", "array", "object"];
const name = fc.constantFrom(...NAMES);

const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.record(
    {
      type: fc.constantFrom(...TYPES),
      description: fc.constant("words"),
      properties: fc.dictionary(name, tie("schema"), { maxKeys: 3, depthIdentifier: "schema" }),
      required: fc.uniqueArray(name, { maxLength: 2 }),
      additionalProperties: fc.boolean(),
      items: fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.constant({ type: "number" }), tie("schema")),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonSchema>,
}));

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>("", "x", 0, 1.5, -3, true, false, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

describe("plain schemas", () => {
  test("let nothing through that the schema compiler refuses", () => {
    fc.assert(
      fc.property(schema, value, (json, given) => {
        const fits = plainSchemaFits(json);
        if (fits?.(given) === true) expect(new Ajv2020({ strict: false }).validate(json, given)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("let through what fits", () => {
    const fits = plainSchemaFits({
      type: "object",
      properties: { left: { type: "number" }, tags: { type: "array", items: { type: "string" } } },
      required: ["left"],
      additionalProperties: false,
    });
    expect(fits?.({ left: 1, tags: ["a"] })).toBe(true);
    expect(fits?.({ tags: ["a"] })).toBe(false);
    expect(fits?.({ left: "1" })).toBe(false);
    expect(fits?.({ left: 1, tags: [1] })).toBe(false);
    expect(fits?.({ left: 1, right: 2 })).toBe(false);
    expect(fits?.([])).toBe(false);
  });

  test.each<object>([
    { enum: [1] },
    { type: "text" },
    { type: ["string", "null"] },
    { $ref: "#" },
    { minimum: 3 },
    { required: ["a", "a"] },
    { required: "a" },
    { items: false },
    { properties: { a: { format: "date" } } },
    { additionalProperties: { type: "string" } },
    { constructor: 1 },
    { properties: { toString: {} } },
  ])("leave %j to the compiler", (json) => {
    expect(plainSchemaFits(json as unknown as JsonSchema)).toBeNull();
  });
});
