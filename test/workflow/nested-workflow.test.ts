import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { Workflow } from "../../src/workflow/workflow.ts";
import { briefly, compiled, issuesOf, step, stepsOf, workflowOf } from "./workflow-kit.ts";

/** Reads a text, judges it, and gives both back. */
const INNER = {
  params: { text: { type: "string" }, tone: { type: "string", default: "kind", enum: ["kind", "strict"] } },
  output: {
    short: { ref: "read.text" },
    note: { template: "{{params.tone}}: {{judge.label}}" },
    best: { ref: "judge.best", default: "none" },
  },
};
const READ = step("read", "params.text");
const JUDGE = step("judge", "read.text");

function inner(steps: JsonValue[] = [READ, JUDGE], others: JsonObject = {}): Workflow {
  return workflowOf(steps, { ...INNER, ...others, name: "inner" });
}

function outer(others: JsonObject = {}, after: JsonValue[] = [], file: JsonObject = {}): Workflow {
  const nested = { id: "part", workflow: "inner", params: { text: { ref: "first.text" } }, ...others };
  return workflowOf([step("first", "document.text"), nested, ...after], file);
}

/** Input of a step behind the nested one. */
function readerOf(input: JsonObject, others: JsonObject = {}, part: JsonObject = {}): JsonObject {
  const reader = { id: "reader", tool: "echo", input, ...others };
  return stepsOf(outer(part, [reader]), [inner()]).reader as unknown as JsonObject;
}

