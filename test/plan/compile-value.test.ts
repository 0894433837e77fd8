import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/error/issue.ts";
import { compileInput, compileValue } from "../../src/plan/compile-value.ts";
import type { CompiledValue } from "../../src/plan/compiled.ts";
import { resolveValue } from "../../src/plan/resolve-value.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { literalScope } from "./scope-of.ts";

function compiled(value: JsonValue): CompiledValue {
  const result = compileValue(value, "/v");
  expect(result.issues).toEqual([]);
  return result.value;
}

function issueOf(value: JsonValue): Issue {
  const { issues } = compileValue(value, "/v");
  expect(issues).toHaveLength(1);
  return issues[0]!;
}

describe("forms", () => {
  test("an object with exactly ref is a reference", () => {
    expect(compiled({ ref: "a.b" })).toMatchObject({
      kind: "ref",
      fallback: null,
      pointer: "/v",
      path: { root: "a", text: "a.b" },
    });
  });

  test("ref with default has a fallback, which is a value itself, also when it is null", () => {
    expect(compiled({ ref: "a", default: { ref: "b" } })).toMatchObject({
      fallback: { kind: "ref", pointer: "/v/default", path: { root: "b" } },
    });
    expect(compiled({ default: null, ref: "a" })).toMatchObject({ fallback: { kind: "constant", value: null } });
  });

  test("literal holds anything as it is, at its own place", () => {
    const inside = { ref: "a.b", x: [{ template: "{{" }] };
    expect(compiled({ literal: inside })).toEqual({ kind: "constant", value: inside, pointer: "/v/literal" });
    expect(compiled([{ literal: 1 }])).toMatchObject({ kind: "list", items: [{ value: 1, pointer: "/v/0/literal" }] });
  });

  test("template or literal beside other keys is a plain object", () => {
    for (const value of [
      { template: "{{a", x: 1 },
      { literal: 1, x: 2 },
      { template: "a", literal: 2 },
      { default: 1 },
    ]) {
      expect(compiled(value)).toMatchObject({ kind: "constant", value });
    }
  });

  test("a part without forms becomes one constant that shares the original", () => {
    const plain = { a: [1, { b: "{{x}}", c: null }], text: "ref" };
    const result = compiled({ plain, ref2: [{ ref: "a" }] });
    expect(result.kind).toBe("object");
    const fields = result.kind === "object" ? result.fields : [];
    expect(fields[0]![1].kind === "constant" && fields[0]![1].value).toBe(plain);
    expect(fields[1]![1].kind).toBe("list");
  });

  test("pointers escape their keys", () => {
    expect(compiled({ "a/b~c": { ref: "x" } })).toMatchObject({ fields: [["a/b~c", { pointer: "/v/a~1b~0c" }]] });
  });

  test("input itself is a map, so an argument may be called ref", () => {
    const { value, issues } = compileInput({ ref: "goal", more: { ref: "goal" } }, "/input");
    expect(issues).toEqual([]);
    expect(value.fields.map(([key, field]) => [key, field.kind])).toEqual([
      ["ref", "constant"],
      ["more", "ref"],
    ]);
    expect(compileInput({}, "/input").value).toEqual({ kind: "object", fields: [], pointer: "/input" });
  });
});

describe("what is no form", () => {
  test.each([[{ ref: "a", is: 1 }], [{ ref: 5 }], [{ ref: null, default: 1 }], [{ ref: "a", template: "b" }]])(
    "%j is an error that literal fixes",
    (value) => {
      const issue = issueOf(value as JsonValue);
      expect(issue).toMatchObject({ code: "PLAN_BAD_FORM", severity: "error", path: "/v" });
      expect(issue.fix).toEqual([{ op: "replace", path: "/v", value: { literal: value } }]);
    },
  );

  test("hints say what was meant: a condition, a default", () => {
    expect(issueOf({ ref: "a", gt: 1 }).hint).toContain("when");
    expect(issueOf({ ref: "a", defualt: 1 }).hint).toContain("'default'");
    expect(issueOf({ ref: "a", fallback: 1 }).hint).toContain("'default'");
  });

  test("a bad path is reported where it stands, with a fix where the meaning is plain", () => {
    expect(issueOf({ x: [{ ref: "a.0" }] })).toMatchObject({
      code: "PLAN_BAD_PATH",
      path: "/v/x/0/ref",
      fix: [{ op: "replace", path: "/v/x/0/ref", value: "a[0]" }],
    });
    expect(issueOf({ ref: "a + b" }).fix).toBe(null);
  });

  test("a template that is no text is a bad form", () => {
    expect(issueOf({ template: 5 }).code).toBe("PLAN_BAD_FORM");
  });
});

describe("templates", () => {
  function parts(text: string): (string | { path: string })[] {
    const value = compiled({ template: text });
    if (value.kind !== "template") throw new Error("no template");
    return value.parts.map((part) => (typeof part === "string" ? part : { path: part.text }));
  }

  test("paths stand between braces, with or without spaces", () => {
    expect(parts("Dear {{a.b}}, {{ c[0] }}!")).toEqual(["Dear ", { path: "a.b" }, ", ", { path: "c[0]" }, "!"]);
  });

  test("four braces are two, a lone }} is text", () => {
    expect(parts("{{{{x}} {y} }}")).toEqual(["{{x}} {y} }}"]);
    expect(parts("{{{{{{a}}")).toEqual(["{{", { path: "a" }]);
    expect(parts("")).toEqual([]);
  });

  test("braces inside a quoted key don't close", () => {
    expect(parts('{{a["}}"]}}')).toEqual([{ path: 'a["}}"]' }]);
    expect(parts(String.raw`{{a["\"}}"]}}`)).toEqual([{ path: String.raw`a["\"}}"]` }]);
  });

  test("what is between braces must be a path", () => {
    expect(issueOf({ template: "x {{}}" })).toMatchObject({ code: "PLAN_BAD_TEMPLATE", path: "/v/template" });
    expect(issueOf({ template: "x {{a" })).toMatchObject({ code: "PLAN_BAD_TEMPLATE" });
    expect(issueOf({ template: "{{a | upper}}" })).toMatchObject({ code: "PLAN_BAD_PATH", fix: null });
    expect(issueOf({ template: "x {{a.0}} y" }).fix).toEqual([
      { op: "replace", path: "/v/template", value: "x {{a[0]}} y" },
    ]);
  });

  test("a template full of slips ends after a few issues", () => {
    expect(compileValue({ template: "{{.}}".repeat(50_000) }, "").issues).toHaveLength(5);
  });
});

test("compiling JSON never throws, and literal gives back exactly what it holds", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
      const value = json as JsonValue;
      compileValue(value, "");
      const resolved = resolveValue(compiled({ x: { literal: value } }), literalScope);
      expect(resolved).toMatchObject({ kind: "value", value: { x: value } });
    }),
    { numRuns: 60 },
  );
});
