import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeSchema } from "../../src/plan/schema-describe.ts";
import { viewOf } from "../../src/plan/schema-expand.ts";
import { explainMismatch, onlyEmptyListFits, relate } from "../../src/plan/schema-relation.ts";
import { checkConstant, valueFits } from "../../src/plan/schema-value.ts";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";

/** Schemas are compiled by the reference validator, which is slow. */
const RUNS = 40;

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "number" };
const integer: JsonSchema = { type: "integer" };
const date: JsonSchema = { type: "string", format: "date" };
const closed = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const tree: JsonSchema = {
  $ref: "#/$defs/tree",
  $defs: { tree: closed({ value: number, children: { type: "array", items: { $ref: "#/$defs/tree" } } }) },
};

describe("relating two schemas", () => {
  const table: [string, JsonSchema, JsonSchema, "yes" | "no" | "unknown"][] = [
    ["a string is a string", text, text, "yes"],
    ["an integer is a number", integer, number, "yes"],
    ["a number may be an integer", number, integer, "unknown"],
    ["a number is never a string", number, text, "no"],
    ["a string may be one of an enum", text, { enum: ["a", "b"] }, "unknown"],
    ["an enum of strings is a string", { enum: ["a", "b"] }, text, "yes"],
    ["a smaller enum fits a larger one", { enum: ["a"] }, { enum: ["a", "b"] }, "yes"],
    ["enums without a common value", { enum: ["a"] }, { enum: ["b"] }, "no"],
    ["a nullable value may be there", { type: ["string", "null"] }, text, "unknown"],
    ["a value fits its nullable form", text, { anyOf: [text, { type: "null" }] }, "yes"],
    ["anything may be a string", {}, text, "unknown"],
    ["everything fits anything", { type: ["array", "object"] }, {}, "yes"],
    [
      "a list of integers is a list of numbers",
      { type: "array", items: integer },
      { type: "array", items: number },
      "yes",
    ],
    [
      "lists of other things share the empty list",
      { type: "array", items: text },
      { type: "array", items: number },
      "unknown",
    ],
    [
      "non-empty lists of other things",
      { type: "array", items: text, minItems: 1 },
      { type: "array", items: number },
      "no",
    ],
    ["tuples are not judged", { type: "array", items: text }, { type: "array", prefixItems: [text] }, "unknown"],
    ["a pattern is not judged", text, { type: "string", pattern: "^a" }, "unknown"],
    ["the same pattern is", { type: "string", pattern: "^a" }, { type: "string", pattern: "^a" }, "yes"],
    ["a date is a string", { type: "string", format: "date" }, text, "yes"],
    ["a string may be a date", text, { type: "string", format: "date" }, "unknown"],
    ["bounds inside bounds", { type: "number", minimum: 1, maximum: 2 }, { type: "number", minimum: 0 }, "yes"],
    ["bounds apart", { type: "number", maximum: 1 }, { type: "number", exclusiveMinimum: 1 }, "no"],
    ["lengths apart", { type: "string", maxLength: 2 }, { type: "string", minLength: 3 }, "no"],
    [
      "an object with more fields fits an open one",
      closed({ a: text, b: text }),
      { type: "object", required: ["a"] },
      "yes",
    ],
    ["an object with a required field too much", closed({ a: text, b: text }), closed({ a: text }), "no"],
    ["a missing required field", closed({ a: text }), closed({ a: text, b: text }), "no"],
    ["an optional field may be missing", closed({ a: text }, []), closed({ a: text }), "unknown"],
    ["a field of another type", closed({ a: text }), closed({ a: number }), "no"],
    ["a union inside a larger one", { anyOf: [text, number] }, { type: ["string", "number", "null"] }, "yes"],
    ["a union that fits in part", { anyOf: [text, number] }, text, "unknown"],
    ["all of several", { allOf: [closed({ a: text }), { type: "object" }] }, closed({ a: text }), "yes"],
    [
      "alternatives told apart by a constant",
      closed({ kind: { const: "a" } }),
      { oneOf: [closed({ kind: { const: "a" } }), closed({ kind: { const: "b" } })] },
      "yes",
    ],
    ["a recursive schema fits itself", tree, structuredClone(tree), "yes"],
    ["a recursive schema as an object", tree, { type: "object" }, "yes"],
    ["a recursive schema with another value", tree, closed({ value: text, children: { type: "array" } }), "no"],
    [
      "a pair that failed in one alternative fails in the next",
      closed({ p: text, q: text }),
      { anyOf: [closed({ p: number, q: text }), closed({ p: text, q: number })] },
      "no",
    ],
    [
      "a pair that may fit in one field may fit in the next",
      closed({ p: text, q: text }),
      closed({ p: date, q: date }),
      "unknown",
    ],
    ["a reference to itself alone", { $ref: "#" }, text, "unknown"],
    ["a reference to nowhere", { $ref: "#/$defs/none" }, text, "unknown"],
    ["not is not judged", text, { type: "string", not: { const: "a" } }, "unknown"],
    ["false accepts nothing", text, { not: {} }, "no"],
  ];
  test.each(table)("%s", (...[, source, target, verdict]) => {
    expect(relate(source, target)).toBe(verdict);
  });

  test("lists that only share the empty list are told", () => {
    expect(onlyEmptyListFits({ type: "array", items: text }, { type: "array", items: number })).toBe(true);
    expect(onlyEmptyListFits({ type: "array", items: number }, { type: "array", items: integer })).toBe(false);
    expect(onlyEmptyListFits(text, number)).toBe(false);
  });

  test("a mismatch is explained by the field that causes it", () => {
    expect(explainMismatch(number, text)).toBe("a number given, a string needed");
    expect(explainMismatch(closed({ a: text }), closed({ a: number }))).toBe(
      "field 'a' is a string where a number is needed",
    );
  });

  test("schemas are described in words", () => {
    expect(describeSchema({ type: "array", items: { enum: ["a", "b"] } })).toBe('a list of (one of "a", "b")');
    expect(describeSchema({})).toBe("anything");
    expect(describeSchema(tree)).toBe("an object {value, children}");
  });

  test("a pathological pair ends as unknown instead of taking for ever", () => {
    const grow = (depth: number): JsonSchema =>
      depth === 0 ? text : { anyOf: Array.from({ length: 6 }, (_, n) => closed({ [`k${n}`]: grow(depth - 1) })) };
    expect(["yes", "unknown"]).toContain(relate(grow(4), grow(4)));
  });
});

