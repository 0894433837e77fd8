/**
 * "the topics of the summary": which input takes which part of the step before. Owns: that mapping.
 * Must not: make steps.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import type { DraftStep } from "./draft.ts";
import { fitOf, isType, leavesOf, propertiesOf, requiredOf, schemaAt } from "./schema-reading.ts";
import { normalName } from "./tokens.ts";

/** The one input that takes the source, with its reference; empty where none can. */
export function sourceInputs(tool: ToolDescription, source: DraftStep): Map<string, JsonValue> {
  const hints = tool.planning?.inputs ?? {};
  if (Object.values(hints).includes("results")) return new Map();
  const required = requiredOf(tool.inputSchema);
  const open = propertiesOf(tool.inputSchema).filter(([name]) => hints[name] === undefined);
  open.sort(([left], [right]) => Number(required.has(right)) - Number(required.has(left)));
  for (const [name, schema] of propertiesOf(tool.inputSchema)) {
    if (hints[name] === "results") continue;
    const same = leavesOf(source.tool.outputSchema).find((leaf) => {
      return normalName(leaf.path) === normalName(name) && fitOf(leaf.schema, schema) !== "no";
    });
    if (same !== undefined) return new Map([[name, referenceTo(source, same.path, "ref")]]);
  }
  const answer = source.tool.planning?.answer ?? "";
  const given = schemaAt(source.tool.outputSchema, answer) ?? {};
  for (const [name, schema] of open.filter(([name]) => required.has(name))) {
    if (fitOf(given, schema) !== "no") return new Map([[name, referenceTo(source, answer, "ref")]]);
    if (isType(schema, "string")) return new Map([[name, referenceTo(source, answer, "template")]]);
  }
  return new Map();
}

/** A source that ran for each element is taken at the same place. */
function referenceTo(source: DraftStep, path: string, form: "ref" | "template"): JsonValue {
  const start = source.each === null ? source.id : `${source.id}[index]`;
  const full = path === "" ? start : `${start}.${path}`;
  return form === "ref" ? { ref: full } : { template: `{{${full}}}` };
}
