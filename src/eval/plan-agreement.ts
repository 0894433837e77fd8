/** How far a plan's steps and edges agree with the gold's, as numbers. Owns: the two figures that also pick among golds. */
import { OUTPUT, type PlanOrder } from "./plan-order.ts";
import type { PlanComparison } from "./score.ts";

/** Twice the likeness of matched steps over all steps of both (Dice 1945, with soft matches); 1 where both have none. */
export function stepAgreement({ matches, gotSteps, goldSteps }: PlanComparison): number {
  const steps = gotSteps.length + goldSteps.length;
  return steps === 0 ? 1 : (2 * matches.reduce((sum, { likeness }) => sum + likeness, 0)) / steps;
}

export interface EdgeAgreement {
  f1: number;
  missing: [string, string][];
  extra: [string, string][];
}

/** Edges between matched steps (and to the output) in the transitive reductions; null where neither plan has any. */
export function edgeAgreement({ gotOrder, goldOrder }: PlanComparison): EdgeAgreement | null {
  const [got, gold] = [gotOrder.reduction(), goldOrder.reduction()];
  if (got.length + gold.length === 0) return null;
  const [gotNames, goldNames] = [new Set(got.map(nameOf)), new Set(gold.map(nameOf))];
  const missing = gold.filter((edge) => !gotNames.has(nameOf(edge)));
  const extra = got.filter((edge) => !goldNames.has(nameOf(edge)));
  return { f1: (2 * (gold.length - missing.length)) / (got.length + gold.length), missing, extra };
}

/** Ids have no blanks. */
function nameOf([from, to]: [string, string]): string {
  return `${from} ${to}`;
}

/** Every two steps of which one must come before the other; the output is no step. */
export function orderedPairs({ nodes, isBefore }: PlanOrder): [earlier: string, later: string][] {
  const steps = nodes.filter((node) => node !== OUTPUT);
  return steps.flatMap((earlier) =>
    steps.filter((later) => isBefore(earlier, later)).map((later): [string, string] => [earlier, later]),
  );
}
