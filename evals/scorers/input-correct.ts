/** Scorer `input_correct`: the inputs of the steps that stand for a step of the gold, and the output. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";

export const inputCorrect: Scorer = {
  id: "input_correct",
  description:
    "Share of the parts of matched steps (inputs, condition, list) and of the output that are equal, accepted, within tolerance or come to the same value.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const parts = [...comparison.matches.flatMap((match) => match.parts), ...comparison.ending];
    if (parts.length === 0)
      return notApplicable("No step that stands for one of the gold has inputs, and there is no output.");
    const wrong = parts.filter(({ isRight }) => !isRight);
    return { score: 1 - wrong.length / parts.length, evidence: wrong.map(({ finding }) => finding) };
  },
};
