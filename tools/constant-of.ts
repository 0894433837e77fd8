/** Reads the one value that a schema allows, for tools whose output type follows a constant of the plan. */
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../src/shared/json.ts";

/** The value, or undefined where the schema allows several or can't tell. */
export function constantOf(schema: JsonSchema | undefined): JsonValue | undefined {
  if (schema === undefined) return undefined;
  if (Object.hasOwn(schema, "const")) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length === 1) return schema.enum[0];
  return isJsonObject(schema.properties) && schema.additionalProperties === false
    ? constantObject(schema.properties)
    : undefined;
}

function constantObject(properties: JsonObject): JsonValue | undefined {
  const result: JsonObject = {};
  for (const [key, schema] of Object.entries(properties)) {
    const value = isJsonObject(schema) ? constantOf(schema) : undefined;
    if (value === undefined) return undefined;
    result[key] = value;
  }
  return result;
}
