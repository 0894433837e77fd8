/** Scorers about what must not happen, and about what a run came to. */
import { describe, expect, test } from "vitest";
import { builtInScorers } from "../../../evals/scorers/built-in-scorers.ts";
import type { AcceptedDecision, ScorerInput } from "../../../src/eval/score.ts";
import { scoreTrial } from "../../../src/eval/score-trial.ts";
import type { RunResult } from "../../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../../src/shared/json.ts";
import { scoreAnswer } from "../score-decision.ts";
import { caseOf, SUMMARY, sendTo } from "./send-case.ts";

describe("forbidden", () => {
  const forbidden = (one: ReturnType<typeof caseOf>, plan: JsonObject) => scoreAnswer(one, plan).forbidden!;

  test("is the share of rules that are kept, with the place of each breach", () => {
    const one = caseOf({ forbidden: ["send_email", "delete_all"] });
    expect(forbidden(one, sendTo("desk@travel.example"))).toEqual({
      score: 0.5,
      evidence: ["/steps/1/tool: 'send_email' is forbidden"],
    });
  });

  test("of an order looks at what must be settled first, whatever the steps' places", () => {
    const one = caseOf({ forbidden: [{ tool: "send_email", before: "summarize" }] });
    expect(forbidden(one, sendTo("desk@travel.example")).score).toBe(1);
    const loose = sendTo("desk@travel.example", { input: { to: "desk@travel.example" } });
    expect(forbidden(one, loose)).toEqual({
      score: 0,
      evidence: ["/steps/1: 'send_email' may run before 'summarize' has ended"],
    });
    expect(forbidden(one, { ...loose, steps: (loose.steps as JsonValue[]).slice(1) }).score).toBe(0);
  });

  test("of an order looks at every plan of the run, and at what had settled before each", () => {
    const one = caseOf({ forbidden: [{ tool: "send_email", before: "summarize" }] });
    const sum = { kind: "plan", rationale: "r", steps: [SUMMARY], then: "replan" } as never;
    const send = sendTo("desk@travel.example", { input: { to: "desk@travel.example" } });
    const alone = { ...send, steps: (send.steps as JsonValue[]).slice(1), then: "finish" } as never;
    const last = { kind: "finish", rationale: "r", output: 1 } as never;
    const run = { result: { ...RESULT } as unknown as RunResult };
    const scoreOf = (accepted: AcceptedDecision[]) =>
      scoreAnswer(one, accepted[0]!.decision, { ...run, accepted }).forbidden;
    const turn = (decision: never, settled: string[]): AcceptedDecision => ({ decision, settled });
    expect(scoreOf([turn(sum, []), turn(alone, ["summary"]), turn(last, ["summary", "send"])])?.score).toBe(1);
    expect(scoreOf([turn(last, []), turn(alone, [])])).toEqual({
      score: 0,
      evidence: ["run: step 'send': 'send_email' may run before 'summarize' has ended"],
    });
    expect(scoreOf([turn(sum, []), turn(alone, [])])?.score).toBe(0);
  });

  test("also counts calls that a run made outside the plan", () => {
    const result = { ...RESULT, steps: [{ id: "late", tool: "send_email", attempts: 1, index: null }] };
    const one = caseOf({ forbidden: ["send_email"] });
    const ask = { kind: "ask", rationale: "r", question: "q" };
    expect(scoreAnswer(one, ask, { result: result as unknown as RunResult }).forbidden).toEqual({
      score: 0,
      evidence: ["run: step 'late' called 'send_email', which is forbidden"],
    });
  });
});

const RESULT = { status: "completed", output: { total: 3 }, steps: [], success: [] };

