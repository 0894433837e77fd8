import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Segment } from "../../src/plan/compiled.ts";
import { ABSENT, parsePath, readPath } from "../../src/plan/path.ts";
import { listSchema, nullableSchema, objectSchema, unionSchema } from "../../src/plan/schema-compose.ts";
import { describeSchema } from "../../src/plan/schema-describe.ts";
import { viewOf } from "../../src/plan/schema-expand.ts";
import { schemaAtPath } from "../../src/plan/schema-path.ts";
import { relate } from "../../src/plan/schema-relation.ts";
import { valueFits } from "../../src/plan/schema-value.ts";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";

const segmentsOf = (text: string): Segment[] => {
  const parsed = parsePath(`x${text}`);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.path.segments;
};
const at = (schema: JsonSchema, text: string) => schemaAtPath(schema, segmentsOf(text));
const inWords = (schema: JsonSchema, text: string): string => {
  const found = at(schema, text);
  return found.kind === "missing"
    ? `missing: ${found.reason}`
    : describeSchema(found.schema) + (found.mayBeAbsent ? "?" : "");
};

const order = z.toJSONSchema(
  z.object({
    id: z.number(),
    note: z.string().optional(),
    lines: z.array(z.object({ name: z.string().nullable(), tags: z.array(z.string()) })),
    prices: z.record(z.string(), z.number()),
    any: z.json().optional(),
  }),
) as JsonSchema;

describe("the schema behind a path", () => {
  test.each([
    ["", "an object {id, note, lines, prices, any}"],
    [".id", "a number"],
    [".note", "a string?"],
    [".lines[0].name", "a string or null?"],
    [".lines[*].name", "a list of (a string)"],
    [".lines[*].tags[*]", "a list of (a string)"],
    [".lines[*].tags", "a list of (a list of (a string))"],
    [".lines[*].tags[0]", "a list of (a string)"],
    [".lines[index].tags", "a list of (a string)?"],
    [".prices.apple", "a number?"],
    [".prices[*]", "a list of (a number)"],
    [".any.deep[3].down", "anything?"],
    [".nothing", "missing: there is no field 'nothing'"],
    [".id.more", "missing: a number has no fields"],
    [".id[*]", "missing: a number is neither a list nor an object"],
    [".note[0]", "missing: a string is not a list"],
  ])("%s is %s", (path, words) => {
    expect(inWords(order, path)).toBe(words);
  });

  test("constants can be read as well", () => {
    expect(inWords({ const: { a: [{ b: 1 }, { b: 2 }] } }, ".a[*].b")).toBe("a list of (1 or 2)");
    expect(inWords({ const: { a: [1] } }, ".a[1]")).toBe("missing: the list holds at most 1 (places count from 0)");
  });

  test("fields of alternatives are joined, and may be absent where one lacks them", () => {
    const schema = unionSchema([
      objectSchema([["a", { type: "number" }]]),
      objectSchema([
        ["a", { type: "string" }],
        ["b", {}],
      ]),
    ]);
    expect(inWords(schema, ".a")).toBe("a number or a string");
    expect(inWords(schema, ".b")).toBe("anything?");
  });

  test("undeclared fields of open objects are told apart from declared ones", () => {
    const open: JsonSchema = { type: "object", properties: { text: { type: "string" } } };
    expect(at(open, ".txt")).toMatchObject({ kind: "found", undeclared: [{ key: "txt", at: 0, known: ["text"] }] });
    expect(at(open, ".text")).toMatchObject({ undeclared: [] });
    expect(at({}, ".txt")).toMatchObject({ undeclared: [] });
  });

  test("recursive schemas can be followed for ever, and keep their definitions when they are put into others", () => {
    const tree = z.object({
      value: z.number(),
      get children() {
        return z.array(tree);
      },
    });
    const schema = z.toJSONSchema(tree) as JsonSchema;
    expect(inWords(schema, ".children[0].children[0].value")).toBe("a number?");
    const found = at(schema, ".children");
    const list = found.kind === "found" ? nullableSchema(listSchema(found.schema)) : {};
    expect(inWords(list, "[0][0].children[*].value")).toBe("a list of (a number)?");
    expect(relate(list, { type: "number" })).toBe("no");
    expect(inWords(list, "[0][0].child")).toBe("missing: there is no field 'child'");
  });

  test("a schema with its own definitions may be embedded in another one", () => {
    const inner: JsonSchema = { $ref: "#/$defs/money", $defs: { money: { type: "number" } } };
    expect(inWords({ type: "object", properties: { price: inner }, required: ["price"] }, ".price")).toBe("a number");
  });

  test("whatever is read from a value fits the schema at that path", () => {
    const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom<JsonValue>(null, 1, "a", true),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom("a", "b"), tie("value"), {
          maxKeys: 2,
          noNullPrototype: true,
        }) as fc.Arbitrary<JsonValue>,
      ),
    })).value;
    const path = fc
      .array(fc.constantFrom(".a", ".b", "[0]", "[1]", "[*]"), { maxLength: 4 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(values, values, path, (one, other, text) => {
        const schema = unionSchema([{ const: one }, { const: other }]);
        const found = at(schema, text);
        const read = readPath(one, segmentsOf(text), null);
        if (read === ABSENT) return found.kind === "missing" || found.mayBeAbsent;
        if (found.kind === "found") return valueFits(read, viewOf(found.schema)) !== "no";
        return Array.isArray(read) && read.length === 0;
      }),
      { numRuns: 300 },
    );
  });
});
