import { describe, expect, test } from "vitest";
import { canonicalStep } from "../../src/plan/canonical-step.ts";
import type { KnownStep } from "../../src/plan/check-context.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { Step } from "../../src/plan/decision.ts";
import { TRUSTED } from "../../src/policy/label.ts";
import type { JsonSchema } from "../../src/shared/json.ts";
import { briefly, check, contextWith, DOCUMENT_TEXT, GOOD_PLAN, planOf } from "./check-setup.ts";

const summary: Step = { id: "summary", tool: "summarize", input: { text: DOCUMENT_TEXT } };
const topics: Step = { id: "topics", tool: "extract_topics", input: { text: DOCUMENT_TEXT } };
const mood: Step = { id: "mood", tool: "analyze_sentiment", input: { text: DOCUMENT_TEXT } };
const known = (id: string, step: Partial<KnownStep>): ReadonlyMap<string, KnownStep> =>
  new Map([[id, { definition: "d", status: "completed", outputSchema: null, ...step }]]);

describe("a plan that is right", () => {
  test("has no issues and comes back compiled, with its graph", () => {
    const result = checkDecision(GOOD_PLAN, contextWith());
    expect(result.issues).toEqual([]);
    expect(result.compiled?.steps).toHaveLength(6);
    expect(result.graph?.edges).toContainEqual(["summary", "topics"]);
    expect(result.approvals).toEqual([]);
  });

  test("may name steps in any order and read them before they are written down", () => {
    expect(check({ ...GOOD_PLAN, steps: GOOD_PLAN.steps.toReversed() })).toEqual([]);
  });

  test("may have no steps", () => {
    expect(check(planOf([]))).toEqual([]);
  });

  test("questions and refusals are not checked", () => {
    expect(checkDecision({ kind: "ask", rationale: "r", question: "q" }, contextWith())).toMatchObject({
      issues: [],
      compiled: null,
    });
  });
});

describe("a plan with errors", () => {
  test("is not compiled, but keeps its graph for people to look at", () => {
    const result = checkDecision(planOf([{ ...summary, tool: "none" }]), contextWith());
    expect(result.compiled).toBeNull();
    expect(result.graph?.ids).toEqual(["summary"]);
  });

  test("gets all of its issues at once", () => {
    const plan = planOf([
      { id: "goal", tool: "sumarize", input: {} },
      { ...summary, input: { text: { ref: "nothing_here" }, sentences: "x" } },
    ]);
    expect(briefly(check(plan))).toEqual([
      "PLAN_RESERVED_ID /steps/0/id",
      "PLAN_UNKNOWN_TOOL /steps/0/tool",
      "PLAN_BAD_REF /steps/1/input/text/ref",
      "PLAN_BAD_VALUE /steps/1/input/sentences",
    ]);
  });

  test("a form that does not compile is told once", () => {
    const plan = planOf([{ ...summary, input: { text: { ref: "goal", is: 1 }, sentences: { ref: ".." } } }]);
    expect(briefly(check(plan))).toEqual([
      "PLAN_BAD_FORM /steps/0/input/text",
      "PLAN_BAD_PATH /steps/0/input/sentences/ref",
    ]);
  });
});

