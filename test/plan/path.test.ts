import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Segment } from "../../src/plan/compiled.ts";
import { ABSENT, formatPath, parseFieldPath, parsePath, readPath } from "../../src/plan/path.ts";
import type { JsonValue } from "../../src/shared/json.ts";

function segmentsOf(text: string): Segment[] {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.path.segments;
}

function read(value: JsonValue, text: string, index: number | null = null): JsonValue | typeof ABSENT {
  return readPath(value, segmentsOf(`root${text}`), index);
}

function problemOf(text: string): { message: string; hint: string; position: number; suggestion: string | null } {
  const parsed = parsePath(text);
  if (parsed.ok) throw new Error(`${text} parses`);
  return parsed;
}

describe("the grammar of paths", () => {
  test("knows keys, quoted keys, places, this place and all", () => {
    expect(segmentsOf('a.b["c d"][0][index][*]')).toEqual([
      { kind: "key", key: "b" },
      { kind: "key", key: "c d" },
      { kind: "at", index: 0 },
      { kind: "here" },
      { kind: "each" },
    ]);
  });

  test("takes JSON escapes in quoted keys", () => {
    expect(segmentsOf(String.raw`a["\"]\\\u0041"]`)).toEqual([{ kind: "key", key: '"]\\A' }]);
    expect(segmentsOf('a["é}}"].größe')).toEqual([
      { kind: "key", key: "é}}" },
      { kind: "key", key: "größe" },
    ]);
  });

  test.each([
    "",
    ".a",
    "1a",
    "a.",
    "a..b",
    "a[",
    "a[]",
    "a[-1]",
    "a[01]",
    "a[1.5]",
    "a[ 0 ]",
    "a['b']",
    "a[b]",
    "a.*",
    "a b",
    " a",
    "a ",
    "a.0",
    "$.a",
    "a[0:2]",
    "a.b()",
    "a + b",
    "a?.b",
    'a["b]',
    'a["\n"]',
    String.raw`a["\x"]`,
    "a[9999999999]",
  ])("refuses %j", (text) => {
    expect(parsePath(text).ok).toBe(false);
  });

  test.each([
    ["$.items[0].name", "items[0].name"],
    ["{{ document.text }}", "document.text"],
    ["topics.items[].topic", "topics.items[*].topic"],
    ["topics.items.*.topic", "topics.items[*].topic"],
    ["topics.items.0.topic", "topics.items[0].topic"],
    ["row['first name']", 'row["first name"]'],
    [" document.text ", "document.text"],
    ["a?.b", "a.b"],
    ["#/a/0/b", "a[0].b"],
    ["a + b", null],
    ["a.b.length()", null],
  ])("suggests for %j: %j", (text, suggestion) => {
    expect(problemOf(text).suggestion).toBe(suggestion);
  });

  test("names the place and the rule", () => {
    const problem = problemOf("topics.items.0");
    expect(problem.position).toBe(12);
    expect(problem.message).toContain("character 13");
    expect(problem.message).toContain("[0]");
    expect(problem.hint).toContain("Did you mean 'topics.items[0]'?");
  });

  test("a path that is far too long is refused without work", () => {
    expect(problemOf(`a${".b".repeat(1_000_000)}`).message.length).toBeLessThan(300);
  });

  test("a field path starts below the element; the empty one is the element", () => {
    expect(parseFieldPath("")).toEqual({ ok: true, segments: [] });
    expect(parseFieldPath("amount.value")).toMatchObject({ ok: true, segments: [{ key: "amount" }, { key: "value" }] });
    expect(parseFieldPath('["a b"][0]')).toMatchObject({ ok: true, segments: [{ key: "a b" }, { index: 0 }] });
    expect(parseFieldPath("a b")).toMatchObject({ ok: false, position: 1 });
    expect(parseFieldPath("tags.0")).toMatchObject({ ok: false, suggestion: "tags[0]" });
  });

  test("what is formatted parses back to the same", () => {
    const characters = [
      "a",
      "Z",
      "0",
      "_",
      "-",
      "$",
      ".",
      "[",
      "]",
      '"',
      "\\",
      " ",
      "*",
      "{",
      "}",
      "é",
      "\u0000",
      "\n",
      "\ud800",
      "😀",
    ];
    const key = fc.array(fc.constantFrom(...characters), { maxLength: 6 }).map((list) => list.join(""));
    const segment: fc.Arbitrary<Segment> = fc.oneof(
      fc.record({ kind: fc.constant("key" as const), key: key }),
      fc.record({
        kind: fc.constant("key" as const),
        key: fc.constantFrom("a", "0", "größe", "a-b", "$x", "__proto__"),
      }),
      fc.record({ kind: fc.constant("at" as const), index: fc.nat(99_999) }),
      fc.constantFrom<Segment>({ kind: "each" }, { kind: "here" }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("a", "goal", "step_1", "Z9"),
        fc.array(segment, { maxLength: 6 }),
        (root, segments) => {
          const text = formatPath({ root, segments });
          expect(parsePath(text)).toEqual({ ok: true, path: { text, root, segments } });
        },
      ),
    );
  });

  test("parsing never throws, and suggestions parse", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(..."ab.[]*0\"'$ ")).map((list) => list.join("")),
        ),
        (text) => {
          const parsed = parsePath(text);
          if (!parsed.ok && parsed.suggestion !== null) expect(parsePath(parsed.suggestion).ok).toBe(true);
        },
      ),
    );
  });
});