describe("a nested workflow", () => {
  test("becomes steps with ids of its own, which read each other and what they were given", () => {
    const steps = stepsOf(outer(), [inner()]);
    expect(Object.keys(steps)).toEqual(["first", "part_read", "part_judge"]);
    expect(steps.part_read?.input).toEqual({ text: { ref: "first.text" } });
    expect(steps.part_judge?.input).toEqual({ text: { ref: "part_read.text" } });
  });

  test("gives what its output says: references, texts, defaults, the whole", () => {
    expect(
      readerOf({ a: { ref: "part.short" }, b: { ref: "part.short.length" }, c: { ref: "part.best" } }),
    ).toMatchObject({
      input: {
        a: { ref: "part_read.text" },
        b: { ref: "part_read.text.length" },
        c: { ref: "part_judge.best", default: "none" },
      },
    });
    expect(readerOf({ note: { ref: "part.note" }, all: { template: "<{{part.note}}> {{part.short}}" } })).toMatchObject(
      {
        input: {
          note: { template: "kind: {{part_judge.label}}" },
          all: { template: "<kind: {{part_judge.label}}> {{part_read.text}}" },
        },
      },
    );
    expect(readerOf({ all: { ref: "part" } })).toMatchObject({
      input: {
        all: {
          short: { ref: "part_read.text" },
          note: { template: expect.any(String) },
          best: { ref: "part_judge.best", default: "none" },
        },
      },
    });
  });

  test("takes another default where its own can be absent", () => {
    expect(readerOf({ a: { ref: "part.best", default: 1 }, b: { ref: "part.short", default: 1 } })).toMatchObject({
      input: { a: { ref: "part_judge.best", default: "none" }, b: { ref: "part_read.text", default: 1 } },
    });
  });

  test("in 'after' stands for all of its steps; its own 'after' and 'when' hold for all of them", () => {
    const when = { ref: "first.text", is: "go" };
    const branch = step("otherwise", "read.text", { when: { ref: "status.read", is: "unmet" } });
    const steps = stepsOf(
      outer({ when, after: ["zero"] }, [step("zero", "goal"), step("last", "goal", { after: ["part"] })]),
      [inner([READ, JUDGE, branch])],
    );
    expect(steps.last?.after).toEqual(["part_read", "part_judge", "part_otherwise"]);
    expect(steps.part_read).toMatchObject({ after: ["zero"], when });
    expect(steps.part_otherwise).toMatchObject({
      after: ["zero"],
      when: { all: [when, { ref: "status.part_read", is: "unmet" }] },
    });
  });

  test("decides conditions on params that are known before the run", () => {
    const strict = step("strict", "read.text", { when: { ref: "params.tone", is: "strict" } });
    const kind = step("kind", "read.text", {
      when: {
        any: [
          { ref: "params.tone", in: ["kind"] },
          { ref: "read.n", gt: 2 },
        ],
      },
    });
    const steps = stepsOf(outer(), [inner([READ, JUDGE, strict, kind])]);
    expect(steps.part_strict?.when).toEqual({ any: [] });
    expect(steps.part_kind?.when).toEqual({ any: [{ all: [] }, { ref: "part_read.n", gt: 2 }] });
    const given = stepsOf(outer({ params: { text: { ref: "first.text" }, tone: { ref: "first.tone" } } }), [
      inner([READ, JUDGE, strict]),
    ]);
    expect(given.part_strict?.when).toEqual({ ref: "first.tone", is: "strict" });
  });

  test("takes texts and data as they are, whatever they look like", () => {
    const params = { text: { literal: { ref: "not.a.path" } }, tone: "kind" };
    const shape = {
      text: { type: "object" },
      tone: { type: "string" },
      raw: { type: "object", default: { ref: "x" } },
    };
    const input = {
      text: { ref: "params.text" },
      path: { ref: "params.text.ref" },
      tone: { template: "{{params.tone}}{{{{" },
      raw: { ref: "params.raw" },
    };
    const { part_read: read } = stepsOf(outer({ params }), [
      inner([{ id: "read", tool: "echo", input }, JUDGE], { params: shape }),
    ]);
    expect(read?.input).toEqual({
      text: { literal: { ref: "not.a.path" } },
      path: "not.a.path",
      tone: { template: "kind{{{{" },
      raw: { literal: { ref: "x" } },
    });
  });

  test("may hold others: ids, params and outputs go through every level", () => {
    const middle = workflowOf([{ id: "deep", workflow: "inner", params: { text: { ref: "params.what" } } }], {
      name: "middle",
      params: { what: { type: "string" } },
      output: { result: { ref: "deep.short" } },
    });
    const file = workflowOf([{ id: "top", workflow: "middle", params: { what: { ref: "goal" } } }], {
      output: { ref: "top.result" },
    });
    const { decision } = compiled(file, [middle, inner()]);
    expect(decision.steps.map(({ id }) => id)).toEqual(["top_deep_read", "top_deep_judge"]);
    expect(decision.steps[0]?.input).toEqual({ text: { ref: "goal" } });
    expect(decision.output).toEqual({ ref: "top_deep_read.text" });
  });

  test("never takes the id of another step, nor one that is too long", () => {
    const long = `a${"b".repeat(60)}`;
    const file = workflowOf([
      step("part_read", "goal"),
      { id: "part", workflow: "inner", params: { text: "x" } },
      { id: long, workflow: "inner", params: { text: "x" } },
    ]);
    const ids = compiled(file, [inner()]).decision.steps.map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(ids.every((id) => id.length <= 64 && /^[A-Za-z]\w*$/.test(id))).toBe(true);
    expect(ids[1]).toMatch(/^part_read_[0-9a-f]{8}$/);
  });

  test("changes the hash of the file around it", () => {
    expect(compiled(outer(), [inner()]).hash).not.toBe(compiled(outer(), [inner(undefined, { version: 2 })]).hash);
  });
});

