import { describe, expect, test } from "vitest";
import type { RecoveryRule } from "../../src/goal/run-rules.ts";
import { checkFallbacks } from "../../src/plan/check-fallbacks.ts";
import { type PlanDecision, planDecisionSchema } from "../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";

const tools = createToolRegistry([createFakeTool({ name: "spare" })]);
const ref = (path: string): JsonObject => ({ ref: path });

/** `last` waits for `first` by way of `middle`; `other` runs beside them; `each` has elements. */
const PLAN: PlanDecision = planDecisionSchema.parse({
  kind: "plan",
  rationale: "",
  steps: [
    { id: "first", tool: "t", input: {} },
    { id: "middle", tool: "t", input: { x: ref("first.v") } },
    { id: "other", tool: "t", input: {} },
    { id: "last", tool: "t", input: {}, when: { ref: "status.middle", is: "completed" } },
    { id: "each", tool: "t", input: {}, forEach: { items: ref("first.list"), max: 3 } },
  ],
});

function check(rule: Partial<RecoveryRule>, { plan = PLAN as PlanDecision | null, documents = 1 } = {}): string[] {
  const rules: RecoveryRule[] = [{ on: "*", do: "fallback", tool: "spare", ...rule }];
  return checkFallbacks(rules, { tools, plan, documents }).map(({ code, path }) => `${code} ${path}`);
}

const at = (value: JsonValue): Partial<RecoveryRule> => ({ step: "last", input: { x: value } });

describe("the input of a tool that a rule falls back on", () => {
  test.each<[string, Partial<RecoveryRule>]>([
    ["its own input", { step: "last" }],
    ["a step before it, however far", at([ref("first.v"), { template: "{{middle.v}}" }, ref("status.first")])],
    ["roots", at([ref("goal"), ref("params.a"), ref("document.text"), ref("now.date")])],
    ["the element of a step that has some", { step: "each", input: { x: ref("item.a"), y: ref("first.list[index]") } }],
    ["a rule for any step: what one of them waits for", { input: { x: ref("middle.v"), y: ref("item") } }],
    ["a step of a later plan", { step: "later", input: { x: ref("evenLater.v") } }],
  ])("may refer to %s", (...[, rule]) => {
    expect(check(rule)).toEqual([]);
  });

  test.each<[string, Partial<RecoveryRule>, string]>([
    ["what is not there", at(ref("frist.v")), "PLAN_BAD_REF /recovery/0/input/x/ref"],
    ["nor with a default", at({ ref: "frist.v", default: 1 }), "PLAN_BAD_REF /recovery/0/input/x/ref"],
    ["the status of what is not there", at(ref("status.frist")), "PLAN_BAD_REF /recovery/0/input/x/ref"],
    ["itself", at(ref("last.v")), "PLAN_BAD_REF /recovery/0/input/x/ref"],
    ["what runs beside it", at({ template: "{{other.v}}" }), "PLAN_BAD_REF /recovery/0/input/x/template"],
    [
      "that, as a default",
      at({ ref: "first.v", default: ref("other.v") }),
      "PLAN_BAD_REF /recovery/0/input/x/default/ref",
    ],
    ["an element where there is none", at(ref("item")), "PLAN_BAD_SCOPE /recovery/0/input/x/ref"],
    ["the place of one", at(ref("first.list[index]")), "PLAN_BAD_SCOPE /recovery/0/input/x/ref"],
    ["no path", at(ref("first..v")), "PLAN_BAD_PATH /recovery/0/input/x/ref"],
    ["for any step: what none waits for", { input: { x: ref("other.v") } }, "PLAN_BAD_REF /recovery/0/input/x/ref"],
  ])("may not refer to %s", (...[, rule, issue]) => {
    expect(check(rule)).toEqual([issue]);
  });

  test("may refer to a document only where there is one, or with a default", () => {
    expect(check(at(ref("document.text")), { documents: 0 })).toEqual(["PLAN_BAD_REF /recovery/0/input/x/ref"]);
    expect(check(at({ ref: "document.text", default: "" }), { documents: 0 })).toEqual([]);
  });

  test("without a plan only forms and tools are known", () => {
    expect(check(at(ref("frist.v")), { plan: null })).toEqual([]);
    expect(check(at(ref("first..v")), { plan: null })).toEqual(["PLAN_BAD_PATH /recovery/0/input/x/ref"]);
    expect(check({ tool: "spar" }, { plan: null })).toEqual(["PLAN_UNKNOWN_TOOL /recovery/0/tool"]);
  });

  test("a rule that was written for several steps is judged once, as one", () => {
    const rule: RecoveryRule = { on: "*", do: "fallback", tool: "spare", input: { x: ref("first.v"), y: ref("no.v") } };
    const rules = ["first", "middle", "last"].map((step) => ({ step, ...rule }));
    const issues = checkFallbacks(rules, { tools, plan: PLAN, documents: 0 });
    expect(issues.map(({ path }) => path)).toEqual(["/recovery/0/input/y/ref"]);
  });
});
