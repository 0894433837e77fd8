import { describe, expect, test } from "vitest";
import { checkProviderRules } from "../../src/dialect/check-provider-rules.ts";
import { computeSize } from "../../src/dialect/schema-size.ts";
import { strictObject } from "../../src/dialect/strict-type.ts";
import type { ProviderName } from "../../src/model/model.ts";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";

const STRING: JsonSchema = { type: "string" };
const object = (properties: Record<string, JsonValue>): JsonSchema =>
  strictObject(Object.entries(properties) as [string, JsonSchema][]);

function rulesBroken(schema: JsonSchema, provider: ProviderName): string[] {
  return checkProviderRules(schema, provider).map(({ rule, path }) => `${rule} ${path}`);
}

/** Lists inside each other. */
function nestedLists(depth: number): JsonSchema {
  let schema: JsonSchema = STRING;
  for (let level = 0; level < depth; level++) schema = { type: "array", items: schema };
  return schema;
}

describe("what OpenAI refuses", () => {
  test.each<[string, JsonSchema, string[]]>([
    ["a plain object is fine", object({ a: STRING }), []],
    ["a root that is a list", { type: "array", items: STRING }, ["root "]],
    ["a union at the root", { anyOf: [object({ a: STRING })] }, ["root "]],
    ["a property that is not required", { ...object({ a: STRING }), required: [] }, ["required /properties/a"]],
    ["an open object", { type: "object", properties: {}, required: [] }, ["closed "]],
    ["an object open inside", object({ a: { type: "object" } }), ["closed /properties/a"]],
    ["a name with a space", object({ "a b": STRING }), ["name /properties/a b"]],
    ["allOf", object({ a: { allOf: [STRING] } }), ["keyword /properties/a/allOf"]],
    ["oneOf", object({ a: { oneOf: [STRING] } }), ["keyword /properties/a/oneOf"]],
    ["a default", object({ a: { type: "string", default: "" } }), ["keyword /properties/a/default"]],
    ["maxLength", object({ a: { type: "string", maxLength: 3 } }), ["keyword /properties/a/maxLength"]],
    ["bounds of numbers are fine", object({ a: { type: "number", minimum: 1, maximum: 3 } }), []],
    ["a format it does not know", object({ a: { type: "string", format: "uri" } }), ["format /properties/a/format"]],
    ["an empty enum", object({ a: { type: "string", enum: [] } }), ["enum /properties/a/enum"]],
    ["an enum of objects", object({ a: { enum: [{}] } }), ["enum /properties/a/enum"]],
    ["a reference to nothing", object({ a: { $ref: "#/$defs/a" } }), ["reference /properties/a/$ref"]],
    ["ten levels are fine", object({ a: nestedLists(9) }), []],
    ["eleven levels", object({ a: nestedLists(10) }), ["depth "]],
    [
      "a $ref with a description",
      { ...object({ a: { $ref: "#/$defs/a", description: "x" } }), $defs: { a: STRING } },
      ["reference /properties/a"],
    ],
    ["recursion is fine", { ...object({ a: { $ref: "#/$defs/a" } }), $defs: { a: nestedIn("a") } }, []],
  ])("%s", (_what, schema, broken) => {
    expect(rulesBroken(schema, "openai")).toEqual(broken);
    expect(rulesBroken(schema, "compatible")).toEqual(broken);
  });

  function nestedIn(name: string): JsonSchema {
    return object({ next: { anyOf: [{ $ref: `#/$defs/${name}` }, { type: "null" }] } });
  }

  test("more than 5,000 properties, 1,000 enum values or 120,000 characters", () => {
    const names = (count: number, length = 1): string[] =>
      Array.from({ length: count }, (_, place) => `n${place}`.padEnd(length, "x"));
    const wide = (count: number): JsonSchema => object(Object.fromEntries(names(count).map((name) => [name, STRING])));
    expect(rulesBroken(wide(5_000), "openai")).toEqual([]);
    expect(rulesBroken(wide(5_001), "openai")).toEqual(["properties "]);
    const choice = (values: string[]): JsonSchema => object({ a: { type: "string", enum: values } });
    expect(rulesBroken(choice(names(1_000)), "openai")).toEqual([]);
    expect(rulesBroken(choice(names(1_001)), "openai")).toEqual(["enumValues "]);
    expect(rulesBroken(choice(names(250, 61)), "openai")).toEqual([]);
    expect(rulesBroken(choice(names(251, 61)), "openai")).toEqual(["large-enum /properties/a/enum"]);
    const long = (length: number): JsonSchema => object({ a: { type: "string", enum: names(200, length) } });
    expect(rulesBroken(long(599), "openai")).toEqual([]);
    expect(rulesBroken(long(600), "openai")).toEqual(["characters "]);
  });

  test("objects of one union that share their first key, unless single values of it tell them apart", () => {
    const tagged = (values: string[]): JsonSchema => object({ tag: { type: "string", enum: values }, b: STRING });
    const choice = (...anyOf: JsonSchema[]): JsonSchema => object({ a: { anyOf } });
    expect(rulesBroken(choice(object({ x: STRING }), object({ y: STRING }), STRING), "openai")).toEqual([]);
    expect(rulesBroken(choice(object({ x: STRING }), object({ x: { type: "number" } })), "openai")).toEqual([
      "first-key /properties/a/anyOf/1",
    ]);
    expect(rulesBroken(choice(tagged(["p"]), tagged(["q"]), tagged(["r"])), "openai")).toEqual([]);
    expect(rulesBroken(choice(tagged(["p"]), tagged(["q"]), tagged(["p"])), "openai")).toEqual([
      "first-key /properties/a/anyOf/2",
    ]);
    expect(rulesBroken(choice(tagged(["p"]), object({ tag: STRING })), "openai")).toEqual([
      "first-key /properties/a/anyOf/1",
    ]);
    const referring = { ...choice({ $ref: "#/$defs/x" }, object({ x: STRING })), $defs: { x: object({ x: STRING }) } };
    expect(rulesBroken(referring, "openai")).toEqual(["first-key /properties/a/anyOf/1"]);
  });
});

