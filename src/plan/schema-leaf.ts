/**
 * The normal form of a JSON Schema: alternatives ("leaves"), each of one JSON type with its constraints.
 * Owns: the leaf and how two of them intersect. Must not: read schemas (schema-expand.ts) or compare them.
 */
import { canonicalJson, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";

/** A schema inside another one: the conjunction of `parts` (none = anything), with the definitions they refer to. */
export interface SchemaView {
  parts: readonly (JsonSchema | boolean)[];
  definitions: JsonObject;
}

interface LeafBase {
  /** False where the schema has constraints beyond this leaf: its values are then a subset of the leaf's. */
  exact: boolean;
  /** Where set, only these values (that also meet the constraints). */
  values: JsonValue[] | null;
}
export interface NumberLeaf extends LeafBase {
  type: "number";
  integer: boolean;
  /** Inclusive bounds; infinite where there is none. */
  minimum: number;
  maximum: number;
  /** Exclusive bounds. */
  above: number;
  below: number;
}
export interface StringLeaf extends LeafBase {
  type: "string";
  /** In code points. */
  minLength: number;
  maxLength: number;
  /** Formats and patterns, which only an equal one is known to meet. */
  marks: string[];
}
export interface ArrayLeaf extends LeafBase {
  type: "array";
  items: SchemaView;
  minItems: number;
  maxItems: number;
  unique: boolean;
}
export interface ObjectLeaf extends LeafBase {
  type: "object";
  properties: ReadonlyMap<string, SchemaView>;
  required: ReadonlySet<string>;
  /** Of every key that `properties` does not name. */
  additional: SchemaView;
}
interface PlainLeaf extends LeafBase {
  type: "null" | "boolean";
}
export type Leaf = PlainLeaf | NumberLeaf | StringLeaf | ArrayLeaf | ObjectLeaf;
export type LeafType = Leaf["type"];

export const LEAF_TYPES: readonly LeafType[] = ["null", "boolean", "number", "string", "array", "object"];

/** Accepts everything. */
export const ANYTHING: SchemaView = { parts: [], definitions: {} };

/** The leaf of a type without any constraint. */
export function anyOfType(type: LeafType): Leaf {
  const base = { exact: true, values: null };
  switch (type) {
    case "null":
      return { ...base, type, values: [null] };
    case "boolean":
      return { ...base, type, values: [false, true] };
    case "number":
      return {
        ...base,
        type,
        integer: false,
        minimum: -Infinity,
        maximum: Infinity,
        above: -Infinity,
        below: Infinity,
      };
    case "string":
      return { ...base, type, minLength: 0, maxLength: Infinity, marks: [] };
    case "array":
      return { ...base, type, items: ANYTHING, minItems: 0, maxItems: Infinity, unique: false };
    case "object":
      return { ...base, type, properties: new Map(), required: new Set(), additional: ANYTHING };
  }
}

export function leafTypeOf(value: JsonValue): LeafType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as "boolean" | "number" | "string" | "object";
}

/** Both must hold. */
export function bothViews(left: SchemaView, right: SchemaView): SchemaView {
  if (left.parts.length === 0) return right;
  if (right.parts.length === 0) return left;
  const parts = [...new Set([...left.parts, ...right.parts])];
  if (parts.length === left.parts.length) return left;
  return { parts, definitions: { ...left.definitions, ...right.definitions } };
}

/** What a key of an object must fit. */
export function propertyView(leaf: ObjectLeaf, key: string): SchemaView {
  return leaf.properties.get(key) ?? leaf.additional;
}

/** The leaf whose values fit both, or null where the types differ. */
export function intersectLeaves(left: Leaf, right: Leaf): Leaf | null {
  const base = { exact: left.exact && right.exact, values: sharedValues(left.values, right.values) };
  if (left.type === "number" && right.type === "number") return { ...bothNumbers(left, right), ...base };
  if (left.type === "string" && right.type === "string") return { ...bothStrings(left, right), ...base };
  if (left.type === "array" && right.type === "array") return { ...bothArrays(left, right), ...base };
  if (left.type === "object" && right.type === "object") return { ...bothObjects(left, right), ...base };
  return left.type === right.type ? { ...left, ...base } : null;
}

function sharedValues(left: JsonValue[] | null, right: JsonValue[] | null): JsonValue[] | null {
  if (left === null || right === null) return left ?? right;
  const texts = new Set(right.map(canonicalJson));
  return left.filter((value) => texts.has(canonicalJson(value)));
}

function bothNumbers(left: NumberLeaf, right: NumberLeaf): NumberLeaf {
  return {
    ...left,
    integer: left.integer || right.integer,
    minimum: Math.max(left.minimum, right.minimum),
    maximum: Math.min(left.maximum, right.maximum),
    above: Math.max(left.above, right.above),
    below: Math.min(left.below, right.below),
  };
}

function bothStrings(left: StringLeaf, right: StringLeaf): StringLeaf {
  return {
    ...left,
    minLength: Math.max(left.minLength, right.minLength),
    maxLength: Math.min(left.maxLength, right.maxLength),
    marks: [...new Set([...left.marks, ...right.marks])],
  };
}

function bothArrays(left: ArrayLeaf, right: ArrayLeaf): ArrayLeaf {
  return {
    ...left,
    items: bothViews(left.items, right.items),
    minItems: Math.max(left.minItems, right.minItems),
    maxItems: Math.min(left.maxItems, right.maxItems),
    unique: left.unique || right.unique,
  };
}

function bothObjects(left: ObjectLeaf, right: ObjectLeaf): ObjectLeaf {
  const properties = new Map<string, SchemaView>();
  for (const key of [...left.properties.keys(), ...right.properties.keys()]) {
    properties.set(key, bothViews(propertyView(left, key), propertyView(right, key)));
  }
  return {
    ...left,
    properties,
    required: new Set([...left.required, ...right.required]),
    additional: bothViews(left.additional, right.additional),
  };
}