describe("rules of a nested workflow", () => {
  const rules = {
    recovery: [
      { step: "judge", on: "tool", do: "skip" },
      { on: "*", do: "fail" },
    ],
    success: [{ name: "short", check: { ref: "output.short", empty: false } }],
    observe: [{ after: "read", record: ["output"] }],
  };

  test("come before those of the file around it, and hold for its steps alone", () => {
    const part = inner([{ ...READ, retry: { attempts: 5 } }, JUDGE], rules);
    const file = outer({}, [], {
      recovery: [
        { step: "part", on: "tool", do: "replan" },
        { on: "limit", do: "escalate" },
      ],
    });
    const found = compiled(file, [part]).rules;
    expect(found.recovery.map(({ step: id, do: verb }) => `${id ?? "any"} ${verb}`)).toEqual([
      "part_judge skip",
      "part_read fail",
      "part_judge fail",
      "part_read replan",
      "part_judge replan",
      "any escalate",
    ]);
    expect(found.steps).toMatchObject({ part_read: { retry: { attempts: 5 } } });
    expect(found.observe).toEqual([{ after: "part_read", record: ["output"] }]);
    expect(found.success).toEqual([{ name: "part: short", check: { ref: "part_read.text", empty: false } }]);
  });

  test("ask for success only where it ran", () => {
    const when = { ref: "first.text", is: "go" };
    expect(compiled(outer({ when }), [inner(undefined, rules)]).rules.success).toEqual([
      { name: "part: short", check: { any: [{ none: [{ all: [when] }] }, { ref: "part_read.text", empty: false }] } },
    ]);
  });

  test("can hold a schema for one of its values, but no judge and none for what is put together", () => {
    const one = inner(undefined, { success: [{ name: "s", schema: { type: "string" }, ref: "output.short" }] });
    expect(compiled(outer(), [one]).rules.success).toEqual([
      { name: "part: s", schema: { type: "string" }, ref: "part_read.text" },
    ]);
    const others = [
      { name: "s", schema: { type: "object" } },
      { name: "j", judge: "Good?" },
    ];
    expect(briefly(issuesOf(outer(), [inner(undefined, { success: others })]))).toEqual([
      "PLAN_BAD_PATH /steps/1",
      "PLAN_BAD_SCOPE /steps/1",
    ]);
  });
});

