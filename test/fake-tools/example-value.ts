/** Makes up a value that fits a JSON Schema (the subset that imported tools use). */
import { isJsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";

/**
 * Texts say where they come from (`name`, then the path below it) and numbers follow from that text, so that two
 * outputs never hold the same values and a reference that reads the wrong place shows.
 */
export function exampleValue(schema: JsonSchema, name: string): JsonValue {
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  switch (schema.type) {
    case "object":
      return exampleObject(schema, name);
    case "array":
      return [exampleValue(isJsonObject(schema.items) ? schema.items : { type: "string" }, `${name}[0]`)];
    case "number":
      return numberOf(name) + 0.5;
    case "integer":
      return numberOf(name);
    case "boolean":
      return numberOf(name) % 2 === 0;
    case "null":
      return null;
    default:
      return name;
  }
}

function exampleObject(schema: JsonSchema, name: string): JsonValue {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const fields = Object.entries(properties).map(([key, property]) => [
    key,
    exampleValue(isJsonObject(property) ? property : {}, `${name}.${key}`),
  ]);
  return Object.fromEntries(fields) as JsonValue;
}

function numberOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return hash;
}
