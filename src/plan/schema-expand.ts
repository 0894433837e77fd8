/**
 * Reads a JSON Schema into leaves. Owns: which keywords are understood; whatever else a schema says makes its
 * leaves inexact, never wrong. Must not: compare schemas.
 */
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import { readConstraints } from "./schema-constraints.ts";
import {
  anyOfType,
  bothViews,
  intersectLeaves,
  LEAF_TYPES,
  type Leaf,
  type LeafType,
  leafTypeOf,
  propertyView,
  type SchemaView,
} from "./schema-leaf.ts";
import { definitionOf, prepareSchema } from "./schema-references.ts";

/** More alternatives than this are not kept apart. */
const MOST_LEAVES = 128;
/** Constraints that are seen but not understood. */
const OPAQUE = ["not", "if", "dependentSchemas", "dependentRequired", "dependencies", "$dynamicRef", "$recursiveRef"];

interface Expansion {
  definitions: JsonObject;
  /** References being followed without having gone into a value. */
  open: ReadonlySet<string>;
}

const remembered = new WeakMap<object, Leaf[]>();

/** View of a whole schema. */
export function viewOf(schema: JsonSchema): SchemaView {
  const prepared = prepareSchema(schema);
  return { parts: [prepared], definitions: isJsonObject(prepared.$defs) ? prepared.$defs : {} };
}

/** The alternatives of a view; none where nothing fits. Remembered per schema object. */
export function expandView(view: SchemaView): Leaf[] {
  let leaves: Leaf[] | null = null;
  for (const part of view.parts) {
    const next = expandPart(part, view.definitions);
    leaves = leaves === null ? next : intersectAlternatives(leaves, next);
  }
  return leaves ?? anything();
}

/** True where nothing fits the view, such as the fields beyond those of a closed object. */
export function isNothing(view: SchemaView): boolean {
  return expandView(view).length === 0;
}

function expandPart(part: JsonSchema | boolean, definitions: JsonObject): Leaf[] {
  if (typeof part === "boolean") return part ? anything() : [];
  const known = remembered.get(part);
  if (known !== undefined) return known;
  const leaves = expandSchema(part, { definitions, open: new Set() });
  remembered.set(part, leaves);
  return leaves;
}

function anything(): Leaf[] {
  return LEAF_TYPES.map(anyOfType);
}

function inexact(leaves: Leaf[]): Leaf[] {
  return leaves.map((leaf) => ({ ...leaf, exact: false }));
}

function expandSchema(schema: JsonValue, expansion: Expansion): Leaf[] {
  if (schema === true) return anything();
  if (schema === false) return [];
  if (!isJsonObject(schema)) return inexact(anything());
  if (isImpossible(schema)) return [];
  const read = (type: LeafType): Leaf => readConstraints(schema, { type, definitions: expansion.definitions });
  let leaves = typesOf(schema).map(read);
  leaves = narrowToIntegers(schema, leaves);
  const values = Array.isArray(schema.enum) ? schema.enum : null;
  if (values !== null) leaves = intersectAlternatives(leaves, leavesOfValues(values));
  if ("const" in schema) leaves = intersectAlternatives(leaves, leavesOfValues([schema.const as JsonValue]));
  for (const other of combinedAlternatives(schema, expansion)) leaves = intersectAlternatives(leaves, other);
  return OPAQUE.some((keyword) => keyword in schema) ? inexact(leaves) : leaves;
}

function isImpossible(schema: JsonObject): boolean {
  return schema.not === true || (isJsonObject(schema.not) && Object.keys(schema.not).length === 0);
}

function typeNames(schema: JsonObject): string[] | null {
  if (typeof schema.type === "string") return [schema.type];
  return Array.isArray(schema.type) ? schema.type.map(String) : null;
}

function typesOf(schema: JsonObject): LeafType[] {
  const names = typeNames(schema);
  if (names === null) return [...LEAF_TYPES];
  return LEAF_TYPES.filter((type) => names.includes(type) || (type === "number" && names.includes("integer")));
}

