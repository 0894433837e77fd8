import { describe, expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod3";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { defineTool, type ToolDefinition } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";

function toolWith(inputSchema: unknown, outputSchema: unknown = {}): Tool {
  return defineTool({
    name: "probe",
    description: "Probes schemas.",
    inputSchema,
    outputSchema,
    effect: "read",
    idempotency: "pure",
    execute: () => null,
  } as ToolDefinition);
}

/** Findings as [path, message without the tool, hint]. */
function findings(schema: unknown, value: JsonValue): [string, string, string][] {
  const checked = toolWith(schema).checkInput(value);
  if (checked.ok) return [];
  return checked.issues.map(({ path, message, hint }) => [path, message, hint]);
}

const ZOD4 = z.object({ text: z.string().min(1), size: z.int().optional(), mode: z.enum(["fast", "slow"]).optional() });
const ZOD3 = z3.object({
  text: z3.string().min(1),
  size: z3.number().int().optional(),
  mode: z3.enum(["fast", "slow"]).optional(),
});
const JSON_SCHEMA = {
  type: "object",
  properties: {
    text: { type: "string", minLength: 1 },
    size: { type: "integer" },
    mode: { type: "string", enum: ["fast", "slow"] },
  },
  required: ["text"],
  additionalProperties: false,
} as const;

describe.each([
  ["Zod 4", ZOD4],
  ["Zod 3", ZOD3],
  ["JSON Schema", JSON_SCHEMA],
])("a schema in %s", (_kind, schema) => {
  test("becomes the same JSON Schema", () => {
    expect(toolWith(schema).inputSchema).toEqual(JSON_SCHEMA);
  });

  test("accepts what fits", () => {
    expect(toolWith(schema).checkInput({ text: "a", size: 2, mode: "slow" })).toEqual({
      ok: true,
      value: { text: "a", size: 2, mode: "slow" },
    });
  });

  test("finds what is missing, of a wrong type and not allowed, in words that name the place", () => {
    expect(findings(schema, { size: "2", mode: "fst" })).toEqual([
      ["/text", "Input '/text' of tool 'probe' is missing.", expect.any(String)],
      [
        "/size",
        expect.stringMatching(/^Input '\/size' of tool 'probe' must be a (whole )?number, but is a string\.$/),
        expect.any(String),
      ],
      [
        "/mode",
        "Input '/mode' of tool 'probe' is not one of the allowed values.",
        'Did you mean "fast"? Allowed: "fast", "slow".',
      ],
    ]);
  });

  test("refuses another kind of value at the root", () => {
    expect(findings(schema, [])).toEqual([
      ["", "Input of tool 'probe' must be an object, but is a list.", "Give it an object."],
    ]);
  });

  test("refuses a text that is too short", () => {
    expect(findings(schema, { text: "" })).toEqual([
      ["/text", expect.stringContaining("Input '/text' of tool 'probe' "), expect.any(String)],
    ]);
  });
});

describe("issues", () => {
  test("carry the code of their side", () => {
    const tool = toolWith(ZOD4, z3.object({ items: z3.array(z3.number()) }));
    expect(tool.checkInput({})).toMatchObject({
      ok: false,
      issues: [{ severity: "error", code: "TOOL_INVALID_INPUT", fix: null }],
    });
    expect(tool.checkOutput({ items: [1, "2"] })).toMatchObject({
      ok: false,
      issues: [
        {
          code: "TOOL_INVALID_OUTPUT",
          path: "/items/1",
          message: "Output '/items/1' of tool 'probe' must be a number, but is a string.",
        },
      ],
    });
  });

  test("name unknown fields of strict objects", () => {
    const problem = [
      ["/extra", "Input '/extra' of tool 'probe' is not known here.", "Remove 'extra', or correct its name."],
    ];
    expect(findings(z.strictObject({}), { extra: 1 })).toEqual(problem);
    expect(findings(z3.object({}).strict(), { extra: 1 })).toEqual(problem);
    expect(findings({ type: "object", additionalProperties: false }, { extra: 1 })).toEqual(problem);
  });

  test("come from the branch of a union that was nearly right", () => {
    const branches = z.object({ by: z.union([z.string(), z.object({ field: z.string(), descending: z.boolean() })]) });
    const branches3 = z3.object({
      by: z3.union([z3.string(), z3.object({ field: z3.string(), descending: z3.boolean() })]),
    });
    for (const schema of [branches, branches3]) {
      expect(findings(schema, { by: { field: "a" } })).toEqual([
        ["/by/descending", expect.stringContaining("is missing"), "Give it a boolean."],
      ]);
      expect(findings(schema, { by: 3 })[0]?.[1]).toContain("must be a string or an object, but is a number");
    }
  });

  test("come from the branch with the fewest of them", () => {
    const narrow = z.object({ a: z.string() });
    const wide = z.object({ b: z.string(), c: z.string() });
    for (const options of [[narrow, wide] as const, [wide, narrow] as const]) {
      expect(findings(z.object({ by: z.union(options) }), { by: {} }).map(([path]) => path)).toEqual(["/by/a"]);
    }
  });

  test("take hint and path from the author's own checks", () => {
    const schema = z.object({ from: z.number(), to: z.number() }).superRefine((range, context) => {
      if (range.from > range.to)
        context.addIssue({ code: "custom", path: ["to"], message: "is before from", params: { hint: "Swap them." } });
    });
    expect(findings(schema, { from: 2, to: 1 })).toEqual([
      ["/to", "Input '/to' of tool 'probe' is not accepted: is before from.", "Swap them."],
    ]);
  });

  test("escape keys of paths and stop at twenty", () => {
    expect(findings(z.object({ "a/b~c": z.string() }), {})[0]?.[0]).toBe("/a~1b~0c");
    expect(
      findings({ type: "object", properties: { l: { items: { type: "null" } } } }, { l: new Array(50).fill(1) }),
    ).toHaveLength(20);
  });

  test("say that asynchronous checks can't be", () => {
    for (const schema of [z.object({}).refine(async () => true), z3.object({}).refine(async () => true)]) {
      expect(findings(schema, {})).toEqual([
        ["", expect.stringContaining("asynchronous"), expect.stringContaining("into execute")],
      ]);
    }
  });

  test("say what a check threw", () => {
    const schema = z.object({}).refine(() => {
      throw new Error("no such table");
    });
    expect(findings(schema, {})[0]?.[1]).toContain("'no such table'");
  });
});

describe("Zod schemas", () => {
  test("describe the value before defaults as input and after them as output", () => {
    const schema = z.object({ times: z.number().default(1) });
    const tool = toolWith(schema, schema);
    expect(tool.inputSchema.required).toBeUndefined();
    expect(tool.outputSchema.required).toEqual(["times"]);
    expect(tool.checkOutput({})).toEqual({ ok: true, value: { times: 1 } });
  });

  test("describe what goes into a transform", () => {
    for (const schema of [
      z.object({ list: z.string().transform((text) => text.split(",")) }),
      z3.object({ list: z3.string().transform((text) => text.split(",")) }),
    ]) {
      expect(toolWith(schema).inputSchema.properties).toEqual({ list: { type: "string" } });
      expect(toolWith(schema).checkInput({ list: "a,b" })).toEqual({ ok: true, value: { list: ["a", "b"] } });
      expect(() => createToolRegistry([toolWith({ type: "object" }, schema)])).toThrow(/outputSchema .*transform/i);
    }
  });

  test("that JSON can't meet are refused when the tool is defined or registered", () => {
    for (const schema of [
      z.object({ at: z.date() }),
      z.object({ size: z.bigint() }),
      z3.object({ at: z3.date() }),
      z3.object({ size: z3.bigint() }),
      z3.object({ index: z3.map(z3.string(), z3.number()) }),
    ]) {
      expect(() => createToolRegistry([toolWith(schema)])).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(/'probe': inputSchema/) }),
      );
    }
  });

  test("that coerce a text into a date take the text", () => {
    const tool = toolWith(z3.object({ at: z3.coerce.date() }));
    expect(tool.inputSchema.properties).toEqual({ at: { type: "string", format: "date-time" } });
    expect(tool.checkInput({ at: "2026-03-01T00:00:00Z" })).toEqual({
      ok: true,
      value: { at: new Date(Date.UTC(2026, 2, 1)) },
    });
  });

  test("may be recursive, and are written out where they only repeat", () => {
    interface Tree {
      children: Tree[];
    }
    const tree3: z3.ZodType<Tree> = z3.object({ children: z3.array(z3.lazy(() => tree3)) });
    const tree4: z.ZodType<Tree> = z.object({ children: z.array(z.lazy(() => tree4)) });
    const leaf = { children: [] };
    for (const schema of [z3.object({ tree: tree3 }), z.object({ tree: tree4 })]) {
      const tool = toolWith(schema);
      expect(JSON.stringify(tool.inputSchema)).toContain('"$ref":"#/');
      expect(tool.checkInput({ tree: { children: [leaf] } }).ok).toBe(true);
      expect(tool.checkInput({ tree: { children: [3] } }).ok).toBe(false);
    }
    const point = z3.object({ x: z3.number() });
    expect(JSON.stringify(toolWith(z3.object({ from: point, to: point })).inputSchema)).not.toContain("$ref");
  });

  test("of anything stay anything in Zod 3", () => {
    expect(toolWith({ type: "object" }, z3.unknown()).outputSchema).toEqual({});
  });

  test("leave out what says nothing", () => {
    const json = toolWith(z.object({ size: z.int(), names: z.record(z.string(), z.string()) })).inputSchema;
    expect(json.properties).toEqual({
      size: { type: "integer" },
      names: { type: "object", additionalProperties: { type: "string" } },
    });
  });
});

