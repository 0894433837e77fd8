/** How often the plan and the gold name the same tools, as the three tool scorers see it. Not a scorer itself. */
import type { PlanComparison } from "../../src/eval/score.ts";

export interface ToolOverlap {
  /** Steps whose tool the other side names as well, each counted once (overlap of multisets). */
  shared: number;
  got: number;
  gold: number;
  /** Steps too many, with their pointers, and tools too few. */
  extra: string[];
  missing: string[];
}

export function toolOverlap({ gotSteps, goldSteps }: PlanComparison): ToolOverlap {
  const left = new Map<string, number>();
  for (const { step } of goldSteps) left.set(step.tool, (left.get(step.tool) ?? 0) + 1);
  const extra: string[] = [];
  let shared = 0;
  for (const { step, pointer } of gotSteps) {
    const count = left.get(step.tool) ?? 0;
    if (count === 0) extra.push(`${pointer}/tool: '${step.tool}' is once more than in the gold`);
    else {
      shared += 1;
      left.set(step.tool, count - 1);
    }
  }
  const missing = [...left].filter(([, count]) => count > 0);
  return {
    ...{ shared, got: gotSteps.length, gold: goldSteps.length, extra },
    missing: missing.map(([tool, count]) => `gold: '${tool}' is missing ${count === 1 ? "once" : `${count} times`}`),
  };
}
