/** Scorer `step_match`: steps paired with the gold's so that they agree best, with all that belongs to a step. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { stepAgreement } from "../../src/eval/plan-agreement.ts";
import type { Scorer } from "../../src/eval/score.ts";

export const stepMatch: Scorer = {
  id: "step_match",
  description:
    "Agreement of whole steps (tool, inputs, condition, list) under the best assignment to the gold's steps.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { matches, unmatchedGot, unmatchedGold, gotSteps, goldSteps } = comparison;
    if (gotSteps.length + goldSteps.length === 0) return notApplicable("Neither the plan nor the gold has a step.");
    return {
      score: stepAgreement(comparison),
      evidence: [
        ...matches.flatMap(({ parts }) => parts.filter(({ isRight }) => !isRight).map(({ finding }) => finding)),
        ...unmatchedGot.map(
          ({ pointer, step }) => `${pointer}: '${step.id}' (${step.tool}) stands for no step of the gold`,
        ),
        ...unmatchedGold.map(({ step }) => `gold: '${step.id}' (${step.tool}) has no counterpart`),
      ],
    };
  },
};
