import { describe, expect, test } from "vitest";
import { createRulePlanner } from "../../planners/rule-planner.ts";
import type { Decision, PlanDecision } from "../../src/plan/decision.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { faultsOf } from "./fixtures/check-plan.ts";
import { GOALS, type GoalCase } from "./fixtures/goals.ts";
import { digest, planningRequest } from "./fixtures/planning-request.ts";
import { SHIPPED_TOOLS } from "./fixtures/shipped-tools.ts";
import { SHOP_TOOLS } from "./fixtures/shop-tools.ts";
import { TEXT_TOOLS } from "./fixtures/text-tools.ts";

const signal = new AbortController().signal;

const TOOLS = { text: TEXT_TOOLS, shop: SHOP_TOOLS, shipped: SHIPPED_TOOLS };

function requestFor(entry: GoalCase): PlanningRequest {
  const count = entry.documents ?? (entry.set === "shop" ? 0 : 1);
  const documents = ["a.md", "b.md", "c.md"].slice(0, count).map(digest);
  return planningRequest(entry.goal, TOOLS[entry.set], { documents });
}

/** The plan as the table writes it: tools, each with the tools of the steps it waits for. */
function shapeOf(plan: PlanDecision): string {
  const tools = new Map(plan.steps.map((step) => [step.id, step.tool]));
  const shapes = plan.steps.map((step) => {
    const text = JSON.stringify([step.input, step.when ?? null, step.forEach ?? null, step.after ?? []]);
    const needed = [...tools].filter(([id]) => new RegExp(`"(?:status\\.)?${id}["[.]`).test(text) && id !== step.id);
    const names = [...new Set(needed.map(([, tool]) => tool))].sort();
    return names.length === 0 ? step.tool : `${step.tool}<${names.join("+")}`;
  });
  return shapes.sort().join(" ");
}

function expectOutcome(entry: GoalCase, decision: Decision): void {
  if (entry.ask !== undefined) {
    expect(decision).toMatchObject({ kind: "ask", question: expect.stringMatching(entry.ask) });
  } else if (entry.abandon !== undefined) {
    expect(decision).toMatchObject({ kind: "abandon", reason: expect.stringMatching(entry.abandon) });
  } else {
    expect(decision.kind === "plan" ? shapeOf(decision) : decision).toBe(entry.plan?.split(" ").sort().join(" "));
  }
}

describe("goals of the table", () => {
  for (const entry of GOALS) {
    test(`${entry.set}/${entry.documents ?? "-"}: ${entry.goal.replaceAll("\n", " ")}`, async () => {
      const request = requestFor(entry);
      const { raw, considered } = await createRulePlanner().plan(request, { signal });
      expectOutcome(entry, raw as unknown as Decision);
      expect(faultsOf(raw, request)).toEqual([]);
      expect((considered ?? []).filter(({ score }) => !(score >= 0 && score <= 1))).toEqual([]);
    });
  }

  test("there are at least forty goals over three tool sets, with refusals and questions among them", () => {
    expect(GOALS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(GOALS.map((entry) => entry.set)).size).toBe(3);
    expect(GOALS.filter((entry) => entry.abandon !== undefined).length).toBeGreaterThanOrEqual(12);
  });
});
