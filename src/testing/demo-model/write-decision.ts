/**
 * Writes a decision of the demo model in the shape that the request's schema asks for, as a server that enforces schemas
 * would. Owns: the two shapes of steps. Only for what demo-plan.ts makes: references, no conditions.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/json.ts";

/** `schema` null: the plan language itself. */
export function writeDecision(decision: JsonObject, schema: JsonObject | null): string {
  if (schema === null) return JSON.stringify(decision);
  const steps = Array.isArray(decision.steps) ? decision.steps.filter(isJsonObject) : [];
  const output = isJsonObject(decision.output) ? decision.output : {};
  return JSON.stringify({
    kind: decision.kind ?? "abandon",
    rationale: decision.rationale ?? "",
    steps: steps.map((step) => writeStep(step, schema)),
    then: decision.then ?? "finish",
    output: entriesOf(output),
    message: decision.reason ?? "",
  });
}

function writeStep({ id = "", tool = "", input }: JsonObject, schema: JsonObject): JsonObject {
  const given = isJsonObject(input) ? input : {};
  const typed = typedInputs(schema, String(tool));
  const written =
    typed === null ? entriesOf(given) : Object.fromEntries(typed.map((name) => [name, given[name] ?? null]));
  return { tool, id, input: written, more: [] };
}

function entriesOf(values: JsonObject): JsonValue[] {
  return Object.entries(values).map(([name, value]) => {
    const path = isJsonObject(value) && typeof value.ref === "string" ? value.ref : "";
    return { name, as: "ref", value: path };
  });
}

/** Names of the inputs of the tool's own alternative; null where inputs are lists of entries. */
function typedInputs(schema: JsonObject, tool: string): string[] | null {
  for (const step of objectsIn(schema)) {
    const properties = isJsonObject(step.properties) ? step.properties : {};
    const named = isJsonObject(properties.tool) ? properties.tool.enum : undefined;
    if (!Array.isArray(named) || !named.includes(tool)) continue;
    const input = resolve(properties.input, schema);
    if (isJsonObject(input) && isJsonObject(input.properties)) return Object.keys(input.properties);
  }
  return null;
}

function resolve(value: JsonValue | undefined, root: JsonObject): JsonValue | undefined {
  const reference = isJsonObject(value) && typeof value.$ref === "string" ? value.$ref : null;
  if (reference === null) return value;
  const definitions = isJsonObject(root.$defs) ? root.$defs : {};
  return definitions[reference.replace("#/$defs/", "")];
}

function objectsIn(value: JsonValue): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isJsonObject(value)) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}
