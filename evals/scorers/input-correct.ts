/** Scorer `input_correct`: the inputs of the steps that stand for a step of the gold. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer } from "../../src/eval/score.ts";

export const inputCorrect: Scorer = {
  id: "input_correct",
  description:
    "Share of the inputs (and conditions and lists) of matched steps that are equal, accepted, within tolerance or come to the same value.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const parts = comparison.matches.flatMap((match) => match.parts);
    if (comparison.output !== null) parts.push(comparison.output);
    if (parts.length === 0) return notApplicable("No step that stands for one of the gold has inputs.");
    const wrong = parts.filter(({ isRight }) => !isRight);
    return { score: 1 - wrong.length / parts.length, evidence: wrong.map(({ finding }) => finding) };
  },
};
