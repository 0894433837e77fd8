/** The shape of the data sets' records (data/README), and what can be told of one from its raw JSON alone. */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { isJsonObject } from "../../src/shared/json.ts";

export interface GoldTool {
  name: string;
  description: string;
  inputSchema: JsonObject;
  outputSchema?: JsonObject;
}

export interface GoldStep {
  id: string;
  tool: string;
  args: JsonObject;
  dependsOn: string[];
}

export interface GoldRecord {
  id: string;
  goal: string;
  tools: GoldTool[];
  goldSteps: GoldStep[];
  resultMap?: JsonObject;
}

/** Every `step.path` that a value names, in `$ref` or `${…}`. */
export function rawReferences(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(rawReferences);
  if (!isJsonObject(value)) return [];
  if (typeof value.$ref === "string") return [value.$ref];
  if (typeof value.$template === "string")
    return [...value.$template.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? "");
  return Object.values(value).flatMap(rawReferences);
}

export function stepOf(reference: string): string {
  return reference.split(/[.[]/)[0] ?? reference;
}

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
