/** Scorer `unnecessary_steps`: how few steps there are beyond those that the gold needs. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";

/** A step with another tool in place of a gold step is wrong, not unnecessary: only the surplus counts here. */
export const unnecessarySteps: Scorer = {
  id: "unnecessary_steps",
  description: "1 minus the share of steps beyond the gold's number.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { gotSteps, unmatchedGot, unmatchedGold } = comparison;
    if (gotSteps.length === 0) return notApplicable("The decision has no step.");
    const surplus = Math.max(0, unmatchedGot.length - unmatchedGold.length);
    const evidence = unmatchedGot.map(
      ({ pointer, step }) => `${pointer}: '${step.id}' (${step.tool}) is not in the gold`,
    );
    return { score: 1 - surplus / gotSteps.length, evidence: surplus === 0 ? [] : evidence };
  },
};
