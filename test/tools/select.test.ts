import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { jsonSchemaCheck } from "../../src/tool/json-schema-check.ts";
import { select } from "../../tools/select.ts";
import { inputIssues, runTool } from "./run-tool.ts";

const VISITS: JsonObject[] = [
  { id: 1, city: "Oslo", cost: 300, at: "2026-03-02", guide: { name: "Kim" } },
  { id: 2, city: "Rome", cost: 120, at: "2026-01-15", guide: { name: "Ada" } },
  { id: 3, city: "Oslo", cost: 80, at: "2026-02-20", guide: null },
  { id: 4, city: "Bern", at: "2025-12-31", tags: ["short"] },
];

function ids(rest: JsonObject, items: JsonValue = VISITS): JsonValue[] {
  return (runTool(select, { items, ...rest }).items as JsonObject[]).map((item) => item.id ?? null);
}

describe("select", () => {
  test("gives the whole list, its first element and its length where nothing is asked", () => {
    expect(runTool(select, { items: VISITS })).toEqual({ items: VISITS, first: VISITS[0], count: 4 });
    expect(runTool(select, { items: [] })).toEqual({ items: [], first: null, count: 0 });
  });

  test("keeps the elements for which the condition holds", () => {
    expect(ids({ where: { field: "cost", gte: 120 } })).toEqual([1, 2]);
    expect(ids({ where: { field: "guide.name", is: "Ada" } })).toEqual([2]);
    expect(
      ids({
        where: {
          any: [
            { field: "city", in: ["Bern"] },
            { field: "at", gt: "2026-03-01" },
          ],
        },
      }),
    ).toEqual([1, 4]);
    expect(ids({ where: { field: "tags", some: { is: "short" } } })).toEqual([4]);
    expect(runTool(select, { items: [3, 11, 7], where: { gt: 5 } }).items).toEqual([11, 7]);
  });

  test("takes operands as data: what looks like a reference is compared, never resolved", () => {
    const items = [
      { id: 1, raw: { ref: "goal" } },
      { id: 2, raw: "goal" },
      { id: 3, raw: { template: "{{goal}}" } },
    ];
    expect(ids({ where: { field: "raw", is: { ref: "goal" } } }, items)).toEqual([1]);
    expect(ids({ where: { field: "raw", is: { template: "{{goal}}" } } }, items)).toEqual([3]);
    expect(ids({ where: { field: "raw", is: { literal: "goal" } } }, items)).toEqual([]);
  });

  test("groups by a field, in the order of first elements, with missing and null as one group", () => {
    const { items, count } = runTool(select, { items: VISITS, groupBy: { field: "guide.name" } });
    expect(items).toEqual([
      { key: "Kim", items: [VISITS[0]], count: 1 },
      { key: "Ada", items: [VISITS[1]], count: 1 },
      { key: null, items: [VISITS[2], VISITS[3]], count: 2 },
    ]);
    expect(count).toBe(3);
  });

  test('keeps the groups of 1 and "1" apart', () => {
    const { items } = runTool(select, { items: [1, "1", 1], groupBy: { field: "" } });
    expect((items as JsonObject[]).map((group) => group.count)).toEqual([2, 1]);
  });

  test("orders by several fields, missing last in both directions, and keeps the order of equals", () => {
    expect(ids({ orderBy: [{ field: "cost" }] })).toEqual([3, 2, 1, 4]);
    expect(ids({ orderBy: [{ field: "cost", descending: true }] })).toEqual([1, 2, 3, 4]);
    expect(ids({ orderBy: [{ field: "city" }, { field: "at", descending: true }] })).toEqual([4, 1, 3, 2]);
    expect(ids({ orderBy: [{ field: "city", descending: true }] })).toEqual([2, 1, 3, 4]);
  });

  test("orders numbers as numbers, texts by code unit, and types by rank", () => {
    const items = [{ b: 1 }, "b", 10, null, [2], true, 9, "B", false];
    expect(runTool(select, { items, orderBy: [{ field: "" }] }).items).toEqual([
      9,
      10,
      "B",
      "b",
      false,
      true,
      [2],
      { b: 1 },
      null,
    ]);
  });

  test("counts before it takes", () => {
    expect(runTool(select, { items: [5, 6, 7], take: 2 })).toEqual({ items: [5, 6], first: 5, count: 3 });
    expect(runTool(select, { items: [5], take: 0 })).toEqual({ items: [], first: null, count: 1 });
    expect(runTool(select, { items: [5], take: 9 })).toEqual({ items: [5], first: 5, count: 1 });
  });

  test("picks fields under their last key or a given name, null where they are missing", () => {
    expect(runTool(select, { items: VISITS, pick: ["id", "guide.name"], take: 3 }).items).toEqual([
      { id: 1, name: "Kim" },
      { id: 2, name: "Ada" },
      { id: 3, name: null },
    ]);
    const pick = { whole: "", tag: "tags[0]", key: '["id"]' };
    expect(runTool(select, { items: VISITS.slice(3), pick }).first).toEqual({ whole: VISITS[3], tag: "short", key: 4 });
  });

  test("works in the order where, groupBy, orderBy, take, pick", () => {
    const result = runTool(select, {
      items: VISITS,
      where: { field: "cost", exists: true },
      groupBy: { field: "city" },
      orderBy: [{ field: "count" }, { field: "key" }],
      take: 1,
      pick: { city: "key", spent: "items[*].cost" },
    });
    expect(result).toEqual({
      items: [{ city: "Rome", spent: [120] }],
      first: { city: "Rome", spent: [120] },
      count: 2,
    });
  });

  test("doesn't change the list it was given", () => {
    const items = structuredClone(VISITS);
    runTool(select, { items, orderBy: [{ field: "cost" }], groupBy: { field: "city" } });
    expect(items).toEqual(VISITS);
  });

  test.for<[string, JsonObject, string, string]>([
    ["a list", { items: "Oslo" }, "/items", "must be a list, but is a string"],
    ["a known operator", { items: [], where: { field: "a", gtt: 1 } }, "/where", "'gtt' is no operator"],
    [
      "a field, not a ref",
      { items: [], where: { all: [{ ref: "a", is: 1 }] } },
      "/where/all/0/ref",
      "looks at the element",
    ],
    ["an operand that fits", { items: [], where: { field: "a", in: 3 } }, "/where/in", "'in' takes a list"],
    ["a field that parses", { items: [], groupBy: { field: "a..b" } }, "/groupBy/field", "is not a path"],
    ["names for picked elements", { items: [], pick: [""] }, "/pick/0", "no name"],
    ["different names", { items: [], pick: ["a.id", "b.id"] }, "/pick/1", "a second property the name 'id'"],
    ["a number to take", { items: [], take: -1 }, "/take", "is not accepted"],
    ["known inputs", { items: [], limit: 3 }, "/limit", "is not known here"],
  ])("wants %s", ([, input, path, words]) => {
    expect(inputIssues(select, input)).toEqual([
      expect.objectContaining({ code: "TOOL_INVALID_INPUT", path, message: expect.stringContaining(words) }),
    ]);
  });

  test("suggests the operator that was meant", () => {
    expect(inputIssues(select, { items: [], where: { field: "a", gtt: 1 } })[0]?.hint).toContain("Did you mean 'gt'?");
  });
});

