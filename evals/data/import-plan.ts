/** Turns a data set's gold plan into the plan language. Owns: the mapping of references, texts and orders. */

import type { Segment } from "../../src/plan/compiled.ts";
import type { PlanDecision, Step } from "../../src/plan/decision.ts";
import { formatPath } from "../../src/plan/path.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import type { GoldRecord, GoldStep } from "./gold-record.ts";
import { rawReferences, stepOf } from "./gold-record.ts";
import { importedName } from "./import-tools.ts";

const FORM_KEYS: readonly string[] = ["ref", "template", "literal"];

export function importPlan(record: Omit<GoldRecord, "tools" | "goal">): PlanDecision {
  const plan: PlanDecision = {
    kind: "plan",
    rationale: `The gold plan of ${record.id}.`,
    steps: record.goldSteps.map(importStep),
    then: "finish",
  };
  return record.resultMap === undefined ? plan : { ...plan, output: importValue(record.resultMap) };
}

function importStep(step: GoldStep): Step {
  const read = new Set(rawReferences(step.args).map(stepOf));
  const after = step.dependsOn.filter((id) => !read.has(id));
  const input = importFields(step.args);
  return { id: step.id, tool: importedName(step.tool), input, ...(after.length === 0 ? {} : { after }) };
}

function importFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, importValue(value)]));
}

export function importValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(importValue);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$ref === "string") return { ref: importPath(value.$ref) };
  if (typeof value.$template === "string") return { template: importTemplate(value.$template) };
  if (isJsonObject(value) && FORM_KEYS.some((key) => key in value)) return { literal: value };
  return importFields(value);
}

function importTemplate(text: string): string {
  return text.replaceAll("{{", "{{{{").replaceAll(/\$\{([^}]*)\}/g, (_, path: string) => `{{${importPath(path)}}}`);
}

/** `step.key with spaces[0]` → `step["key with spaces"][0]`. */
export function importPath(text: string): string {
  const root = stepOf(text);
  const segments = rawSegments(text.slice(root.length)).map(
    (part): Segment => (typeof part === "number" ? { kind: "at", index: part } : { kind: "key", key: part }),
  );
  return formatPath({ root, segments });
}

/** The keys and places of `.a.b[0]`. */
export function rawSegments(text: string): (string | number)[] {
  return [...text.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(([, key, place]) => key ?? Number(place));
}
