/**
 * Reads the constraints that a schema states for one type. Owns: which keywords of each type are understood.
 * Must not: follow references or alternatives (schema-expand.ts does).
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import {
  ANYTHING,
  type ArrayLeaf,
  anyOfType,
  type Leaf,
  type LeafType,
  type NumberLeaf,
  type ObjectLeaf,
  type SchemaView,
  type StringLeaf,
} from "./schema-leaf.ts";

/** Constraints that are seen but not understood. */
const OPAQUE_NUMBER = ["multipleOf"];
const OPAQUE_ARRAY = ["prefixItems", "additionalItems", "contains", "unevaluatedItems"];
const OPAQUE_OBJECT = ["patternProperties", "minProperties", "maxProperties", "unevaluatedProperties"];

interface Reading {
  type: LeafType;
  definitions: JsonObject;
}

/** The leaf of one type with the constraints that the schema itself states for it. */
export function readConstraints(schema: JsonObject, reading: Reading): Leaf {
  const leaf = anyOfType(reading.type);
  switch (leaf.type) {
    case "number":
      return readNumber(schema, leaf);
    case "string":
      return readString(schema, leaf);
    case "array":
      return readArray(schema, leaf, reading.definitions);
    case "object":
      return readObject(schema, leaf, reading.definitions);
    default:
      return leaf;
  }
}

function isUnderstood(schema: JsonObject, opaque: string[]): boolean {
  return !opaque.some((keyword) => keyword in schema);
}

function numberOr(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function readNumber(schema: JsonObject, leaf: NumberLeaf): NumberLeaf {
  return {
    ...leaf,
    exact: isUnderstood(schema, OPAQUE_NUMBER),
    minimum: numberOr(schema.minimum, -Infinity),
    maximum: numberOr(schema.maximum, Infinity),
    above: numberOr(schema.exclusiveMinimum, -Infinity),
    below: numberOr(schema.exclusiveMaximum, Infinity),
  };
}

function readString(schema: JsonObject, leaf: StringLeaf): StringLeaf {
  const marks: string[] = [];
  if (typeof schema.format === "string") marks.push(`format ${schema.format}`);
  if (typeof schema.pattern === "string") marks.push(`pattern ${schema.pattern}`);
  return { ...leaf, minLength: numberOr(schema.minLength, 0), maxLength: numberOr(schema.maxLength, Infinity), marks };
}

function readArray(schema: JsonObject, leaf: ArrayLeaf, definitions: JsonObject): ArrayLeaf {
  const isTuple = Array.isArray(schema.items) || "prefixItems" in schema;
  return {
    ...leaf,
    exact: !isTuple && isUnderstood(schema, OPAQUE_ARRAY),
    items: isTuple ? ANYTHING : subView(schema.items, definitions),
    minItems: numberOr(schema.minItems, 0),
    maxItems: numberOr(schema.maxItems, Infinity),
    unique: schema.uniqueItems === true,
  };
}

function readObject(schema: JsonObject, leaf: ObjectLeaf, definitions: JsonObject): ObjectLeaf {
  const properties = new Map<string, SchemaView>();
  const hasPatterns = "patternProperties" in schema;
  if (isJsonObject(schema.properties)) {
    for (const [key, part] of Object.entries(schema.properties)) properties.set(key, subView(part, definitions));
  }
  return {
    ...leaf,
    exact: isUnderstood(schema, OPAQUE_OBJECT) && !restrictsNames(schema.propertyNames),
    properties,
    required: new Set(Array.isArray(schema.required) ? schema.required.map(String) : []),
    additional: hasPatterns ? ANYTHING : subView(schema.additionalProperties, definitions),
  };
}

/** `{"type": "string"}` says nothing about names, and schema libraries write it. */
function restrictsNames(names: JsonValue | undefined): boolean {
  if (names === undefined || names === true) return false;
  return !(isJsonObject(names) && Object.keys(names).length === 1 && names.type === "string");
}

function subView(part: JsonValue | undefined, definitions: JsonObject): SchemaView {
  if (part === undefined || part === true) return ANYTHING;
  if (part === false || isJsonObject(part)) return { parts: [part], definitions };
  return ANYTHING;
}
