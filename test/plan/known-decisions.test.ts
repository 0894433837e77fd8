/** A plan that many runs carry out is parsed and checked once: that must never make a difference. */
import { describe, expect, test } from "vitest";
import type { CheckContext } from "../../src/plan/check-context.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { isShared, ownDecision, parseKnownDecision } from "../../src/plan/known-decisions.ts";
import { MODEL_PLAN_LIMITS, PERSONAL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createWorld } from "../run/run-world.ts";
import { contextWith, GOOD_PLAN, planOf } from "./check-setup.ts";

const raw = (plan: Decision): JsonValue => structuredClone(plan) as unknown as JsonValue;

function known(plan: Decision): Decision {
  const { decision } = parseKnownDecision(raw(plan), MODEL_PLAN_LIMITS);
  if (decision === null) throw new Error("no decision");
  return decision;
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

describe("a decision that was parsed before", () => {
  test("is the same object, equal to a freshly parsed one, and nobody can change it", () => {
    const first = known(GOOD_PLAN);
    expect(known(GOOD_PLAN)).toBe(first);
    expect(first).toEqual(parseDecision(raw(GOOD_PLAN), MODEL_PLAN_LIMITS).decision);
    expect([isDeeplyFrozen(first), isShared(first)]).toEqual([true, true]);
  });

  test("is parsed anew under other limits, and where a single character differs", () => {
    expect(parseKnownDecision(raw(GOOD_PLAN), PERSONAL_PLAN_LIMITS).decision).not.toBe(known(GOOD_PLAN));
    expect(known({ ...GOOD_PLAN, rationale: `${GOOD_PLAN.rationale}.` })).not.toBe(known(GOOD_PLAN));
    const narrow = { ...MODEL_PLAN_LIMITS, maxSteps: 1 };
    expect(parseKnownDecision(raw(GOOD_PLAN), narrow).issues[0]?.code).toBe("PLAN_TOO_LARGE");
  });

  test("gives the same issues each time where it has any, and is not kept", () => {
    const wrong = { ...(raw(GOOD_PLAN) as object), steps: "none" } as JsonValue;
    const first = parseKnownDecision(wrong, MODEL_PLAN_LIMITS);
    expect(first.decision).toBeNull();
    expect(parseKnownDecision(wrong, MODEL_PLAN_LIMITS)).toEqual(first);
    expect(first).toEqual(parseDecision(wrong, MODEL_PLAN_LIMITS));
  });

  test("is forgotten once many others came after it, and long ones are not kept at all", () => {
    const first = known(GOOD_PLAN);
    for (let place = 0; place < 64; place++) known({ ...GOOD_PLAN, rationale: `plan ${place}` });
    expect(known(GOOD_PLAN)).not.toBe(first);
    const long = { ...GOOD_PLAN, rationale: "long ".repeat(4_000) };
    const kept = known(long);
    expect(isShared(kept)).toBe(false);
    expect(known(long)).not.toBe(kept);
  });

  test("is handed out as a copy", () => {
    const own = ownDecision(known(GOOD_PLAN));
    expect(own).toEqual(GOOD_PLAN);
    expect(Object.isFrozen(own)).toBe(false);
  });
});

describe("a decision that passed the checker before", () => {
  const tools = contextWith().tools;
  /** As a run asks: the same registry each time. */
  const asked = (facts: Partial<CheckContext> = {}): CheckContext => ({ ...contextWith(facts), tools, ...facts });
  const fresh = (plan: Decision, context: CheckContext) => checkDecision(structuredClone(plan), context);

  test("passes again with the same plan and graph; the policy is asked each time", () => {
    const policy = { asked: 0 };
    const counting = asked({
      policy: () => {
        policy.asked += 1;
        return { outcome: "approve", rule: `look ${policy.asked > 6 ? 2 : 1}` };
      },
    });
    const first = checkDecision(known(GOOD_PLAN), counting);
    const again = checkDecision(known(GOOD_PLAN), counting);
    expect(again.compiled).toBe(first.compiled);
    expect(again.graph).toBe(first.graph);
    expect(policy.asked).toBe(12);
    expect(first.approvals.map(({ rule }) => rule)).toEqual(Array(6).fill("look 1"));
    expect(again.approvals.map(({ rule }) => rule)).toEqual(Array(6).fill("look 2"));
  });

  test("is refused all the same where the policy now denies a tool", () => {
    expect(checkDecision(known(GOOD_PLAN), asked()).issues).toEqual([]);
    const denying = asked({ policy: () => ({ outcome: "deny", rule: "closed" }) });
    const refused = checkDecision(known(GOOD_PLAN), denying);
    expect(refused).toEqual(fresh(GOOD_PLAN, denying));
    expect(refused.issues[0]?.code).toBe("POLICY_DENIED");
  });

  const facts: [string, Partial<CheckContext>][] = [
    ["no document", { documents: 0 }],
    ["fewer steps", { maxSteps: 2 }],
    [
      "steps of earlier plans",
      { known: new Map([["summary", { definition: "d", status: "failed", outputSchema: null }]]) },
    ],
    ["parameters", { params: { x: 1 } }],
    ["a schema of the output", { outputSchema: { type: "number" } }],
    ["other defaults on failure", { defaultOnFailure: "skip" }],
    ["other tools", { tools: contextWith({}).tools }],
  ];
  test.each(facts)("is examined anew under other facts: %s", (_, differing) => {
    checkDecision(known(GOOD_PLAN), asked());
    const context = asked(differing);
    expect(checkDecision(known(GOOD_PLAN), context)).toEqual(fresh(GOOD_PLAN, context));
  });

  test("with issues it is examined each time", () => {
    const wrong = planOf([{ id: "a", tool: "nowhere", input: {} }]);
    const first = checkDecision(known(wrong), asked());
    expect(first.issues[0]?.code).toBe("PLAN_UNKNOWN_TOOL");
    expect(checkDecision(known(wrong), asked())).toEqual(first);
  });
});

test("runs that share a plan hand out copies of it: changing one result changes no other", async () => {
  const world = createWorld();
  const steps = [{ id: "a", tool: "echo", input: { x: 1 } }];
  const first = await world.apply(steps);
  const [step] = first.plan?.steps ?? [];
  if (step !== undefined) step.input = { x: 2 };
  const second = await world.apply(steps);
  expect(second.plan?.steps[0]?.input).toEqual({ x: 1 });
  expect(second.output).toEqual({ a: { x: 1 } });
});
