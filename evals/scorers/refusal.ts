/** Scorer `refusal`: a question or an abandoned goal where that is right, and none where there is nothing left to do. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { GoldAlternative, Scorer } from "../../src/eval/score.ts";

/**
 * Only on cases whose golds ask, abandon or have nothing to do, so that whether it applies does not depend on the answer.
 * Refusing without need costs tool_recall and step_match elsewhere; where the gold has no step, this is all that shows it.
 */
export const refusal: Scorer = {
  id: "refusal",
  description: "Asks, abandons or goes ahead as the gold does, on cases where the gold refuses or has nothing to do.",
  score({ golds, decision, tries }) {
    if (tries.length === 0) return notApplicable("The planner was not asked.");
    const applies = golds.some(refuses) || (golds.length > 0 && golds.every(hasNothingToDo));
    if (!applies) return notApplicable("The gold goes ahead.");
    const kinds = new Set(golds.map((gold) => gold.decision.kind));
    if (golds.some(hasNothingToDo)) kinds.add("finish").add("plan");
    if (decision !== null && kinds.has(decision.kind)) return { score: 1, evidence: [] };
    const found = decision === null ? "is no decision" : `is '${decision.kind}'`;
    return { score: 0, evidence: [`/kind: ${found}; right is ${[...kinds].map((kind) => `'${kind}'`).join(" or ")}`] };
  },
};

function refuses({ decision }: GoldAlternative): boolean {
  return decision.kind === "ask" || decision.kind === "abandon";
}

function hasNothingToDo({ plan }: GoldAlternative): boolean {
  return plan !== null && plan.steps.length === 0;
}