describe("JSON Schemas", () => {
  const checks = (schema: JsonSchema, value: JsonValue): boolean =>
    toolWith({ type: "object" }, schema).checkOutput(value).ok;

  test("follow the draft that $schema names", () => {
    const tuple = { items: [{ type: "string" }], additionalItems: false };
    expect(checks({ $schema: "http://json-schema.org/draft-07/schema#", ...tuple }, ["a", 1])).toBe(false);
    expect(checks({ $schema: "http://json-schema.org/draft-07/schema#", ...tuple }, ["a"])).toBe(true);
    expect(checks({ $schema: "https://json-schema.org/draft/2019-09/schema", ...tuple }, ["a"])).toBe(true);
    expect(checks({ prefixItems: [{ type: "string" }], items: false }, ["a", 1])).toBe(false);
    expect(checks({ $schema: "https://json-schema.org/draft/2019-09/schema", ...tuple }, ["a", 1])).toBe(false);
    expect(checks({ $schema: "https://json-schema.org/draft/2020-12/schema", const: 1 }, 1)).toBe(true);
  });

  test("check formats, and let unknown formats and keywords through", () => {
    expect(checks({ type: "string", format: "date" }, "2026-02-30")).toBe(false);
    expect(checks({ type: "string", format: "colour", "x-order": 3 }, "red")).toBe(true);
  });

  test("never change the value, also where they have defaults", () => {
    const value = {};
    expect(toolWith({ type: "object", properties: { a: { default: 1 } } }).checkInput(value)).toEqual({
      ok: true,
      value: {},
    });
    expect(value).toEqual({});
  });

  test("may refer to their own parts only", () => {
    const inside = { $defs: { name: { type: "string" } }, properties: { a: { $ref: "#/$defs/name" } } };
    expect(checks(inside, { a: 1 })).toBe(false);
    for (const $ref of ["https://example.org/a.json", "file:///etc/passwd", "other.json#/a"]) {
      expect(() => checks({ properties: { a: { $ref } } }, {})).toThrow(
        /outputSchema refers to '.*only references inside the schema/,
      );
    }
    expect(() => checks({ items: { $ref: "#/$defs/nowhere" } }, [])).toThrow(/doesn't contain/);
  });

  test("may hold data that looks like a reference, and a property of that name", () => {
    const data = { $ref: "https://example.org/a.json" };
    expect(checks({ const: data, default: data, examples: [data] }, data)).toBe(true);
    expect(checks({ properties: { $ref: { type: "string" } } }, { $ref: "x" })).toBe(true);
  });

  test("that are wrong say so at the first check", () => {
    const checked = toolWith({ type: "object", properties: { a: { type: "text" } } }).checkInput({});
    expect(checked).toMatchObject({
      ok: false,
      issues: [{ message: expect.stringContaining("its schema is invalid") }],
    });
  });

  test("with the same $id can live side by side", () => {
    const named = (type: string): JsonSchema => ({ $id: "https://example.org/same", type });
    expect(checks(named("string"), "a")).toBe(true);
    expect(checks(named("number"), 1)).toBe(true);
  });

  test.each([
    ["a number", 3],
    ["null", null],
    ["a list", []],
    ["a function", () => 1],
  ])("can't be %s", (_kind, schema) => {
    expect(() => createToolRegistry([toolWith({ type: "object" }, schema)])).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  test("must be plain JSON", () => {
    const cycle: Record<string, unknown> = { type: "object" };
    cycle.properties = { self: cycle };
    expect(() => toolWith(cycle)).toThrow(/inputSchema is not plain JSON/);
    expect(() => toolWith({ type: "object", maxProperties: 3n })).toThrow(/inputSchema is not plain JSON/);
  });
});
