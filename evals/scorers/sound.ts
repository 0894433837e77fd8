/** Scorer `sound`: the checker finds no error in the decision. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";

export const sound: Scorer = {
  id: "sound",
  description: "The plan checker finds no error: known tools, references that lead somewhere, types, bounds, policy.",
  score({ decision, check, tries }) {
    if (tries.length === 0) return notApplicable("The planner was not asked.");
    if (decision === null || check === null) return { score: 0, evidence: ["The answer is no decision."] };
    if (decision.kind === "ask" || decision.kind === "abandon") {
      return notApplicable("There is no plan to check.");
    }
    const errors = check.issues.filter(({ severity }) => severity === "error");
    return {
      score: errors.length === 0 ? 1 : 0,
      evidence: errors.map(({ path, code, message }) => `${path}: ${code} ${message}`),
    };
  },
};