describe("the inferred output of select", () => {
  const VISIT: JsonSchema = {
    type: "object",
    properties: { id: { type: "integer" }, city: { type: "string" }, cost: { type: "number" } },
    required: ["id", "city"],
    additionalProperties: false,
  };
  const infer = (inputs: Record<string, JsonSchema>): JsonSchema => select.inferOutput?.(inputs) ?? {};
  const itemsOf = (schema: JsonSchema): JsonValue =>
    ((schema.properties as JsonObject).items as JsonObject).items ?? null;

  test("has the element's type, and its first may be null", () => {
    const schema = infer({ items: { type: "array", items: VISIT } });
    expect(itemsOf(schema)).toEqual(VISIT);
    expect((schema.properties as JsonObject).first).toEqual({ anyOf: [VISIT, { type: "null" }] });
    expect(schema.required).toEqual(["items", "first", "count"]);
  });

  test("follows constant groups and picks", () => {
    const items = { type: "array", items: VISIT };
    expect(itemsOf(infer({ items, groupBy: { const: { field: "city" } } }))).toMatchObject({
      properties: { key: { type: "string" }, items: { type: "array", items: VISIT }, count: { type: "integer" } },
    });
    const built = { type: "object", properties: { field: { const: "city" } }, additionalProperties: false };
    expect(infer({ items, groupBy: built })).toEqual(infer({ items, groupBy: { const: { field: "city" } } }));
    expect(itemsOf(infer({ items, groupBy: { ...built, additionalProperties: true } }))).toMatchObject({
      properties: { key: {} },
    });
    expect(itemsOf(infer({ items, pick: { const: ["id", "cost"] } }))).toMatchObject({
      properties: { id: { type: "integer" }, cost: { anyOf: [{ type: "number" }, { type: "null" }] } },
      required: ["id", "cost"],
    });
    const both = { groupBy: { const: { field: "city" } }, pick: { const: { town: "key", costs: "items[*].cost" } } };
    expect(itemsOf(infer({ items, ...both }))).toMatchObject({
      properties: { town: { type: "string" }, costs: { type: "array", items: { type: "number" } } },
    });
  });

  test("stays open where it can't know", () => {
    expect(itemsOf(infer({ items: {} }))).toEqual({});
    expect(itemsOf(infer({ items: { type: "array", items: VISIT }, pick: { type: "array" } }))).toEqual({
      type: "object",
    });
  });

  test("carries the definitions of recursive elements along", () => {
    const items = {
      type: "array",
      items: { $ref: "#/$defs/tree" },
      $defs: { tree: { type: "array", items: { $ref: "#/$defs/tree" } } },
    };
    const check = jsonSchemaCheck(infer({ items }));
    expect(check({ items: [[[]]], first: [[]], count: 1 }).ok).toBe(true);
    expect(check({ items: [[3]], first: null, count: 1 }).ok).toBe(false);
  });
});

