/** Scorer `refusal`: a question or an abandoned goal where that is right. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";

/** Only on cases whose gold asks or abandons; refusing without need costs tool_recall and step_match elsewhere. */
export const refusal: Scorer = {
  id: "refusal",
  description: "Asks or abandons as the gold does, on cases where the gold does.",
  score({ golds, decision, tries }) {
    if (tries.length === 0) return notApplicable("The planner was not asked.");
    const kinds = new Set(golds.map(({ decision: gold }) => gold.kind));
    if (!kinds.has("ask") && !kinds.has("abandon")) return notApplicable("The gold goes ahead.");
    if (decision !== null && kinds.has(decision.kind)) return { score: 1, evidence: [] };
    const found = decision === null ? "is no decision" : `is '${decision.kind}'`;
    return { score: 0, evidence: [`/kind: ${found}; right is ${[...kinds].map((kind) => `'${kind}'`).join(" or ")}`] };
  },
};
