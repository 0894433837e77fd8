/** Scorer `tool_recall`: the share of the gold's steps whose tool the plan has. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { toolOverlap } from "./tool-overlap.ts";

export const toolRecall: Scorer = {
  id: "tool_recall",
  description: "Share of the gold's steps whose tool the plan uses as often.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { shared, gold, missing } = toolOverlap(comparison);
    if (gold === 0) return notApplicable("The gold needs no tool.");
    return { score: shared / gold, evidence: missing };
  },
};
