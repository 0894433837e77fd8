/**
 * Reads plain JSON Schemas (draft 2020-12 where `$schema` doesn't say otherwise).
 * Owns: what is refused before any value is checked. The check itself is `json-schema-check.ts`.
 */
import { isJsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import { jsonSchemaCheck } from "./json-schema-check.ts";
import type { ReadSchema } from "./schema-reading.ts";

/** A JSON Schema as people write it (`as const` included). */
export type JsonSchemaLiteral = { readonly [key: string]: unknown };

/** Below these keys stand values, not schemas. */
const DATA_KEYS: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);
const REFERENCE_KEYS: readonly string[] = ["$ref", "$dynamicRef", "$recursiveRef"];

export function readJsonSchema(schema: JsonSchemaLiteral): ReadSchema {
  const json = asPlainJson(schema);
  refuseForeignReferences(json, json);
  return { json, examine: jsonSchemaCheck(json) };
}

function asPlainJson(schema: JsonSchemaLiteral): JsonSchema {
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch (thrown) {
    throw new TypeError(`is not plain JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
  if (text === undefined) throw new TypeError("is not plain JSON");
  const json = JSON.parse(text) as JsonValue;
  if (!isJsonObject(json)) throw new TypeError("must be a JSON Schema object");
  return json;
}

function refuseForeignReferences(value: JsonValue, root: JsonSchema): void {
  if (Array.isArray(value)) {
    for (const item of value) refuseForeignReferences(item, root);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const key of REFERENCE_KEYS) {
    const target = value[key];
    if (typeof target === "string") refuseForeignReference(target, root);
  }
  for (const [key, inner] of Object.entries(value)) {
    if (!DATA_KEYS.has(key)) refuseForeignReferences(inner, root);
  }
}

function refuseForeignReference(target: string, root: JsonSchema): void {
  if (!target.startsWith("#")) {
    throw new TypeError(
      `refers to '${target}'; only references inside the schema ('#/$defs/…') are followed, so copy it in`,
    );
  }
  if (target.startsWith("#/") && !pointsSomewhere(target.slice(2), root)) {
    throw new TypeError(`refers to '${target}', which it doesn't contain`);
  }
}

function pointsSomewhere(pointer: string, root: JsonSchema): boolean {
  let current: JsonValue | undefined = root;
  for (const part of pointer.split("/")) {
    if (typeof current !== "object" || current === null) return false;
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(current, key)) return false;
    current = Array.isArray(current) ? current[Number(key)] : current[key];
  }
  return true;
}