describe("what can't be nested", () => {
  test.each([
    [
      "one that is not there",
      outer({ workflow: "iner" }),
      [inner()],
      "PLAN_BAD_REF /steps/1/workflow",
      "Did you mean 'inner'?",
    ],
    [
      "one that holds itself",
      outer(),
      [inner([{ id: "again", workflow: "inner" }])],
      "PLAN_CYCLE /steps/1",
      "'inner' → 'inner'",
    ],
    [
      "a param that is not declared",
      outer({ params: { text: "x", tune: "kind" } }),
      [inner()],
      "VALIDATION /steps/1/params/tune",
      "Did you mean 'tone'?",
    ],
    ["a param that is missing", outer({ params: {} }), [inner()], "VALIDATION /steps/1", "'text'"],
    [
      "a param of the wrong type",
      outer({ params: { text: 5 } }),
      [inner()],
      "VALIDATION /steps/1/params/text",
      "not of type string",
    ],
    [
      "a param with a wrong value",
      outer({ params: { text: "x", tone: "rude" } }),
      [inner()],
      "VALIDATION /steps/1/params/tone",
      '"strict"',
    ],
    [
      "reading an entry that its output lacks",
      outer({}, [step("r", "part.shrt")]),
      [inner()],
      "PLAN_BAD_REF /steps/2/input/text/ref",
      "Did you mean 'short'?",
    ],
    [
      "reading one without an output",
      outer({}, [step("r", "part.x")]),
      [workflowOf([READ], { name: "inner", params: INNER.params })],
      "PLAN_BAD_REF /steps/2/input/text/ref",
      "an output",
    ],
    [
      "reading a step inside",
      outer(),
      [inner([READ, step("judge", "first.text")])],
      "PLAN_BAD_REF /steps/1",
      "no step 'first'",
    ],
    [
      "coming after what is outside",
      outer(),
      [inner([READ, step("judge", "read.text", { after: ["first"] })])],
      "PLAN_BAD_REF /steps/1",
      "'first'",
    ],
    [
      "a condition on a text of it",
      outer({}, [step("r", "goal", { when: { ref: "part.note", is: "x" } })]),
      [inner()],
      "PLAN_BAD_CONDITION /steps/2/when/ref",
      "one value",
    ],
    [
      "an element where there is no list",
      outer({ params: { text: { ref: "item.text" } } }),
      [inner()],
      "PLAN_BAD_SCOPE /steps/1/params/text",
      "forEach",
    ],
  ])("%s", (...[, file, library, expected, says]) => {
    const issues = issuesOf(file, library);
    expect(briefly(issues)).toEqual([expected]);
    expect(`${issues[0]?.message} ${issues[0]?.hint}`).toContain(says);
  });

  test("circles of values between two of them", () => {
    const file = workflowOf([
      { id: "a", workflow: "inner", params: { text: { ref: "b.short" } } },
      { id: "b", workflow: "inner", params: { text: { ref: "a.short" } } },
    ]);
    const echo = workflowOf([READ], { name: "inner", params: INNER.params, output: { short: { ref: "params.text" } } });
    expect(briefly(issuesOf(file, [echo]))).toContain("PLAN_CYCLE /steps/0");
  });

  test("more than eight levels", () => {
    const levels = Array.from({ length: 9 }, (_, n) =>
      workflowOf(n === 8 ? [step("a", "goal")] : [{ id: "a", workflow: `w${n + 1}` }], { name: `w${n}` }),
    );
    expect(briefly(issuesOf(levels[0]!, levels))).toEqual(["PLAN_TOO_LARGE /steps/0"]);
    expect(compiled(levels[1]!, levels).decision.steps).toHaveLength(1);
  });

  test("texts that can't stand before a path, since braces meet", () => {
    const said = { id: "said", tool: "echo", input: { text: { template: "{{params.text}}{{read.text}}" } } };
    const part = inner([READ, JUDGE, said]);
    expect(briefly(issuesOf(outer({ params: { text: "a{" } }), [part]))).toEqual(["PLAN_BAD_TEMPLATE /steps/1"]);
    const { part_said } = stepsOf(outer({ params: { text: "a{ {{" } }), [part]);
    expect(part_said?.input).toEqual({ text: { template: "a{ {{{{{{part_read.text}}" } });
  });

  test("more steps than a plan may have, or names in 'after' without end", () => {
    const many = workflowOf(
      Array.from({ length: 400 }, (_, n) => step(`s${n}`, "goal")),
      { name: "many" },
    );
    const nodes = Array.from({ length: 27 }, (_, n) => ({ id: `n${n}`, workflow: "many" }));
    expect(briefly(issuesOf(workflowOf(nodes), [many]))).toContain("PLAN_TOO_LARGE /steps/25/workflow");
    const chain = nodes.slice(0, 3).map((node, n) => ({ ...node, after: nodes.slice(0, n).map(({ id }) => id) }));
    expect(briefly(issuesOf(workflowOf(chain), [many]))).toEqual(["PLAN_TOO_LARGE /steps/1"]);
  });

  test("values that double with every level", () => {
    const twice = workflowOf([step("a", "goal")], {
      name: "twice",
      params: { x: { type: "array" } },
      output: { y: [{ ref: "params.x" }, { ref: "params.x" }] },
    });
    const nodes = Array.from({ length: 40 }, (_, n) => ({
      id: `n${n}`,
      workflow: "twice",
      params: { x: n === 0 ? [] : { ref: `n${n - 1}.y` } },
    }));
    const issues = issuesOf(workflowOf(nodes, { output: { ref: "n39.y" } }), [twice]);
    expect(issues.every(({ code }) => code === "PLAN_TOO_LARGE")).toBe(true);
    expect(issues.length).toBeGreaterThan(0);
  });
});
