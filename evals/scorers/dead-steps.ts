/** Scorer `dead_steps`: how few steps only read and are read by nobody. Needs no gold. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { deadSteps as findDeadSteps } from "../../src/plan/check-dead-steps.ts";
import { examine } from "../../src/plan/check-examination.ts";

export const deadSteps: Scorer = {
  id: "dead_steps",
  description: "1 minus the share of steps that change nothing and whose result goes nowhere.",
  score({ decision, plan, context }) {
    if (decision?.kind !== "plan" || plan === null) return notApplicable("There is no plan.");
    const dead = findDeadSteps(examine(decision, plan, context));
    if (dead === null || plan.steps.length === 0) {
      return notApplicable("Without an output of the plan's own, every last step is part of the result.");
    }
    return {
      score: 1 - dead.length / plan.steps.length,
      evidence: dead.map(({ pointer, step }) => `${pointer}: nothing reads '${step.id}' (${step.tool})`),
    };
  },
};
