import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileInput, compileValue } from "../../src/plan/compile-value.ts";
import { type Resolved, resolveOutput, resolveValue } from "../../src/plan/resolve-value.ts";
import { TRUSTED, trusted, untrusted } from "../../src/policy/label.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { scopeOf } from "./scope-of.ts";

type Roots = Record<string, JsonValue>;

function resolve(value: JsonValue, roots: Roots, index: number | null = null): Resolved {
  const { value: compiled, issues } = compileValue(value, "");
  expect(issues).toEqual([]);
  return resolveValue(compiled, scopeOf(roots, index));
}

function resolvedValue(value: JsonValue, roots: Roots, index: number | null = null): JsonValue {
  const resolved = resolve(value, roots, index);
  if (resolved.kind !== "value") throw new Error(resolved.kind);
  return resolved.value;
}

function output(value: JsonValue, roots: Roots): { value: JsonValue; missing: { path: string; ref: string }[] } {
  const { value: resolved, missing } = resolveOutput(compileValue(value, "/output").value, scopeOf(roots));
  return { value: resolved, missing };
}

describe("values", () => {
  test("references are filled in, everything else stays", () => {
    const roots = { a: { list: [1, 2] }, b: "text" };
    expect(
      resolvedValue(
        { x: { ref: "a.list[index]" }, y: [{ ref: "b" }, 5, { deep: { literal: { ref: "b" } } }] },
        roots,
        1,
      ),
    ).toEqual({
      x: 2,
      y: ["text", 5, { deep: { ref: "b" } }],
    });
  });

  test("text inside data can't become a reference or template", () => {
    const data = { ref: "secret", t: { template: "{{secret}}" } };
    expect(resolvedValue({ x: { ref: "a" }, y: { template: "{{a.t}}" } }, { a: data, secret: "no" })).toEqual({
      x: data,
      y: '{"template":"{{secret}}"}',
    });
  });

  test("big constants and sources are shared, not copied", () => {
    const big = { rows: [1, 2, 3] };
    const source = { part: { n: 1 } };
    const value = resolvedValue({ big, part: { ref: "a.part" } }, { a: source }) as { big: unknown; part: unknown };
    expect(value.big).toBe(big);
    expect(value.part).toBe(source.part);
  });

  test("a __proto__ key of a plan that was never parsed stays a key", () => {
    const input = JSON.parse('{"__proto__": {"ref": "a"}}') as Record<string, JsonValue>;
    const resolved = resolveValue(compileInput(input, "").value, scopeOf({ a: { polluted: true } }));
    const value = resolved.kind === "value" ? resolved.value : null;
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { polluted?: boolean }).polluted).toBe(undefined);
  });
});

describe("absent and default", () => {
  test("one absent reference makes the whole value absent and is named", () => {
    expect(resolve({ x: 1, y: [{ ref: "gone.text" }] }, {})).toMatchObject({
      kind: "absent",
      ref: { text: "gone.text" },
    });
    expect(resolve({ template: "a {{gone}}" }, {})).toMatchObject({ kind: "absent", ref: { text: "gone" } });
  });

  test("default covers an absent source and a missing path, never null", () => {
    expect(resolvedValue({ ref: "gone", default: 1 }, {})).toBe(1);
    expect(resolvedValue({ ref: "a.b", default: 1 }, { a: {} })).toBe(1);
    expect(resolvedValue({ ref: "a.b", default: 1 }, { a: { b: null } })).toBe(null);
  });

  test("a default is a value: branches join, and an absent default is absent", () => {
    expect(resolvedValue({ ref: "a", default: { ref: "b", default: [{ ref: "c" }] } }, { c: 3 })).toEqual([3]);
    expect(resolve({ ref: "a", default: { ref: "b" } }, {})).toMatchObject({ kind: "absent", ref: { text: "b" } });
  });
});

describe("templates", () => {
  test.each([
    ["text", "text"],
    [1.5, "1.5"],
    [true, "true"],
    [null, ""],
    [["a", 1, null, false], "a, 1, , false"],
    [[], ""],
    [[["a"], 1], '[["a"],1]'],
    [{ a: [1, "x"] }, '{"a":[1,"x"]}'],
  ])("%j reads as %j", (value, text) => {
    expect(resolvedValue({ template: "<{{a}}>" }, { a: value as JsonValue })).toBe(`<${text}>`);
  });

  test("a rendered text is not read again", () => {
    expect(resolvedValue({ template: "{{a}}{{b}}" }, { a: "{{b}}", b: "$&" })).toBe("{{b}}$&");
  });
});

