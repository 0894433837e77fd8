import { describe, expect, test } from "vitest";
import { checkProviderRules } from "../../src/dialect/check-provider-rules.ts";
import { chooseDialects } from "../../src/dialect/choose-dialects.ts";
import { computeSize } from "../../src/dialect/schema-size.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { canonicalJson, type JsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { allDialects, dialectOf } from "./dialect-of.ts";
import { admits, SHELL_DIALECTS, schemaOf, variantOf } from "./encode-decision.ts";

function toolOf(name: string, inputSchema: JsonSchema): ToolDescription {
  return {
    name,
    version: "1",
    description: "A tool.",
    inputSchema,
    outputSchema: {},
    effect: "read",
    idempotency: "pure",
    planning: null,
  };
}

function inputOf(inputSchema: JsonSchema): JsonObject {
  const root = schemaOf(dialectOf("variants", [toolOf("t", inputSchema)]))!;
  const variant = variantOf(root, "t") as { properties: { input: JsonObject } };
  return variant.properties.input;
}

const properties = (input: JsonObject): JsonObject => input.properties as JsonObject;
const $ = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });
const object = (schemas: JsonObject, required: string[] = Object.keys(schemas)): JsonSchema => ({
  type: "object",
  properties: schemas,
  required,
});

describe("emitted schemas", () => {
  test.each(["openai", "compatible", "anthropic"] as const)(
    "keep the rules of %s wherever they are offered",
    (provider) => {
      for (const tools of [builtInTools, TOOLS, builtInTools.slice(0, 2), []]) {
        const { dialects } = chooseDialects(tools, { provider, formats: ["schema", "tool", "text"] });
        const enforced = dialects.filter(({ format }) => format.kind === "schema");
        expect(enforced.length).toBeGreaterThan(0);
        for (const dialect of enforced) expect(checkProviderRules(schemaOf(dialect)!, provider)).toEqual([]);
      }
    },
  );

  test("of entries and tool hold no union and nothing optional, whatever the tools", () => {
    for (const dialect of allDialects(builtInTools).filter(({ name }) => name === "entries" || name === "tool")) {
      expect(computeSize(schemaOf(dialect)!)).toMatchObject({ unions: 0, optional: 0, isRecursive: false });
      expect(checkProviderRules(schemaOf(dialect)!, "anthropic")).toEqual([]);
    }
  });

  test("are the same bytes for the same tools in any order, and so are their hashes", () => {
    const turned = [...builtInTools].reverse();
    for (const [place, dialect] of allDialects(builtInTools).entries()) {
      const other = allDialects(turned)[place]!;
      expect(JSON.stringify(other.format)).toBe(JSON.stringify(dialect.format));
      expect(other.schemaHash).toBe(dialect.schemaHash);
      expect(dialect.schemaHash).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
    const hashes = allDialects(builtInTools).map(({ schemaHash }) => schemaHash);
    expect(hashes[1]).toBe(hashes[2]);
    expect(new Set(hashes).size).toBe(3);
    expect(allDialects(TOOLS)[0]!.schemaHash).not.toBe(hashes[0]);
  });

  test.each(SHELL_DIALECTS)("of %s admit no unknown tool, no further key and no missing one", (name) => {
    const dialect = dialectOf(name, TOOLS);
    const input = name === "variants" ? { text: { ref: "document.text" } } : [{ name: "text", as: "ref", value: "a" }];
    const step = { tool: "extract_topics", id: "a", input, more: [] };
    const plan = { kind: "plan", rationale: "", steps: [step], then: "finish", output: [], message: "" };
    const withStep = (other: JsonObject): JsonObject => ({ ...plan, steps: [other as JsonValue] });
    expect(admits(dialect, plan)).toBe(true);
    expect(admits(dialect, withStep({ ...step, tool: "extract_topic" }))).toBe(false);
    expect(admits(dialect, withStep({ ...step, note: "x" }))).toBe(false);
    expect(admits(dialect, withStep({ tool: "extract_topics", id: "a", input }))).toBe(false);
    expect(admits(dialect, { ...plan, kind: "think" })).toBe(false);
    expect(admits(dialect, { ...plan, question: "x" })).toBe(false);
    expect(admits(dialect, withStep({ ...step, more: [{ name: "retry", value: "" }] }))).toBe(false);
    const { message: _, ...without } = plan;
    expect(admits(dialect, without)).toBe(false);
  });

  test("of variants hold each tool to its own inputs, by type", () => {
    const dialect = dialectOf("variants", TOOLS);
    const admitsInput = (tool: string, input: JsonObject): boolean =>
      admits(dialect, {
        ...{ kind: "plan", rationale: "", then: "finish", output: [], message: "" },
        steps: [{ tool, id: "a", input, more: [] }],
      });
    const summary = { text: "x", sentences: null, style: null };
    expect(admitsInput("summarize", summary)).toBe(true);
    expect(admitsInput("summarize", { ...summary, sentences: 5, style: "plain" })).toBe(true);
    expect(
      admitsInput("summarize", { ...summary, sentences: { ref: "params.n" }, style: { json: '{"ref":"a"}' } }),
    ).toBe(true);
    expect(admitsInput("summarize", { ...summary, sentences: "5" })).toBe(false);
    expect(admitsInput("summarize", { ...summary, style: "long" })).toBe(false);
    expect(admitsInput("summarize", { ...summary, sentences: { template: "{{n}}" } })).toBe(false);
    expect(admitsInput("summarize", { ...summary, text: null })).toBe(false);
    expect(admitsInput("summarize", { ...summary, length: 5 })).toBe(false);
    expect(admitsInput("summarize", { text: "x" })).toBe(false);
    expect(admitsInput("extract_topics", summary)).toBe(false);
  });
});

describe("what stands for an input", () => {
  test("is its own type, a reference, a template where it is a text, JSON, and null where it may be left out", () => {
    const schemas = {
      a: { type: "string", maxLength: 5 },
      b: { type: "integer", minimum: 1 },
      c: { enum: ["x", "y"] },
    };
    const input = properties(inputOf(object(schemas, ["a", "b"])));
    expect(input.a).toEqual({ anyOf: [{ type: "string" }, $("ref"), $("template"), $("json")] });
    expect(input.b).toEqual({ anyOf: [{ type: "integer" }, $("ref"), $("json")] });
    expect(input.c).toEqual({
      anyOf: [{ type: "string", enum: ["x", "y"] }, $("ref"), $("json"), { type: "null" }],
    });
  });

  test("types that several inputs share are written once", () => {
    const text = { type: "string" };
    const input = properties(
      inputOf(object({ a: text, b: { type: "string", format: "date" }, c: { type: "number" } })),
    );
    expect(input).toMatchObject({
      a: $("type1"),
      b: $("type1"),
      c: { anyOf: [{ type: "number" }, $("ref"), $("json")] },
    });
  });

  test("lists and objects of what can be expressed keep their type; inside, null stands for what is left out", () => {
    const item = object({ old: { type: "string" }, times: { type: "number" } }, ["old"]);
    const { edits } = properties(inputOf(object({ edits: { type: "array", items: item } })));
    const strict = {
      type: "object",
      properties: { old: { type: "string" }, times: { anyOf: [{ type: "number" }, { type: "null" }] } },
      required: ["old", "times"],
      additionalProperties: false,
    };
    expect(edits).toEqual({ anyOf: [{ type: "array", items: strict }, $("ref"), $("json")] });
  });

  const onlyForms = { anyOf: [$("ref"), $("json")] };
  test.each<[string, JsonSchema]>([
    ["a record", { type: "object", additionalProperties: { type: "string" } }],
    ["a list of anything", { type: "array", items: {} }],
    ["a list without items", { type: "array" }],
    ["an object with a key that providers refuse", object({ "a b": { type: "string" } })],
    ["an object that could be taken for a form", object({ ref: { type: "string" } })],
    ["an object with a form's key further in", object({ a: object({ template: { type: "string" } }) })],
    ["an object with a record in it", object({ a: { type: "object", additionalProperties: true } })],
    [
      "objects that their first key doesn't tell apart",
      { anyOf: [object({ a: { type: "string" } }), object({ a: { type: "number" } })] },
    ],
    ["a constant object", { const: { a: 1 } }],
    ["lists nested deeper than providers go", deep(6)],
    [
      "a type that contains itself",
      { $ref: "#/properties/x/$defs/tree", $defs: { tree: object({ next: { $ref: "#/properties/x/$defs/tree" } }) } },
    ],
  ])("%s is a reference or JSON", (_what, schema) => {
    expect(properties(inputOf(object({ x: schema }))).x).toEqual(onlyForms);
  });

  function deep(levels: number): JsonSchema {
    return levels === 0 ? { type: "string" } : { type: "array", items: deep(levels - 1) };
  }

  test("anything may be a scalar of its own", () => {
    const { x } = properties(inputOf(object({ x: {} })));
    const types = [{ type: "string" }, { type: "number" }, { type: "boolean" }, { type: "null" }];
    expect(x).toEqual({ anyOf: [types[0], types[1], types[2], types[3], $("ref"), $("template"), $("json")] });
  });

  test("a tool of any keys, or of several shapes, takes one object as JSON", () => {
    expect(inputOf({ type: "object", additionalProperties: true })).toEqual($("json"));
    expect(inputOf({ anyOf: [object({ a: {} }), object({ b: {} })] })).toEqual($("json"));
    expect(inputOf({ type: "object" })).toEqual({ ...object({}), required: [], additionalProperties: false });
  });

  test("definitions that double each other stay bounded, in size and in time", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, place) => [
        `d${place}`,
        place === 29
          ? { type: "string" }
          : object(
              Object.fromEntries(
                Array.from({ length: 20 }, (__, key) => [`k${key}`, { $ref: `#/$defs/d${place + 1}` }]),
              ),
            ),
      ]),
    );
    const tool = toolOf("t", { ...object({ x: { $ref: "#/$defs/d0" }, y: { $ref: "#/$defs/d27" } }), $defs });
    const schema = schemaOf(dialectOf("variants", [tool]))!;
    expect(canonicalJson(schema).length).toBeLessThan(60_000);
    expect(checkProviderRules(schema, "openai")).toEqual([]);
  });
});
