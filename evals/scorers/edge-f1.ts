/** Scorer `edge_f1`: who gets data from whom, or waits for whom, without what follows from the rest. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import { edgeAgreement } from "../../src/eval/plan-agreement.ts";
import type { Scorer } from "../../src/eval/score.ts";
import { stepNamer } from "./describe-edge.ts";

export const edgeF1: Scorer = {
  id: "edge_f1",
  description: "F1 of the edges between matched steps and to the output, in the transitive reduction of both plans.",
  score({ comparison }) {
    if (comparison === null) return notApplicable("No gold plan.");
    const agreement = edgeAgreement(comparison);
    if (agreement === null) return notApplicable("No edge between steps that stand for steps of the gold.");
    const name = stepNamer(comparison);
    return {
      score: agreement.f1,
      evidence: [
        ...agreement.missing.map(([from, to]) => `${name(to)}: does not wait for ${name(from)}, as in the gold`),
        ...agreement.extra.map(([from, to]) => `${name(to)}: waits for ${name(from)}, unlike the gold`),
      ],
    };
  },
};
