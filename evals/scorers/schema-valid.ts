/** Scorer `schema_valid`: the last answer, after repairs, was a decision of the plan language. */
import type { Scorer } from "../../src/eval/score.ts";
import { schemaScore } from "./schema-score.ts";

export const schemaValid: Scorer = {
  id: "schema_valid",
  description: "The answer has the shape of a decision, after repairs where there were any.",
  score: ({ tries }) => schemaScore(tries.at(-1)),
};
