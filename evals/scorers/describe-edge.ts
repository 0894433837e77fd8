/** Steps of the gold by the names that the decision gives them, for evidence. Not a scorer itself. */
import { OUTPUT } from "../../src/eval/plan-order.ts";
import type { PlanComparison } from "../../src/eval/score.ts";

/** From ids of the gold to `/steps/2 'b'`, or `/output`. */
export function stepNamer({ matches }: PlanComparison): (goldId: string) => string {
  const names = new Map(matches.map(({ got, gold }) => [gold.step.id, `${got.pointer} '${got.step.id}'`]));
  return (goldId) => (goldId === OUTPUT ? "/output" : (names.get(goldId) ?? `gold '${goldId}'`));
}
