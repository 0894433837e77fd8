import { expect, test } from "vitest";
import { createFixedPlanner } from "../../planners/fixed-planner.ts";
import { planningRequest } from "./fixtures/planning-request.ts";

const signal = new AbortController().signal;
const plan = { kind: "finish", rationale: "known", output: { answer: 1 } } as const;

test("a fixed planner holds a person's plan and looks at nothing", () => {
  expect(createFixedPlanner(plan)).toMatchObject({
    name: "fixed",
    visibility: "none",
    defaultOnFailure: "fail",
    isPersonal: true,
  });
  expect(createFixedPlanner(plan, { name: "review" }).name).toBe("review");
});

test("a fixed planner gives its plan at the first decision, as it was when it was handed over", async () => {
  const mutable = { kind: "finish", rationale: "known", output: { answer: 1 } };
  const planner = createFixedPlanner(mutable);
  mutable.output.answer = 2;
  expect((await planner.plan(planningRequest("x", []), { signal })).raw).toEqual(plan);
});

test("a fixed planner that is asked again abandons and says what failed", async () => {
  const issue = {
    severity: "error",
    code: "PLAN_CYCLE",
    path: "",
    message: "a waits for a",
    hint: "",
    fix: null,
  } as const;
  const planner = createFixedPlanner(plan);
  const repair = await planner.plan(planningRequest("x", [], { attempt: 2, issues: [issue] }), { signal });
  expect(repair.raw).toMatchObject({ kind: "abandon", reason: expect.stringContaining("PLAN_CYCLE: a waits for a") });
  const history = [{ step: "a", tool: "t", status: "failed" as const, preview: null, outputSchema: null, error: null }];
  const replan = await planner.plan(planningRequest("x", [], { n: 2, cause: "step-failed", history }), { signal });
  expect(replan.raw).toMatchObject({ kind: "abandon", reason: expect.stringMatching(/step-failed; failed: "a"/) });
});