describe("types", () => {
  const each = (rest: Partial<Step>): Step => ({
    ...topics,
    id: "each",
    forEach: { items: ["a"], max: 3 },
    input: { text: { ref: "item" } },
    ...rest,
  });
  const wants = (schema: JsonSchema) => ({ outputSchema: schema });

  test("a forEach gives a list of its tool's output", () => {
    expect(check(planOf([each({})], { output: { ref: "each[0].items" } }))).toEqual([]);
    expect(briefly(check(planOf([each({})], { output: { ref: "each.items" } })))).toEqual(["PLAN_BAD_REF /output/ref"]);
  });

  test("under skip the elements of that list may be null", () => {
    const schema: JsonSchema = { type: "array", items: { type: "null" }, minItems: 1 };
    expect(briefly(check(planOf([each({})], { output: { ref: "each" } }), wants(schema)))).toEqual([
      "PLAN_OUTPUT_MISMATCH /output/ref",
    ]);
    expect(check(planOf([each({ onFailure: "skip" })], { output: { ref: "each" } }), wants(schema))).toEqual([]);
  });

  test("the element of a forEach has the type of its list", () => {
    expect(briefly(check(planOf([topics, each({ forEach: { items: { ref: "topics.items" }, max: 3 } })])))).toEqual([
      "PLAN_TYPE_MISMATCH /steps/1/input/text/ref",
    ]);
  });

  test("a conditional step is null in the output if it does not run, and its default's type with one", () => {
    const calm: Step = { ...summary, id: "calm", when: { ref: "mood.label", is: "neutral" } };
    const plan = (output: NonNullable<typeof GOOD_PLAN.output>) => planOf([mood, calm], { output });
    expect(briefly(check(plan({ ref: "calm.text" }), wants({ type: "null" })))).toEqual([
      "PLAN_MAYBE_ABSENT /output/ref ?",
    ]);
    expect(briefly(check(plan({ ref: "calm.text", default: 5 }), wants({ type: "null" })))).toEqual([
      "PLAN_OUTPUT_MISMATCH /output/ref",
      "PLAN_OUTPUT_MISMATCH /output/default",
    ]);
    expect(check(plan({ ref: "calm.text", default: "calm" }), wants({ type: "string" }))).toEqual([]);
  });

  test("a chain inside one branch is meant, and gives no warning", () => {
    const calm: Step = { ...summary, id: "calm", when: { ref: "mood.label", is: "neutral" } };
    expect(check(planOf([mood, calm, { ...topics, input: { text: { ref: "calm.text" } } }]))).toEqual([]);
  });

  test("without an output the result is that of the last steps, without those that may not run", () => {
    const calm: Step = { ...mood, id: "calm", when: { ref: "goal", empty: false } };
    const schema = (calm: JsonSchema): JsonSchema => ({ type: "object", properties: { calm }, required: ["calm"] });
    expect(briefly(check(planOf([calm]), wants(schema({ type: "null" }))))).toEqual(["PLAN_OUTPUT_MISMATCH "]);
    expect(briefly(check(planOf([calm]), wants(schema({ type: "string" }))))).toEqual(["PLAN_OUTPUT_MISMATCH "]);
    expect(check(planOf([calm]), wants({ type: "object", additionalProperties: { type: "object" } }))).toEqual([]);
  });

  test("branches join without a warning", () => {
    const yes: Step = { ...summary, id: "yes", when: { ref: "mood.label", is: "neutral" } };
    const no: Step = { ...summary, id: "no", when: { ref: "status.yes", is: "unmet" } };
    const output = { ref: "yes.text", default: { ref: "no.text", default: "" } };
    expect(check(planOf([mood, yes, no], { output }))).toEqual([]);
  });

  test("the output of a tool follows its inputs where the tool says so", () => {
    const plan = (ref: string) =>
      planOf([topics, { id: "one", tool: "first", input: { items: { ref: "topics.items" } } }], { output: { ref } });
    expect(check(plan("one.value.topic"))).toEqual([]);
    expect(check(plan("one.value.topc"))[0]?.fix).toEqual([
      { op: "replace", path: "/output/ref", value: "one.value.topic" },
    ]);
  });

  test("a field of an open object may be there", () => {
    expect(check(planOf([{ id: "l", tool: "loose", input: {} }], { output: { ref: "l.something" } }))).toEqual([]);
  });

  test("parameters have their values' types, or those of their schema", () => {
    const plan = planOf([{ ...summary, input: { text: DOCUMENT_TEXT, sentences: { ref: "params.count" } } }]);
    expect(check(plan, { params: { count: 3 } })).toEqual([]);
    expect(briefly(check(plan, { params: { count: 50 } }))).toEqual([
      "PLAN_TYPE_MISMATCH /steps/0/input/sentences/ref",
    ]);
    const paramsSchema: JsonSchema = { type: "object", properties: { count: { type: "integer" } } };
    expect(briefly(check(plan, { paramsSchema }))).toEqual(["PLAN_MAYBE_ABSENT /steps/0/input/sentences/ref ?"]);
  });

  test("what only the run can tell is not reported", () => {
    expect(check(planOf([{ ...summary, input: { text: DOCUMENT_TEXT, style: { ref: "goal" } } }]))).toEqual([]);
  });

  test("schemas that are hearsay give warnings, whichever side they are on", () => {
    const plan = planOf(
      [
        { id: "h", tool: "hearsay", input: { cuont: 1 } },
        { id: "i", tool: "hearsay", input: { count: "many" } },
        { ...summary, input: { text: { ref: "h.total" } } },
      ],
      { output: [{ ref: "h.none" }, { ref: "i" }, { ref: "summary" }] },
    );
    expect(briefly(check(plan))).toEqual([
      "PLAN_UNKNOWN_INPUT /steps/0/input/cuont ?",
      "PLAN_MISSING_INPUT /steps/0/input ?",
      "PLAN_BAD_VALUE /steps/1/input/count ?",
      "PLAN_TYPE_MISMATCH /steps/2/input/text/ref ?",
      "PLAN_BAD_REF /output/0/ref ?",
    ]);
  });

  test("a tool whose inference throws has its declared output", () => {
    const broken = {
      ...contextWith().tools.get("first")!,
      inferOutput: () => {
        throw new Error("bug");
      },
    };
    const tools = { get: () => broken, names: () => ["first"] };
    expect(
      check(planOf([{ id: "a", tool: "first", input: { items: [] } }], { output: { ref: "a.value" } }), { tools }),
    ).toEqual([]);
  });
});

