/** Scorer `schema_valid_first`: the first answer was a decision of the plan language. */
import type { Scorer } from "../../src/eval/score.ts";
import { schemaScore } from "./schema-score.ts";

export const schemaValidFirst: Scorer = {
  id: "schema_valid_first",
  description: "The first answer has the shape of a decision, without a repair.",
  score: ({ tries }) => schemaScore(tries[0]),
};
