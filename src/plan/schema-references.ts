/**
 * Local `$ref`s of a JSON Schema, rewritten so that parts of schemas can be taken out and put together.
 * Owns: the prepared form, in which every local reference is `#/$defs/<name>` and names follow the content,
 * so that the definitions of two schemas never clash. Must not: judge what a schema accepts.
 */
import { sha256Short } from "../shared/hash.ts";
import { canonicalJson, isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";

/** Keywords whose value maps names to schemas. */
const SCHEMA_MAPS = new Set(["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"]);
/** Keywords whose value is data, never a schema. */
const DATA = new Set(["const", "enum", "default", "examples", "required", "type"]);
const PREFIX = "#/$defs/";

const referring = new WeakMap<object, boolean>();
const preparedForms = new WeakMap<object, JsonSchema>();

/** True where the schema, or a schema inside it, has a `$ref`. Remembered per object. */
export function hasReference(schema: JsonValue): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const known = referring.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(schema).some(([key, value]) => {
    if (key === "$ref") return typeof value === "string";
    if (DATA.has(key)) return false;
    if (SCHEMA_MAPS.has(key) && isJsonObject(value)) return Object.values(value).some(hasReference);
    return hasReference(value);
  });
  referring.set(schema, found);
  return found;
}

/** The schema with content-named definitions; the same object where it has no reference. Remembered per object. */
export function prepareSchema(schema: JsonSchema): JsonSchema {
  if (!hasReference(schema)) return schema;
  const known = preparedForms.get(schema);
  if (known !== undefined) return known;
  const prepared = renameReferences(schema);
  preparedForms.set(schema, prepared);
  preparedForms.set(prepared, prepared);
  return prepared;
}

/** Declares that a schema built from prepared parts is prepared itself. */
export function markPrepared(schema: JsonSchema): JsonSchema {
  preparedForms.set(schema, schema);
  return schema;
}

/** The definition that a prepared reference names, or undefined. */
export function definitionOf(reference: string, definitions: JsonObject): JsonValue | undefined {
  if (!reference.startsWith(PREFIX)) return undefined;
  const name = reference.slice(PREFIX.length);
  return Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

function renameReferences(root: JsonSchema): JsonSchema {
  const hash = sha256Short(canonicalJson(root)).slice(0, 16);
  const nested = new Map<string, JsonValue>();
  collectDefinitions(root, nested);
  const names = new Map<string, string>();
  const queue: string[] = [];
  const rename = (reference: string): string => {
    if (!reference.startsWith("#")) return reference;
    const name = names.get(reference) ?? `${hash}_${names.size}`;
    if (!names.has(reference)) queue.push(reference);
    names.set(reference, name);
    return PREFIX + name;
  };
  const { $defs: _defs, definitions: _definitions, ...body } = root;
  const result = rewriteSchema(body, rename) as JsonSchema;
  const definitions: JsonObject = {};
  for (let reference = queue.shift(); reference !== undefined; reference = queue.shift()) {
    const target = reference === "#" ? body : (valueAt(root, reference) ?? nested.get(reference));
    const name = names.get(reference)!;
    if (target !== undefined) definitions[name] = rewriteSchema(target, rename);
  }
  return { ...result, $defs: definitions };
}

/** Definitions of embedded schemas, by the reference that their own schema uses for them. */
function collectDefinitions(schema: JsonValue, into: Map<string, JsonValue>): void {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (DATA.has(key)) continue;
    if ((key === "$defs" || key === "definitions") && isJsonObject(value)) {
      for (const [name, definition] of Object.entries(value)) into.set(`#/${key}/${name}`, definition);
    }
    collectDefinitions(value, into);
  }
}

function rewriteSchema(schema: JsonValue, rename: (reference: string) => string): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => rewriteSchema(item, rename));
  if (!isJsonObject(schema)) return schema;
  // Definitions of embedded schemas go to the top, under the names that references to them get.
  const kept = Object.entries(schema).filter(([key]) => key !== "$defs" && key !== "definitions");
  const fields = kept.map(([key, value]): [string, JsonValue] => {
    if (key === "$ref" && typeof value === "string") return [key, rename(value)];
    if (DATA.has(key)) return [key, value];
    if (SCHEMA_MAPS.has(key) && isJsonObject(value)) {
      const entries = Object.entries(value).map(([name, part]) => [name, rewriteSchema(part, rename)] as const);
      return [key, Object.fromEntries(entries)];
    }
    return [key, rewriteSchema(value, rename)];
  });
  return Object.fromEntries(fields);
}

function valueAt(root: JsonValue, reference: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key = decodePointer(part);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

function decodePointer(part: string): string {
  const unescaped = part.replaceAll("~1", "/").replaceAll("~0", "~");
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
