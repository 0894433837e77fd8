/**
 * A type as a short signature: `{text: string, sentences?: integer 1..20}`. Owns: the notation, which is bounded
 * whatever a schema holds. (For messages there is schema-describe.ts, in words.)
 */
import { expandView } from "../plan/schema-expand.ts";
import {
  LEAF_TYPES,
  type Leaf,
  type NumberLeaf,
  type ObjectLeaf,
  type SchemaView,
  type StringLeaf,
} from "../plan/schema-leaf.ts";
import { cutText } from "../shared/cut-text.ts";
import type { JsonValue } from "../shared/json.ts";

const DEEPEST = 4;
const MOST_TYPES = 400;
const MOST_NAMES = 30;
const MOST_VALUES = 40;
const LONGEST_VALUE = 60;

interface Writing {
  levels: number;
  types: { left: number };
}

/** Describes types one after the other, 400 parts in all; what is beyond is `…`. */
export function createTypeWriter(): (view: SchemaView) => string {
  const types = { left: MOST_TYPES };
  return (view) => write(view, { levels: DEEPEST, types });
}

/** A JSON value in at most 60 characters. */
export function shortJson(value: JsonValue): string {
  return cutText(JSON.stringify(value), LONGEST_VALUE).toWellFormed();
}

function write(view: SchemaView, writing: Writing): string {
  if (writing.types.left-- <= 0) return "…";
  const leaves = expandView(view);
  if (leaves.length === 0) return "never";
  if (LEAF_TYPES.every((type) => leaves.some((leaf) => leaf.type === type && isOpen(leaf)))) return "any";
  const nullLast = leaves.toSorted((left, right) => Number(left.type === "null") - Number(right.type === "null"));
  return [...new Set(nullLast.map((leaf) => writeLeaf(leaf, writing)))].join(" | ");
}

function isOpen(leaf: Leaf): boolean {
  if (leaf.type === "object") return leaf.properties.size === 0;
  return leaf.values === null || leaf.type === "null" || leaf.type === "boolean";
}

function writeLeaf(leaf: Leaf, writing: Writing): string {
  const isBoolean = leaf.type === "boolean" && leaf.values?.length !== 1;
  if (leaf.type !== "null" && leaf.values !== null && !isBoolean) return writeValues(leaf.values);
  switch (leaf.type) {
    case "null":
    case "boolean":
      return leaf.type;
    case "number":
      return writeNumber(leaf);
    case "string":
      return writeString(leaf);
    case "array":
      return writing.levels < 1 ? "list" : writeList(write(leaf.items, { ...writing, levels: writing.levels - 1 }));
    case "object":
      return writing.levels < 1 ? "object" : writeObject(leaf, { ...writing, levels: writing.levels - 1 });
  }
}

function writeValues(values: readonly JsonValue[]): string {
  const shown = values.slice(0, MOST_VALUES).map(shortJson);
  return (values.length > shown.length ? [...shown, "…"] : shown).join(" | ");
}

function writeNumber({ integer, minimum, maximum, above, below }: NumberLeaf): string {
  const isSafe = (bound: number): boolean => Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  const name = integer ? "integer" : "number";
  if (!isSafe(minimum) && !isSafe(maximum)) return `${name} ${minimum}..${maximum}`;
  const bounds: string[] = [];
  if (!isSafe(minimum)) bounds.push(` >= ${minimum}`);
  if (!isSafe(above)) bounds.push(` > ${above}`);
  if (!isSafe(maximum)) bounds.push(` <= ${maximum}`);
  if (!isSafe(below)) bounds.push(` < ${below}`);
  return name + bounds.join("");
}

function writeString({ minLength, maxLength, marks }: StringLeaf): string {
  const length = maxLength < Infinity ? [`${minLength}..${maxLength} characters`] : [];
  const formats = marks.filter((mark) => mark.startsWith("format ")).map((mark) => mark.slice("format ".length));
  const shown = formats.length > 0 ? formats : marks; // a pattern beside a format says the same at length
  const notes = [...shown.map((mark) => cutText(mark, LONGEST_VALUE)), ...length];
  return notes.length === 0 ? "string" : `string (${notes.join(", ")})`;
}

function writeList(items: string): string {
  return items.includes(" | ") ? `(${items})[]` : `${items}[]`;
}

function writeObject(leaf: ObjectLeaf, writing: Writing): string {
  const entries = [...leaf.properties];
  if (entries.length === 0) return expandView(leaf.additional).length === 0 ? "{}" : "object";
  const fields = entries.slice(0, MOST_NAMES).map(([key, view]) => {
    const name = /^[\w.-]+$/.test(key) ? key : shortJson(key);
    return `${name}${leaf.required.has(key) ? "" : "?"}: ${write(view, writing)}`;
  });
  return `{${(entries.length > fields.length ? [...fields, "…"] : fields).join(", ")}}`;
}
