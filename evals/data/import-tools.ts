/** Turns a data set's tool lists into JSON Schemas. Owns: names and type names that the data sets spell their own way. */
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import type { GoldTool } from "./gold-record.ts";

export interface ImportedTool {
  name: string;
  description: string;
  inputSchema: JsonObject;
  outputSchema: JsonObject;
}

const TYPES: Record<string, string> = {
  float: "number",
  int: "integer",
  bool: "boolean",
  file: "string",
  dict: "object",
  list: "array",
};

export function importTools(tools: readonly GoldTool[]): ImportedTool[] {
  return tools.map(({ name, description, inputSchema, outputSchema }) => ({
    name: importedName(name),
    description: description === "" ? name : description,
    inputSchema: importSchema(inputSchema) as JsonObject,
    outputSchema: outputSchema === undefined ? {} : importOutput(outputSchema),
  }));
}

/** Tool names allow letters, digits, `_`, `.` and `-`, after a letter, 64 in all. */
export function importedName(name: string): string {
  const cleaned = name.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, 64);
  return /^[A-Za-z]/.test(cleaned) ? cleaned : `t_${cleaned}`.slice(0, 64);
}

/** Bare property maps become objects. */
function importOutput(schema: JsonObject): JsonObject {
  if (typeof schema.type === "string") return importSchema(schema) as JsonObject;
  return { type: "object", properties: importProperties(schema) };
}

function importProperties(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, importSchema(property)]));
}

function importSchema(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return {};
  const { type, properties, items, required, enum: values, description } = schema;
  const imported: JsonObject = {};
  if (typeof type === "string") imported.type = TYPES[type.toLowerCase()] ?? type.toLowerCase();
  if (typeof description === "string") imported.description = description;
  if (isJsonObject(properties)) imported.properties = importProperties(properties);
  if (items !== undefined) imported.items = importSchema(items);
  if (Array.isArray(required)) imported.required = required;
  if (Array.isArray(values) && values.length > 0) imported.enum = values;
  return imported;
}