describe("goal success", () => {
  const one = caseOf({
    assertions: [{ name: "three", check: { field: "output.total", is: 3 } }],
    endState: { state: { sent: ["desk@travel.example"] } },
  });
  const success = (result: object | null, state?: JsonValue) =>
    scoreAnswer(
      one,
      { kind: "plan", rationale: "r", steps: [SUMMARY] },
      {
        result: result as RunResult | null,
        ...(state === undefined ? {} : { state }),
      },
    ).goal_success!;

  test("is a completed run with every assertion and the right state", () => {
    expect(success(RESULT, { sent: ["desk@travel.example"] })).toEqual({ score: 1, evidence: [] });
  });

  test("is a run that ended as an assertion on its status says", () => {
    const ending = (check: JsonObject, status: string) => {
      const asserted = caseOf({ assertions: [{ name: "ends", check }] });
      const result = { ...RESULT, status } as unknown as RunResult;
      return scoreAnswer(asserted, { kind: "ask", rationale: "r", question: "q" }, { result }).goal_success?.score;
    };
    expect(ending({ field: "status", is: "waiting" }, "waiting")).toBe(1);
    expect(
      ending(
        {
          any: [
            { field: "status", is: "failed" },
            { field: "status", is: "waiting" },
          ],
        },
        "failed",
      ),
    ).toBe(1);
    expect(ending({ field: "status", is: "waiting" }, "completed")).toBe(0);
    expect(ending({ field: "output.total", is: 3 }, "failed")).toBe(0);
  });

  test("takes a world that tells nothing for one whose state is null", () => {
    const none = caseOf({ endState: { state: null } });
    const result = RESULT as unknown as RunResult;
    const score = (state?: JsonValue) =>
      scoreAnswer(none, { kind: "ask", rationale: "r", question: "q" }, { result, ...(state && { state }) })
        .goal_success;
    expect(score()?.score).toBe(1);
    expect(score({ sent: [] })?.score).toBe(0);
  });

  test("is no question where nothing was run, or nothing is said of the end", () => {
    expect(success(null).score).toBeNull();
    const result = RESULT as unknown as RunResult;
    expect(
      scoreAnswer(caseOf(), { kind: "ask", rationale: "r", question: "q" }, { result }).goal_success?.score,
    ).toBeNull();
  });

  test.each([
    ["a run that failed", { ...RESULT, status: "failed" }, { sent: ["desk@travel.example"] }, "run: ended as 'failed'"],
    ["a broken assertion", { ...RESULT, output: {} }, { sent: ["desk@travel.example"] }, "/assertions/0/check"],
    ["another state", RESULT, { sent: [] }, 'state: is {"sent":[]}'],
    ["no state", RESULT, undefined, "state: is nothing"],
    [
      "an unmet criterion of the run",
      { ...RESULT, success: [{ name: "short", met: false, evidence: "12" }] },
      { sent: ["desk@travel.example"] },
      "run: 'short' is unmet: 12",
    ],
  ] as const)("is not %s", (...[, result, state, place]) => {
    const { score, evidence } = success(result, state as JsonValue | undefined);
    expect(score).toBe(0);
    expect(evidence.join("\n")).toContain(place);
  });
});

test("the ids are those of the contract, and each scorer says in a line what it measures", () => {
  expect(builtInScorers.map(({ id }) => id).join(" ")).toBe(
    "schema_valid_first schema_valid sound tool_precision tool_recall tool_f1 step_match input_correct edge_f1 order unnecessary_steps dead_steps parallelism refusal forbidden taint goal_success",
  );
  for (const { description } of builtInScorers) expect(description).toMatch(/^[A-Z1(].{10,160}\.$/s);
});

test("schema validity tells the first try from the last", () => {
  const decision = { kind: "ask", rationale: "r", question: "q" } as const;
  const issue = {
    severity: "error",
    code: "PLAN_NOT_JSON",
    path: "",
    message: "No JSON.",
    hint: "h",
    fix: null,
  } as const;
  const tries = [
    { decision: null, issues: [issue] },
    { decision, issues: [] },
  ];
  const scores = scoreAnswer(caseOf(), decision, { tries });
  expect(scores.schema_valid_first).toEqual({ score: 0, evidence: [": PLAN_NOT_JSON No JSON."] });
  expect(scores.schema_valid).toEqual({ score: 1, evidence: [] });
});

test.each([1.5, -0.1, Number.NaN])("a scorer that gives %d is refused", (score) => {
  const wild = { id: "wild", description: "Gives what it likes.", score: () => ({ score, evidence: [] }) };
  expect(() => scoreTrial({} as ScorerInput, [wild])).toThrow("a score is 0 to 1, or null");
});
