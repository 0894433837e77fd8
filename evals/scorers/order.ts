/** Scorer `order`: what the gold has one after the other, directly or not, must not be able to run otherwise. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { orderedPairs } from "../../src/eval/plan-agreement.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { stepNamer } from "./describe-edge.ts";

export const order: Scorer = {
  id: "order",
  description: "Share of the gold's ordered pairs of matched steps (transitive closure) that the plan keeps in order.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { gotOrder, goldOrder } = comparison;
    const pairs = orderedPairs(goldOrder);
    if (pairs.length === 0) return notApplicable("The gold orders no two of the matched steps.");
    const violated = pairs.filter(([earlier, later]) => !gotOrder.isBefore(earlier, later));
    const name = stepNamer(comparison);
    return {
      score: 1 - violated.length / pairs.length,
      evidence: violated.map(([earlier, later]) => `${name(later)}: may run before ${name(earlier)} has ended`),
    };
  },
};