describe("constants", () => {
  test("every place that does not fit is named", () => {
    const schema = closed({ text, count: { type: "integer", minimum: 1 }, tags: { type: "array", items: text } }, [
      "text",
    ]);
    expect(checkConstant({ text: "a", count: 2 }, schema)).toEqual([]);
    expect(checkConstant({ count: 0, tags: ["a", 1], other: true }, schema)).toEqual([
      { keys: ["text"], kind: "missing", reason: "lacks 'text' (a string)" },
      { keys: ["count"], kind: "value", reason: "must be an integer at least 1, not 0" },
      { keys: ["tags", 1], kind: "value", reason: "must be a string, not 1" },
      { keys: ["other"], kind: "extra", reason: "has no field 'other'" },
    ]);
  });
});

/** Small schemas over few values, so that relations other than `unknown` are common. */
const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom<JsonSchema>(text, number, integer, {}, { type: "null" }, { type: "boolean" }, { not: {} }),
    fc
      .subarray<JsonValue>(["a", "bb", 1, 2.5, null, true, ["a"], { a: 1 }], { minLength: 1 })
      .map((values) => ({ enum: values })),
    fc.constantFrom<JsonValue>("a", 1, { a: 1 }, []).map((value) => ({ const: value })),
    fc
      .record({ minimum: fc.integer({ min: -1, max: 2 }), maximum: fc.integer({ min: 0, max: 3 }) })
      .map((b) => ({ type: "number", ...b })),
    fc.record({ exclusiveMinimum: fc.integer({ min: -1, max: 2 }) }).map((b) => ({ type: "integer", ...b })),
    fc.record({ multipleOf: fc.constantFrom(2, 3) }).map((b) => ({ type: "integer", ...b })),
    fc.record({ minLength: fc.nat(2), maxLength: fc.nat(3) }).map((b) => ({ type: "string", ...b })),
    fc.constantFrom<JsonSchema>(
      { type: "string", pattern: "^a" },
      { type: ["string", "null"] },
      { minLength: 2 },
      { required: ["a"] },
    ),
    fc
      .record(
        {
          items: tie("schema"),
          minItems: fc.nat(2),
          maxItems: fc.integer({ min: 1, max: 3 }),
          uniqueItems: fc.boolean(),
        },
        { requiredKeys: ["items"] },
      )
      .map((part) => ({ type: "array", ...part })),
    fc
      .record(
        {
          properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("schema"), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          required: fc.subarray(["a", "b"]),
          additionalProperties: fc.oneof(fc.constant(false), tie("schema")),
          minProperties: fc.nat(2),
        },
        { requiredKeys: ["properties"] },
      )
      .map((part) => ({ type: "object", ...part }) as JsonSchema),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    fc.array(tie("schema"), { minLength: 2, maxLength: 2 }).map((allOf) => ({ allOf })),
    fc.tuple(tie("schema"), tie("schema")).map(([one, other]) => ({ ...one, not: other })),
    fc.tuple(tie("schema"), fc.nat(1_000_000)).map(([inner, number]): JsonSchema => {
      const self = { $ref: `#/$defs/node${number}` };
      return {
        ...self,
        $defs: { [`node${number}`]: { anyOf: [inner, closed({ a: self }), { type: "array", items: self }] } },
      };
    }),
  ),
})).schema;