describe("reading along a path", () => {
  const value = { a: { b: [10, 20, null] }, rows: [{ n: 1, tags: ["x", "y"] }, { n: null }, { tags: ["z"] }, 5, null] };

  test("reads keys, places and this place", () => {
    expect(read(value, ".a.b[1]")).toBe(20);
    expect(read(value, ".a.b[index]", 0)).toBe(10);
    expect(read(value, ".a.b[index]", null)).toBe(ABSENT);
    expect(read(value, ".a.b[3]")).toBe(ABSENT);
  });

  test("null is a value, missing is absent", () => {
    expect(read(value, ".a.b[2]")).toBe(null);
    expect(read(value, ".a.c")).toBe(ABSENT);
    expect(read(value, ".a.b[2].c")).toBe(ABSENT);
  });

  test("[*] maps, and drops null and missing", () => {
    expect(read(value, ".rows[*].n")).toEqual([1]);
    expect(read(value, ".a.b[*]")).toEqual([10, 20]);
    expect(read(value, ".rows[*].tags[0]")).toEqual(["x", "z"]);
  });

  test("each [*] flattens one level and no more", () => {
    expect(read(value, ".rows[*].tags[*]")).toEqual(["x", "y", "z"]);
    expect(read(value, ".rows[*].tags")).toEqual([["x", "y"], ["z"]]);
    expect(read([[[1], [2]], [[3]]], "[*][*]")).toEqual([[1], [2], [3]]);
  });

  test("[*] on an object gives its values, on anything else nothing", () => {
    expect(read({ x: 1, y: 2 }, "[*]")).toEqual([1, 2]);
    expect(read("text", "[*]")).toBe(ABSENT);
    expect(read(null, "[*]")).toBe(ABSENT);
    expect(read([], "[*].a")).toEqual([]);
  });

  test("what is inherited or built in can't be read", () => {
    for (const key of ["length", "constructor", "__proto__", "toString", "hasOwnProperty"]) {
      for (const source of [{}, [1], "text", 5, true] as JsonValue[]) expect(read(source, `.${key}`)).toBe(ABSENT);
    }
    expect(read([1, 2], '["0"]')).toBe(ABSENT);
    expect(read("text", "[0]")).toBe(ABSENT);
    expect(read({ 0: "a" }, "[0]")).toBe(ABSENT);
    expect(read(JSON.parse('{"length":3,"__proto__":{"x":1}}'), ".__proto__.x")).toBe(1);
  });
});
