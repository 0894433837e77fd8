import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { coerceParams, exampleParams } from "../../src/workflow/bind-params.ts";
import { expandWorkflow } from "../../src/workflow/compile-workflow.ts";
import { briefly, compiled, issuesOf, step, workflowOf } from "./workflow-kit.ts";

const params = {
  count: { type: "integer", default: 5, minimum: 1, maximum: 10 },
  tone: { type: "string", enum: ["kind", "strict"], description: "how it sounds" },
};
const workflow = workflowOf([step("a", "params.tone")], { params });

describe("params", () => {
  test("have their default, or what was given", () => {
    expect(compiled(workflow, [], { tone: "kind" }).params).toEqual({ count: 5, tone: "kind" });
    expect(compiled(workflow, [], { tone: "kind", count: 10 }).params).toEqual({ count: 10, tone: "kind" });
  });

  test.each<[string, JsonObject, string, string]>([
    ["missing", {}, "VALIDATION /params/tone", "--param tone=kind"],
    ["unknown", { tone: "kind", coun: 3 }, "VALIDATION /params", "Did you mean 'count'?"],
    ["of another type", { tone: "kind", count: "5" }, "VALIDATION /params/count", "not of type integer"],
    ["half an integer", { tone: "kind", count: 1.5 }, "VALIDATION /params/count", "not of type integer"],
    ["none of the choices", { tone: "rude" }, "VALIDATION /params/tone", '"strict"'],
    ["too small", { tone: "kind", count: 0 }, "VALIDATION /params/count", "below 1"],
    ["too large", { tone: "kind", count: 11 }, "VALIDATION /params/count", "above 10"],
    ["null", { tone: null }, "VALIDATION /params/tone", "not of type string"],
  ])("that are %s are refused", (...[, given, expected, says]) => {
    const issues = issuesOf(workflow, [], given);
    expect(briefly(issues)).toEqual([expected]);
    expect(`${issues[0]?.message} ${issues[0]?.hint}`).toContain(says);
  });

  test("with a wrong default are refused like any other", () => {
    const wrong = workflowOf([step("a", "goal")], { params: { n: { type: "integer", default: "x" } } });
    expect(briefly(issuesOf(wrong))).toEqual(["VALIDATION /params/n"]);
  });

  test("from the command line are read by their type", () => {
    const typed = workflowOf([step("a", "goal")], {
      params: {
        s: { type: "string" },
        i: { type: "integer" },
        n: { type: "number" },
        b: { type: "boolean" },
        a: { type: "array" },
        o: { type: "object" },
      },
    });
    const texts = { s: "5", i: "5", n: "1.5", b: "true", a: "[1]", o: '{"k":1}' };
    expect(coerceParams(typed, texts)).toEqual({ s: "5", i: 5, n: 1.5, b: true, a: [1], o: { k: 1 } });
    expect(coerceParams(typed, { i: "five", b: "yes", other: "7", constructor: "1" })).toEqual({
      i: "five",
      b: "yes",
      other: "7",
      constructor: "1",
    });
  });

  test("can be made up, where a workflow is only looked at", () => {
    const types = ["string", "number", "integer", "boolean", "array", "object"];
    const all = {
      ...Object.fromEntries(types.map((type) => [type, { type }])),
      low: { type: "integer", minimum: 2.5 },
      high: { type: "number", maximum: -1 },
      one: { type: "string", enum: ["x"] },
    };
    const shown = workflowOf([step("a", "goal")], { params: all });
    expect(expandWorkflow(shown, { params: exampleParams(shown) }).issues).toEqual([]);
  });
});
