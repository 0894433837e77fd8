/**
 * Turns a type into the subset of JSON Schema that both providers enforce (provider-rules.ts). Owns: what can be
 * expressed; bounds, formats and patterns can't, in both, and stay with the catalogue and the checker.
 */
import { expandView } from "../plan/schema-expand.ts";
import type { ArrayLeaf, Leaf, ObjectLeaf, SchemaView } from "../plan/schema-leaf.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { isSafeName } from "./safe-names.ts";

export interface StrictTypes {
  /** Alternatives, each of one JSON type; objects among them differ in their first key. */
  types: JsonSchema[];
  /** False where some values that fit the view fit none of these. */
  isComplete: boolean;
}

/** Keys of the forms, with which a value would be taken for one of them. */
const FORM_KEYS = ["ref", "template", "literal", "json"];

export interface Room {
  /** How many lists and objects may lie inside each other. */
  levels: number;
  /** How many types may be looked at in all; definitions that repeat each other could make any number of them. */
  types: { left: number };
}

export function strictTypes(view: SchemaView, room: Room): StrictTypes {
  if (room.types.left-- <= 0) return { types: [], isComplete: false };
  const leaves = expandView(view);
  const scalars = [stringType(leaves), numberType(leaves), booleanType(leaves)].filter((type) => type !== null);
  const lists = listTypes(leaves, room);
  const objects = objectTypes(leaves, room);
  const nothing = leaves.some(({ type }) => type === "null") ? [{ type: "null" }] : [];
  const types = [...scalars, ...lists.types, ...objects.types, ...nothing];
  return { types, isComplete: lists.isComplete && objects.isComplete };
}

/** One schema for the alternatives. */
export function unionOf(types: readonly JsonSchema[]): JsonSchema {
  const [only] = types;
  return types.length === 1 && only !== undefined ? only : { anyOf: [...types] };
}

/** An object of exactly these properties, all of them required, in this order. */
export function strictObject(properties: readonly (readonly [name: string, schema: JsonSchema])[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

function valuesOf(leaves: readonly Leaf[]): JsonValue[] | null {
  if (leaves.some(({ values }) => values === null)) return null;
  return [...new Set(leaves.flatMap(({ values }) => values ?? []))];
}

function stringType(leaves: readonly Leaf[]): JsonSchema | null {
  const strings = leaves.filter(({ type }) => type === "string");
  if (strings.length === 0) return null;
  const values = valuesOf(strings);
  return values === null ? { type: "string" } : { type: "string", enum: values };
}

function numberType(leaves: readonly Leaf[]): JsonSchema | null {
  const numbers = leaves.filter((leaf) => leaf.type === "number");
  if (numbers.length === 0) return null;
  const values = valuesOf(numbers);
  const isInteger = numbers.every((leaf) => leaf.integer || leaf.values?.every(Number.isInteger) === true);
  const type = isInteger ? "integer" : "number";
  return values === null ? { type } : { type, enum: values };
}

function booleanType(leaves: readonly Leaf[]): JsonSchema | null {
  const values = valuesOf(leaves.filter(({ type }) => type === "boolean")) ?? [];
  if (values.length === 0) return null;
  return values.length === 1 ? { type: "boolean", enum: values } : { type: "boolean" };
}

function listTypes(leaves: readonly Leaf[], room: Room): StrictTypes {
  const lists = leaves.filter((leaf) => leaf.type === "array");
  const [list] = lists;
  if (list === undefined) return { types: [], isComplete: true };
  const items = lists.length > 1 || room.levels < 1 ? null : itemTypes(list, room);
  return items === null
    ? { types: [], isComplete: false }
    : { types: [{ type: "array", items: unionOf(items) }], isComplete: true };
}

function itemTypes(list: ArrayLeaf, room: Room): JsonSchema[] | null {
  if (list.values !== null) return null;
  const { types, isComplete } = strictTypes(list.items, { ...room, levels: room.levels - 1 });
  return isComplete && types.length > 0 ? types : null;
}

function objectTypes(leaves: readonly Leaf[], room: Room): StrictTypes {
  const objects = leaves.filter((leaf) => leaf.type === "object");
  const types: JsonSchema[] = [];
  const firstKeys = new Set<string>();
  for (const leaf of objects) {
    const [firstKey] = leaf.properties.keys();
    const isApart = firstKey !== undefined && !firstKeys.has(firstKey);
    const type = room.levels < 1 || !isApart ? null : objectType(leaf, room);
    if (type === null) return { types: [], isComplete: false };
    firstKeys.add(firstKey ?? "");
    types.push(type);
  }
  return { types, isComplete: true };
}

/** Null where a property can't be expressed: the whole is then written as JSON. Open objects lose their further keys. */
function objectType(leaf: ObjectLeaf, room: Room): JsonSchema | null {
  if (leaf.values !== null) return null;
  const properties: [string, JsonSchema][] = [];
  for (const [key, view] of leaf.properties) {
    if (!isSafeName(key) || FORM_KEYS.includes(key)) return null;
    const { types, isComplete } = strictTypes(view, { ...room, levels: room.levels - 1 });
    if (!isComplete || types.length === 0) return null;
    const given = leaf.required.has(key) ? types : [...types.filter(({ type }) => type !== "null"), { type: "null" }];
    properties.push([key, unionOf(given)]);
  }
  return strictObject(properties);
}