const element = fc.record(
  { id: fc.nat(5), kind: fc.constantFrom("a", "b", "c"), size: fc.option(fc.integer({ min: -9, max: 9 })) },
  { requiredKeys: ["id"] },
);
type Element = { id: number; kind?: string; size?: number | null };

/** The same, as one would write it by hand for these elements. */
function naive(items: Element[], asked: { atLeast: number; isDescending: boolean; take: number }): JsonObject {
  const kept = items.filter((item) => typeof item.size === "number" && item.size >= asked.atLeast);
  const sorted: Element[] = [];
  for (const item of kept) {
    const before = sorted.findIndex((other) => (asked.isDescending ? other.id < item.id : other.id > item.id));
    sorted.splice(before < 0 ? sorted.length : before, 0, item);
  }
  const taken = sorted.slice(0, asked.take).map((item) => ({ id: item.id, kind: item.kind ?? null }));
  return { items: taken, first: taken[0] ?? null, count: kept.length };
}

test("select does what a naive filter, insertion sort and slice do, and its output fits the inferred schema", () => {
  const items = {
    type: "array",
    items: {
      type: "object",
      properties: { id: { type: "integer" }, kind: { type: "string" }, size: { type: ["integer", "null"] } },
      required: ["id"],
      additionalProperties: false,
    },
  };
  const fits = jsonSchemaCheck(select.inferOutput?.({ items, pick: { const: ["id", "kind"] } }) ?? {});
  fc.assert(
    fc.property(
      fc.array(element),
      fc.tuple(fc.integer({ min: -9, max: 9 }), fc.boolean(), fc.nat(6)),
      (list, [atLeast, isDescending, take]) => {
        const output = runTool(select, {
          items: list,
          where: { field: "size", gte: atLeast },
          orderBy: [{ field: "id", descending: isDescending }],
          take,
          pick: ["id", "kind"],
        });
        expect(output).toEqual(naive(list, { atLeast, isDescending, take }));
        expect(fits(output).ok).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test("groups together hold every element once, each under its own key", () => {
  fc.assert(
    fc.property(fc.array(element), (list) => {
      const groups = runTool(select, { items: list, groupBy: { field: "kind" } }).items as {
        key: string | null;
        items: Element[];
        count: number;
      }[];
      expect(groups.flatMap((group) => group.items)).toHaveLength(list.length);
      for (const group of groups) {
        expect(group.items).toEqual(list.filter((item) => (item.kind ?? null) === group.key));
        expect(group.count).toBe(group.items.length);
      }
    }),
    { numRuns: 100 },
  );
});
