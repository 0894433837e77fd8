/** What can be told of a data set's record from its raw JSON alone, without the plan language. */
import { type GoldRecord, type GoldStep, rawReferences, stepOf } from "../../evals/data/gold-record.ts";

/** What is wrong with a record's plan, by the code that must be among its refusal's. */
export function flawsOf(record: GoldRecord): Set<string> {
  const flaws = new Set<string>();
  const ids = record.goldSteps.map((step) => step.id);
  const tools = new Set(record.tools.map((tool) => tool.name));
  if (new Set(ids).size < ids.length) flaws.add("PLAN_DUPLICATE_ID");
  if (record.goldSteps.some((step) => !tools.has(step.tool))) flaws.add("PLAN_UNKNOWN_TOOL");
  const named = [...record.goldSteps.flatMap(sourcesOf), ...rawReferences(record.resultMap ?? {}).map(stepOf)];
  if (named.some((id) => !ids.includes(id))) flaws.add("PLAN_BAD_REF");
  const waits = record.goldSteps.map((step) => ({ id: step.id, sources: sourcesOf(step) }));
  if (hasCycle(waits)) flaws.add("PLAN_CYCLE");
  return flaws;
}

export function sourcesOf(step: GoldStep): string[] {
  return [...new Set([...step.dependsOn, ...rawReferences(step.args).map(stepOf)])];
}

/** Takes away what waits for nothing that is left; what cannot be taken away is in a cycle or behind one. */
function hasCycle(steps: readonly { id: string; sources: string[] }[]): boolean {
  let left = steps;
  for (;;) {
    const open = new Set(left.map((step) => step.id));
    const blocked = left.filter((step) => step.sources.some((id) => open.has(id)));
    if (blocked.length === 0) return false;
    if (blocked.length === left.length) return true;
    left = blocked;
  }
}
