/** What a replan changed, by step ids and definitions. Owns: the four lists of the decision log (CONTRACTS 3). */
import type { PlanDiff } from "../journal/entries.ts";

/** What a decision changes that is no plan: nothing. */
export function noDiff(): PlanDiff {
  return { kept: [], dropped: [], added: [], changed: [] };
}

/**
 * Compares plans given as id → hash of the definition (`canonicalSteps`). `kept`: same id and definition;
 * `changed`: same id, another one; `added`: only after; `dropped`: only before. In the order of the plan they are in.
 */
export function diffPlans(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): PlanDiff {
  const diff = noDiff();
  for (const [id, hash] of after) {
    const earlier = before.get(id);
    if (earlier === undefined) diff.added.push(id);
    else if (earlier === hash) diff.kept.push(id);
    else diff.changed.push(id);
  }
  for (const id of before.keys()) {
    if (!after.has(id)) diff.dropped.push(id);
  }
  return diff;
}
