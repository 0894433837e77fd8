/** The score of a question that does not arise. */
import type { Score } from "./score.ts";

/** Null, with the reason: never 0, which would say that something was wrong. */
export function notApplicable(why: string): Score {
  return { score: null, evidence: [why] };
}
