/** All scores of one trial. Owns: the order, and that every score is a number from 0 to 1 or null. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Score, Scorer, ScorerInput } from "./score.ts";

/**
 * Scores by scorer id, in the order of the scorers. Raises CONFIG_INVALID where a scorer gives anything but 0 to 1 or
 * null: a figure that is out of range would spoil every mean without a word.
 */
export function scoreTrial(input: ScorerInput, scorers: readonly Scorer[]): Record<string, Score> {
  return Object.fromEntries(
    scorers.map((scorer) => {
      const given = scorer.score(input);
      if (given.score !== null && !(given.score >= 0 && given.score <= 1)) throw outOfRange(scorer, given);
      return [scorer.id, given];
    }),
  );
}

function outOfRange({ id }: Scorer, { score }: Score): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Scorer '${id}' gave ${score}; a score is 0 to 1, or null.`, {
    hint: "Correct the scorer; null says that the question does not arise.",
  });
}