describe("what Anthropic refuses", () => {
  const nullable = { anyOf: [STRING, { type: "null" }] };
  const many = (count: number, part: JsonValue): Record<string, JsonValue> =>
    Object.fromEntries(Array.from({ length: count }, (_, place) => [`p${place}`, part]));

  test.each<[string, JsonSchema, string[]]>([
    ["16 unions are fine", object(many(16, nullable)), []],
    ["17 unions", object(many(17, nullable)), ["unions "]],
    ["17 lists of types", object(many(17, { type: ["string", "null"] })), ["unions "]],
    ["17 uses of one union", { ...object(many(17, { $ref: "#/$defs/u" })), $defs: { u: nullable } }, ["unions "]],
    ["24 optional parameters are fine", { ...object(many(24, STRING)), required: [] }, []],
    ["25 optional parameters", { ...object(many(25, STRING)), required: [] }, ["optional "]],
    ["bounds of numbers", object({ a: { type: "number", minimum: 1 } }), ["keyword /properties/a/minimum"]],
    [
      "minItems above 1",
      object({ a: { type: "array", items: STRING, minItems: 2 } }),
      ["minItems /properties/a/minItems"],
    ],
    ["minItems of 1 is fine", object({ a: { type: "array", items: STRING, minItems: 1 } }), []],
    ["maxItems", object({ a: { type: "array", items: STRING, maxItems: 2 } }), ["keyword /properties/a/maxItems"]],
    [
      "a definition that contains itself",
      { ...object({ a: { $ref: "#/$defs/a" } }), $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } } },
      ["recursion "],
    ],
    ["a root that contains itself", object({ a: { type: "array", items: { $ref: "#" } } }), ["recursion "]],
    ["eleven levels are fine", object({ a: nestedLists(10) }), []],
  ])("%s", (_what, schema, broken) => {
    expect(rulesBroken(schema, "anthropic")).toEqual(broken);
  });
});

describe("the size of a schema", () => {
  test("counts references as what they name, and definition names once", () => {
    const pair = object({ left: STRING, right: { type: "string", enum: ["a", "bc"] } });
    const schema = {
      ...object({ one: { $ref: "#/$defs/pair" }, two: { anyOf: [{ $ref: "#/$defs/pair" }, { type: "null" }] } }),
      $defs: { pair },
    };
    const { length } = ["left", "right", "a", "bc"].join("");
    expect(computeSize(schema)).toEqual({
      properties: 6,
      depth: 2,
      enumValues: 4,
      characters: 2 * length + "onetwo".length + "pair".length,
      unions: 1,
      optional: 0,
      isRecursive: false,
    });
  });

  test("definitions that double each other forty times are measured at once", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, place) => {
        const next = place === 39 ? STRING : { $ref: `#/$defs/d${place + 1}` };
        return [`d${place}`, object({ a: next, b: next })];
      }),
    );
    const size = computeSize({ ...object({ root: { $ref: "#/$defs/d0" } }), $defs });
    expect(size.properties).toBe(2 ** 41 - 1);
    expect(size.depth).toBe(41);
  });
});
