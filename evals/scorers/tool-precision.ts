/** Scorer `tool_precision`: the share of the plan's steps whose tool the gold wants. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { toolOverlap } from "./tool-overlap.ts";

export const toolPrecision: Scorer = {
  id: "tool_precision",
  description: "Share of the steps whose tool is one of the gold's, each counted as often as the gold has it.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { shared, got, gold, extra } = toolOverlap(comparison);
    if (got === 0 && gold === 0) return notApplicable("Neither the plan nor the gold has a step.");
    if (got === 0) return { score: 0, evidence: ["The decision has no step; the gold has."] };
    return { score: shared / got, evidence: extra };
  },
};
