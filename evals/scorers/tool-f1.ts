/** Scorer `tool_f1`: the harmonic mean of tool precision and recall. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { toolOverlap } from "./tool-overlap.ts";

export const toolF1: Scorer = {
  id: "tool_f1",
  description: "Harmonic mean of tool precision and tool recall.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const { shared, got, gold, extra, missing } = toolOverlap(comparison);
    if (got + gold === 0) return notApplicable("Neither the plan nor the gold has a step.");
    return { score: (2 * shared) / (got + gold), evidence: [...extra, ...missing] };
  },
};
