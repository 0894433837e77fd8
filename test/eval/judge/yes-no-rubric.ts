/** The plainest rubric: a question that is answered with yes (1) or no (0). */
import type { Rubric } from "../../../src/eval/judge/rubric.ts";

export function yesNoRubric(name: string, question: string): Rubric {
  return {
    ...{ name, question, positive: "yes" },
    labels: [
      { label: "yes", description: "The answer to the question is yes.", score: 1 },
      { label: "no", description: "It is no.", score: 0 },
    ],
  };
}
