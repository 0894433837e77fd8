/**
 * New schemas from parts of others. Owns: carrying the definitions along. Everything here takes prepared schemas
 * (schema-references.ts) and gives prepared ones; a schema without references stays the same object.
 */
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import { expandView, viewOf } from "./schema-expand.ts";
import type { SchemaView } from "./schema-leaf.ts";
import { hasReference, markPrepared, prepareSchema } from "./schema-references.ts";

/** Accepts everything. */
export const ANY_SCHEMA: JsonSchema = Object.freeze({});
/** Accepts nothing. */
export const NO_SCHEMA: JsonSchema = Object.freeze({ not: {} });

/** The schema of a view. */
export function schemaOfView(view: SchemaView): JsonSchema {
  const parts = view.parts.map((part): JsonSchema => {
    if (typeof part === "boolean") return part ? ANY_SCHEMA : NO_SCHEMA;
    return part;
  });
  if (parts.length === 0) return ANY_SCHEMA;
  if (parts.length === 1) return withDefinitions(parts[0]!, view.definitions);
  return withDefinitions({ allOf: parts }, view.definitions);
}

const completed = new WeakMap<JsonSchema, JsonSchema>();

function withDefinitions(schema: JsonSchema, definitions: JsonObject): JsonSchema {
  if (!hasReference(schema) || "$defs" in schema) return schema;
  const known = completed.get(schema);
  if (known !== undefined) return known;
  const whole = markPrepared({ ...schema, $defs: definitions });
  completed.set(schema, whole);
  return whole;
}

/** Takes definitions out of parts, so that they can stand once at the top. */
interface Lifted {
  bodies: JsonSchema[];
  definitions: JsonObject;
}

function lift(schemas: readonly JsonSchema[]): Lifted {
  const definitions: JsonObject = {};
  const bodies = schemas.map((schema) => {
    const prepared = prepareSchema(schema);
    if (!hasReference(prepared) || !isJsonObject(prepared.$defs)) return prepared;
    const { $defs, ...body } = prepared;
    Object.assign(definitions, $defs as JsonObject);
    return body;
  });
  return { bodies, definitions };
}

function assemble(schema: JsonSchema, definitions: JsonObject): JsonSchema {
  return Object.keys(definitions).length === 0 ? schema : markPrepared({ ...schema, $defs: definitions });
}

/** Lists of `item`. */
export function listSchema(item: JsonSchema, bounds: { minItems?: number; maxItems?: number } = {}): JsonSchema {
  const { bodies, definitions } = lift([item]);
  return assemble({ type: "array", items: bodies[0]!, ...bounds }, definitions);
}

/** Values of any of the schemas; the one itself where there is one. */
export function unionSchema(schemas: readonly JsonSchema[]): JsonSchema {
  const different = [...new Set(schemas)];
  if (different.some((schema) => Object.keys(schema).length === 0)) return ANY_SCHEMA;
  if (different.length === 1) return different[0]!;
  const { bodies, definitions } = lift(different);
  return assemble({ anyOf: bodies }, definitions);
}

/** The schema, or null. */
export function nullableSchema(schema: JsonSchema): JsonSchema {
  if (expandView(viewOf(schema)).some((leaf) => leaf.type === "null")) return schema;
  return unionSchema([schema, { type: "null" }]);
}

/** Objects with exactly these fields; those in `optional` may be missing. */
export function objectSchema(
  fields: readonly [string, JsonSchema][],
  optional: ReadonlySet<string> = new Set(),
): JsonSchema {
  const { bodies, definitions } = lift(fields.map(([, schema]) => schema));
  const properties = Object.fromEntries(fields.map(([key], place) => [key, bodies[place] as JsonValue]));
  const required = fields.map(([key]) => key).filter((key) => !optional.has(key));
  return assemble({ type: "object", properties, required, additionalProperties: false }, definitions);
}