const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<JsonValue>("", "a", "bb", "abc", 0, 1, 2, 3, -1, 2.5, 0.5, null, true, false),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), {
      maxKeys: 3,
      noNullPrototype: true,
    }) as fc.Arbitrary<JsonValue>,
  ),
})).value;

describe("relating is sound against a reference validator", () => {
  const sample = fc.sample(values, { numRuns: 400, seed: 7 });
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  const compile = (schema: JsonSchema) => ajv.compile(hoisted(schema));

  test("yes: all source values fit; no: none does", () => {
    let decided = 0;
    fc.assert(
      fc.property(schemas, schemas, (source, target) => {
        const verdict = relate(source, target);
        if (verdict === "unknown") return;
        decided += 1;
        const isSource = compile(source);
        const isTarget = compile(target);
        const wrong = sample
          .filter((value) => isSource(value))
          .find((value) => isTarget(value) !== (verdict === "yes"));
        if (wrong !== undefined) throw new Error(`${verdict} is wrong for ${JSON.stringify(wrong)}`);
      }),
      { numRuns: RUNS },
    );
    expect(decided).toBeGreaterThan(RUNS / 10);
  });

  test("a constant is judged as the validator does", () => {
    fc.assert(
      fc.property(schemas, (schema) => {
        const isValid = compile(schema);
        const view = viewOf(schema);
        for (const value of sample) {
          const fits = isValid(value);
          const judged = valueFits(value, view);
          const isWrong = judged !== "unknown" && (judged === "yes") !== fits;
          if (isWrong || (fits && checkConstant(value, schema).length > 0)) {
            throw new Error(`${JSON.stringify(value)} is judged ${judged}`);
          }
        }
      }),
      { numRuns: RUNS / 2 },
    );
  });
});

/** For the validator, the definitions of nested schemas (their names differ) stand at the top. */
function hoisted(schema: JsonSchema): JsonSchema {
  const definitions: JsonSchema = {};
  const walk = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    const { $defs, ...rest } = part;
    for (const [name, one] of Object.entries(($defs ?? {}) as JsonSchema)) definitions[name] = walk(one);
    return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, walk(value)]));
  };
  return { ...(walk(schema) as JsonSchema), $defs: definitions };
}
