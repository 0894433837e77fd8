/**
 * Records of the optional data sets as they are written: one goal with tools and a gold plan. Owns: the shape, and the
 * references in it. Must not: know the plan language (import-plan.ts does).
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";

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