function narrowToIntegers(schema: JsonObject, leaves: Leaf[]): Leaf[] {
  const names = typeNames(schema);
  if (names === null || names.includes("number")) return leaves;
  return leaves.map((leaf) => (leaf.type === "number" ? { ...leaf, integer: true } : leaf));
}

function leavesOfValues(values: JsonValue[]): Leaf[] {
  const leaves: Leaf[] = [];
  const byType = new Map<LeafType, JsonValue[]>();
  for (const value of values) {
    const leaf = leafOfValue(value);
    const same = byType.get(leaf.type);
    if (same !== undefined && leaf.type !== "object" && leaf.type !== "array") {
      same.push(value);
      continue;
    }
    const group = [value];
    byType.set(leaf.type, group);
    leaves.push({ ...leaf, values: group });
  }
  return capped(leaves);
}

/** A list or object keeps its structure beside its value, so that paths can be read from a constant. */
function leafOfValue(value: JsonValue): Leaf {
  const leaf = anyOfType(leafTypeOf(value));
  const viewOfConstants = (part: JsonSchema | false): SchemaView => ({ parts: [part], definitions: {} });
  if (leaf.type === "array" && Array.isArray(value)) {
    const items = viewOfConstants(value.length === 0 ? false : { enum: value });
    return { ...leaf, items, minItems: value.length, maxItems: value.length };
  }
  if (leaf.type === "object" && isJsonObject(value)) {
    const properties = new Map(Object.entries(value).map(([key, item]) => [key, viewOfConstants({ const: item })]));
    return { ...leaf, properties, required: new Set(properties.keys()), additional: viewOfConstants(false) };
  }
  return leaf;
}

/** One list of alternatives for each of anyOf, oneOf, every member of allOf, and `$ref`. */
function combinedAlternatives(schema: JsonObject, expansion: Expansion): Leaf[][] {
  const lists: Leaf[][] = [];
  if (Array.isArray(schema.anyOf)) lists.push(capped(schema.anyOf.flatMap((part) => expandSchema(part, expansion))));
  if (Array.isArray(schema.oneOf)) {
    const branches = schema.oneOf.map((part) => expandSchema(part, expansion));
    const leaves = capped(branches.flat());
    lists.push(areApart(branches) ? leaves : inexact(leaves));
  }
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) lists.push(expandSchema(part, expansion));
  if (typeof schema.$ref === "string") lists.push(followReference(schema.$ref, expansion));
  return lists;
}

function followReference(reference: string, expansion: Expansion): Leaf[] {
  const target = definitionOf(reference, expansion.definitions);
  if (target === undefined || expansion.open.has(reference)) return inexact(anything());
  return expandSchema(target, { ...expansion, open: new Set([...expansion.open, reference]) });
}

function capped(leaves: Leaf[]): Leaf[] {
  return leaves.length > MOST_LEAVES ? inexact(anything()) : leaves;
}

/** Every pair that has a type in common; a pair that accepts nothing stays (it does no harm). */
function intersectAlternatives(left: Leaf[], right: Leaf[]): Leaf[] {
  const leaves: Leaf[] = [];
  for (const one of left) {
    for (const other of right) {
      const both = intersectLeaves(one, other);
      if (both !== null && both.values?.length !== 0) leaves.push(both);
    }
  }
  return capped(leaves);
}

/** True where no value can fit two branches, as far as types and required constant fields tell. */
function areApart(branches: Leaf[][]): boolean {
  return branches.every((one, place) =>
    branches.slice(place + 1).every((other) => one.every((left) => other.every((right) => leavesApart(left, right)))),
  );
}

function leavesApart(left: Leaf, right: Leaf): boolean {
  if (left.type !== right.type) return true;
  if (left.values !== null && right.values !== null) return intersectLeaves(left, right)?.values?.length === 0;
  if (left.type !== "object" || right.type !== "object") return false;
  return [...left.required].some((key) => {
    if (!left.properties.has(key) || !right.properties.has(key)) return false;
    const both = bothViews(propertyView(left, key), propertyView(right, key));
    return both.parts.every((part) => isJsonObject(part) && ("const" in part || "enum" in part)) && isNothing(both);
  });
}