describe("labels", () => {
  function labelOf(value: JsonValue, roots: Roots): unknown {
    return resolve(value, roots).label;
  }

  test("a literal has the plan's label, a reference its source's, a text both", () => {
    expect(labelOf("x", {})).toEqual(trusted("literal"));
    expect(labelOf({ ref: "goal" }, { goal: "g" })).toEqual(trusted("goal"));
    expect(labelOf({ template: "x {{a}}" }, { a: 1 })).toEqual(untrusted("a", "literal"));
  });

  test("a map adds nothing of its own", () => {
    expect(labelOf({ x: { ref: "goal" } }, { goal: "g" })).toEqual(trusted("goal"));
    expect(resolveValue(compileInput({}, "").value, scopeOf({})).label).toEqual(TRUSTED);
  });

  test("a default counts when it is used, and so does the source that lacked the path", () => {
    expect(labelOf({ ref: "a", default: { ref: "b" } }, { a: 1, b: 2 })).toEqual(untrusted("a"));
    expect(labelOf({ ref: "a", default: { ref: "b" } }, { b: 2 })).toEqual(untrusted("b"));
    expect(labelOf({ ref: "a.x", default: { ref: "goal" } }, { a: {}, goal: 2 })).toEqual(untrusted("a", "goal"));
  });

  const names = ["a", "b", "c", "goal", "gone"];
  const leaf = fc.oneof(
    fc.constantFrom(...names).map((name) => ({ used: name, json: { ref: name, default: "none" } as JsonValue })),
    fc.constant({ used: "literal", json: 1 as JsonValue }),
    fc.constantFrom("a", "b").map((name) => ({ used: name, json: { ref: `${name}.list[*].n` } as JsonValue })),
  );

  test("resolving changes no source, and the label is the union of what was used", () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 6 }), fc.boolean(), (leaves, isList) => {
        const part = { list: [{ n: 1 }, { n: null }] };
        const roots: Roots = { a: structuredClone(part), b: structuredClone(part), c: [1], goal: "g" };
        const before = JSON.stringify(roots);
        const json = leaves.map((one) => one.json);
        const value = isList ? json : Object.fromEntries(json.map((one, place) => [`k${place}`, { deep: [one] }]));
        const { label } = resolve({ x: value, y: { ref: "goal" } }, roots);
        const origins = new Set(["goal", ...leaves.map(({ used }) => (used === "gone" ? "literal" : used))]);
        expect(label.origins).toEqual([...origins].sort());
        expect(label.integrity).toBe(["a", "b", "c"].some((name) => origins.has(name)) ? "untrusted" : "trusted");
        expect(JSON.stringify(roots)).toBe(before);
      }),
    );
  });
});

describe("output", () => {
  test("absent references become null and are listed with their place", () => {
    const value = {
      report: { ref: "report.markdown" },
      rows: [1, { ref: "gone[0]" }],
      "a/b": { ref: "x" },
      ok: { ref: "a" },
    };
    expect(output(value, { a: 1 })).toEqual({
      value: { report: null, rows: [1, null], "a/b": null, ok: 1 },
      missing: [
        { path: "/report", ref: "report.markdown" },
        { path: "/rows/1", ref: "gone[0]" },
        { path: "/a~1b", ref: "x" },
      ],
    });
  });

  test("the whole output may be absent; null itself is not missing", () => {
    expect(output({ ref: "gone" }, {})).toEqual({ value: null, missing: [{ path: "", ref: "gone" }] });
    expect(output({ ref: "a" }, { a: null })).toEqual({ value: null, missing: [] });
  });

  test("a template keeps its text and lists what it lacks", () => {
    expect(output({ t: { template: "a {{a}} b {{gone}}!" } }, { a: 1 })).toEqual({
      value: { t: "a 1 b !" },
      missing: [{ path: "/t", ref: "gone" }],
    });
  });

  test("defaults are tried; where all are absent, the reference itself is named", () => {
    expect(output({ x: { ref: "a", default: { ref: "b", default: { y: { ref: "c" } } } } }, {})).toEqual({
      value: { x: { y: null } },
      missing: [{ path: "/x/y", ref: "c" }],
    });
    expect(output({ x: { ref: "a", default: { ref: "b" } } }, {}).missing).toEqual([{ path: "/x", ref: "a" }]);
    expect(output({ ref: "a", default: 7 }, {})).toEqual({ value: 7, missing: [] });
  });

  test("the label joins everything that went in", () => {
    const { value: compiled } = compileValue(
      { x: { ref: "a" }, y: { template: "t {{goal}}" }, z: { ref: "gone" } },
      "",
    );
    expect(resolveOutput(compiled, scopeOf({ a: 1, goal: "g" })).label).toEqual(untrusted("a", "goal", "literal"));
  });
});
