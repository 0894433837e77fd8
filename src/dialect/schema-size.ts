/**
 * How large a schema is, by the measures that providers limit. Owns: the counting. References are counted as if what
 * they name stood in their place (the vendors don't say), each definition measured once. Must not: know any limit.
 */
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";

export interface SchemaSize {
  /** Of all objects. */
  properties: number;
  /** Lists and objects inside each other, the root included; up to where a definition contains itself. */
  depth: number;
  enumValues: number;
  /** Of property names, definition names, enum and const values. */
  characters: number;
  /** Schemas with `anyOf` or a list of types. */
  unions: number;
  /** Properties that are not required. */
  optional: number;
  /** A definition, or the whole, contains itself. */
  isRecursive: boolean;
}

const NOTHING: SchemaSize = {
  properties: 0,
  depth: 0,
  enumValues: 0,
  characters: 0,
  unions: 0,
  optional: 0,
  isRecursive: false,
};

const DEFINITIONS = "#/$defs/";

interface Measuring {
  definitions: JsonObject;
  /** Null while a definition is being measured. */
  known: Map<string, SchemaSize | null>;
}

export function computeSize(schema: JsonSchema): SchemaSize {
  const definitions = isJsonObject(schema.$defs) ? schema.$defs : {};
  const size = measure(schema, { definitions, known: new Map([["#", null]]) });
  return { ...size, characters: size.characters + lengthOf(Object.keys(definitions)) };
}

function measure(schema: JsonValue | undefined, measuring: Measuring): SchemaSize {
  if (!isJsonObject(schema)) return NOTHING;
  if (typeof schema.$ref === "string") return measureReference(schema.$ref, measuring);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const below = [...Object.values(properties), schema.items].map((part) => measure(part, measuring));
  const alternatives = Array.isArray(schema.anyOf) ? schema.anyOf.map((part) => measure(part, measuring)) : [];
  const parts = [...below, ...alternatives].reduce(add, NOTHING);
  const isLevel = schema.type === "object" || schema.type === "array";
  return add(ownSize(schema), {
    ...parts,
    depth: Math.max(maxDepth(below) + (isLevel ? 1 : 0), maxDepth(alternatives)),
  });
}

function measureReference(reference: string, measuring: Measuring): SchemaSize {
  const known = measuring.known.get(reference);
  if (known !== undefined) return known ?? { ...NOTHING, isRecursive: true };
  measuring.known.set(reference, null);
  const name = reference.slice(DEFINITIONS.length);
  const target = reference.startsWith(DEFINITIONS) && Object.hasOwn(measuring.definitions, name);
  const size = target ? measure(measuring.definitions[name], measuring) : NOTHING;
  measuring.known.set(reference, size);
  return size;
}

/** Of one schema, without those inside it. */
function ownSize(schema: JsonObject): SchemaSize {
  const names = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const values = Array.isArray(schema.enum) ? schema.enum : [];
  const constants = "const" in schema ? [...values, schema.const as JsonValue] : values;
  return {
    ...NOTHING,
    properties: names.length,
    enumValues: values.length,
    characters: lengthOf(names) + lengthOf(constants),
    unions: Array.isArray(schema.anyOf) || Array.isArray(schema.type) ? 1 : 0,
    optional: names.filter((name) => !required.has(name)).length,
  };
}

function lengthOf(values: readonly JsonValue[]): number {
  return values.reduce<number>((sum, value) => sum + textOf(value).length, 0);
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function maxDepth(sizes: readonly SchemaSize[]): number {
  return sizes.reduce((deepest, { depth }) => Math.max(deepest, depth), 0);
}

function add(left: SchemaSize, right: SchemaSize): SchemaSize {
  return {
    properties: left.properties + right.properties,
    depth: Math.max(left.depth, right.depth),
    enumValues: left.enumValues + right.enumValues,
    characters: left.characters + right.characters,
    unions: left.unions + right.unions,
    optional: left.optional + right.optional,
    isRecursive: left.isRecursive || right.isRecursive,
  };
}
