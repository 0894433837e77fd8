/** What both schema scorers say of one try. Not a scorer itself. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Score, ScoredTry } from "../../src/eval/score.ts";

/** 1 where the parser made a decision of the answer, whatever the checker says of it. */
export function schemaScore(one: ScoredTry | undefined): Score {
  if (one === undefined) return notApplicable("The planner was not asked.");
  if (one.decision !== null) return { score: 1, evidence: [] };
  return { score: 0, evidence: one.issues.map(({ path, code, message }) => `${path}: ${code} ${message}`) };
}
