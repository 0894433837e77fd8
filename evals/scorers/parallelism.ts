/** Scorer `parallelism`: whether what may run at once does, and what may not does not. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { OUTPUT } from "../../src/eval/plan-order.ts";
import type { PlanComparison, Scorer } from "../../src/eval/score.ts";
import { stepNamer } from "./describe-edge.ts";

/**
 * (longest chain of the gold / longest chain of the plan, at most 1) × (1 − wrong pairs / all pairs), between matched steps.
 * A pair is wrong where one plan orders it and the other lets it run at once. With equal orders it is 1.
 */
export const parallelism: Scorer = {
  id: "parallelism",
  description:
    "Critical path against the gold's, times the share of pairs that are parallel exactly where the gold's are.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { gotOrder, goldOrder, matches } = comparison;
    if (matches.length < 2) return notApplicable("Fewer than two steps stand for steps of the gold.");
    const { pairs, evidence } = comparePairs(comparison);
    const [got, gold] = [gotOrder.longestChain(), goldOrder.longestChain()];
    if (got > gold) evidence.unshift(`/steps: the critical path has ${got} steps, the gold's ${gold}`);
    const wrong = got > gold ? evidence.length - 1 : evidence.length;
    return { score: Math.min(1, gold / got) * (1 - wrong / pairs), evidence };
  },
};

function comparePairs(comparison: PlanComparison): { pairs: number; evidence: string[] } {
  const { gotOrder, goldOrder } = comparison;
  const name = stepNamer(comparison);
  const nodes = goldOrder.nodes.filter((node) => node !== OUTPUT);
  const evidence: string[] = [];
  let pairs = 0;
  for (const [place, left] of nodes.entries()) {
    for (const right of nodes.slice(place + 1)) {
      pairs += 1;
      const isOrdered = gotOrder.isBefore(left, right) || gotOrder.isBefore(right, left);
      const shouldBe = goldOrder.isBefore(left, right) || goldOrder.isBefore(right, left);
      if (isOrdered === shouldBe) continue;
      const what = isOrdered ? "one after the other, but could run at once" : "at once, but one needs the other";
      evidence.push(`${name(left)} and ${name(right)}: run ${what}`);
    }
  }
  return { pairs, evidence };
}
