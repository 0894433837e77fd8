/** A schema in a few words, for messages: `text`, `list of numbers`, `one of "a", "b"`. */
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import { LEAF_TYPES, type Leaf, type NumberLeaf, type SchemaView, type StringLeaf } from "./schema-leaf.ts";

/** Longer lists of fields or values are cut. */
const MOST_NAMES = 10;
const DEEPEST = 2;

export function describeSchema(schema: JsonSchema): string {
  return describeView(viewOf(schema));
}

export function describeView(view: SchemaView, depth = 0): string {
  const leaves = expandView(view);
  if (leaves.length === 0) return "nothing";
  if (LEAF_TYPES.every((type) => leaves.some((leaf) => leaf.type === type && isPlain(leaf)))) return "anything";
  const nullLast = leaves.toSorted((left, right) => Number(left.type === "null") - Number(right.type === "null"));
  const words = new Set(nullLast.map((leaf) => describeLeaf(leaf, depth)));
  return [...words].join(" or ");
}

function isPlain(leaf: Leaf): boolean {
  return leaf.values === null || leaf.type === "null" || leaf.type === "boolean";
}

function describeLeaf(leaf: Leaf, depth: number): string {
  if (leaf.type === "null") return "null";
  if (leaf.values !== null && !(leaf.type === "boolean" && leaf.values.length === 2))
    return describeValues(leaf.values);
  switch (leaf.type) {
    case "boolean":
      return "a boolean";
    case "number":
      return describeNumber(leaf);
    case "string":
      return describeString(leaf);
    case "array":
      return depth >= DEEPEST ? "a list" : `a list of (${describeView(leaf.items, depth + 1)})`;
    case "object": {
      const names = [...leaf.properties].map(([name]) => name);
      if (names.length > 0) return `an object {${listed(names)}}`;
      return isNothing(leaf.additional) ? "an empty object" : "an object";
    }
  }
}

function describeNumber(leaf: NumberLeaf): string {
  const bounds: string[] = [];
  const isSafe = (bound: number): boolean => Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  if (!isSafe(leaf.minimum)) bounds.push(`at least ${leaf.minimum}`);
  if (!isSafe(leaf.above)) bounds.push(`above ${leaf.above}`);
  if (!isSafe(leaf.maximum)) bounds.push(`at most ${leaf.maximum}`);
  if (!isSafe(leaf.below)) bounds.push(`below ${leaf.below}`);
  return [leaf.integer ? "an integer" : "a number", ...bounds].join(" ");
}

function describeString(leaf: StringLeaf): string {
  const extras = [...leaf.marks];
  if (leaf.minLength > 0) extras.push(`at least ${leaf.minLength} characters`);
  if (leaf.maxLength < Infinity) extras.push(`at most ${leaf.maxLength} characters`);
  return extras.length === 0 ? "a string" : `a string (${extras.join(", ")})`;
}

function describeValues(values: JsonValue[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return values.length === 1 ? texts[0]! : `one of ${listed(texts)}`;
}

/** Names joined with commas, cut after ten. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown}, … (${names.length} in all)` : shown;
}