describe("ids over the whole run", () => {
  test("a step may be repeated with the same definition, and not with another one", () => {
    const same = known("summary", { definition: canonicalStep(summary) });
    expect(check(planOf([{ ...summary, onFailure: "replan" }]), { known: same })).toEqual([]);
    const other = planOf([{ ...summary, input: { text: "another" } }]);
    expect(briefly(check(other, { known: same }))).toEqual(["PLAN_ID_REUSED /steps/0/id"]);
  });

  test("finished steps of earlier plans can be referred to by their type", () => {
    const earlier = known("old", {
      outputSchema: {
        type: "object",
        properties: { n: { type: "number" } },
        required: ["n"],
        additionalProperties: false,
      },
    });
    const plan = (ref: string) => planOf([{ ...summary, input: { text: { ref } }, after: ["old"] }]);
    expect(briefly(check(plan("old.n"), { known: earlier }))).toEqual(["PLAN_TYPE_MISMATCH /steps/0/input/text/ref"]);
    expect(briefly(check(plan("old.x"), { known: earlier }))).toEqual(["PLAN_BAD_REF /steps/0/input/text/ref"]);
    expect(check({ kind: "finish", rationale: "r", output: { ref: "old.n" } }, { known: earlier })).toEqual([]);
  });

  test("a failed one can stand where a default covers it", () => {
    const failed = { known: known("old", { status: "failed" }) };
    expect(check(planOf([], { output: { ref: "old.text", default: "none" } }), failed)).toEqual([]);
    expect(briefly(check(planOf([], { output: { ref: "old.text" } }), failed))).toEqual(["PLAN_BAD_REF /output/ref"]);
  });
});

describe("effects and policy", () => {
  const send = (body: Step["input"]["body"]): Step => ({
    id: "send",
    tool: "send_email",
    input: { to: "a@b.c", body: body! },
  });

  test("steps that will wait for a person are listed with the rule", () => {
    expect(checkDecision(planOf([send("hello")]), contextWith()).approvals).toEqual([
      { step: "send", rule: "default.irreversible" },
    ]);
  });

  test("the policy is told where the input comes from", () => {
    const labels: Record<string, string[]> = {};
    const policy = (facts: Parameters<ReturnType<typeof contextWith>["policy"]>[0]) => {
      labels[facts.step] = facts.label.origins;
      return { outcome: "allow" as const, rule: "test" };
    };
    checkDecision(
      planOf([send({ ref: "summary.text" }), summary, { ...mood, input: { text: { ref: "goal" } } }]),
      contextWith({ policy, planLabel: TRUSTED }),
    );
    expect(labels).toEqual({ summary: ["documents[0]"], mood: ["goal"], send: ["documents[0]", "tool:summarize"] });
  });
});

describe("dead steps", () => {
  test("only reads that nobody needs, and only if the plan has an output of its own", () => {
    const send: Step = { id: "send", tool: "send_email", input: { to: "a", body: { ref: "summary.text" } } };
    expect(check(planOf([summary, send], { output: "sent" }))).toEqual([]);
    expect(check(planOf([summary, topics]))).toEqual([]);
    expect(check(planOf([summary, topics], { then: "replan" }))).toEqual([]);
    expect(briefly(check(planOf([summary, topics], { output: { ref: "summary" } })))).toEqual([
      "PLAN_DEAD_STEP /steps/1 ?",
    ]);
  });
});

describe("groups of workflows", () => {
  const groups = new Map([["analysis", ["summary", "mood"]]]);
  const plan = (ref: string) =>
    planOf([summary, mood, { ...topics, after: ["analysis"] }], {
      output: [{ ref }, { ref: "topics" }, { ref: "summary" }],
    });

  test("a group stands for its members and gives an object of their outputs", () => {
    expect(check(plan("analysis.mood.label"), { groups })).toEqual([]);
    expect(check(plan("analysis.moood.label"), { groups })[0]).toMatchObject({
      code: "PLAN_BAD_REF",
      path: "/output/0/ref",
    });
  });

  test("its id is taken", () => {
    expect(briefly(check(planOf([{ ...summary, id: "analysis" }]), { groups }))).toContain(
      "PLAN_DUPLICATE_ID /steps/0/id",
    );
  });
});
