/**
 * Does a constant fit a schema? Owns: membership in a view, and the place where a constant goes wrong.
 * Must not: run regular expressions or judge formats; those give `unknown`.
 */
import { cutText } from "../shared/cut-text.ts";
import { canonicalJson, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import { describeView } from "./schema-describe.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import {
  type ArrayLeaf,
  type Leaf,
  leafTypeOf,
  type NumberLeaf,
  type ObjectLeaf,
  propertyView,
  type SchemaView,
  type StringLeaf,
} from "./schema-leaf.ts";

/** Places of a constant that are named; further ones help nobody. */
const MOST_MISFITS = 20;

/** Characters of a constant that a message repeats. */
const LONGEST_SHOWN = 40;

/** `yes`: always; `no`: never; `unknown`: only a check at run time can tell. */
export type Fit = "yes" | "no" | "unknown";

/** Why a constant does not fit, at the keys below it. */
export interface Misfit {
  keys: (string | number)[];
  /** `required` names the field that is missing, `extra` the one that is too much. */
  kind: "value" | "missing" | "extra";
  /** What is wrong there, as the end of a sentence that starts with the place. */
  reason: string;
}

export function valueFits(value: JsonValue, view: SchemaView): Fit {
  let best: Fit = "no";
  for (const leaf of expandView(view)) {
    const fit = valueFitsLeaf(value, leaf);
    if (fit === "yes") return "yes";
    if (fit === "unknown") best = "unknown";
  }
  return best;
}

export function valueFitsLeaf(value: JsonValue, leaf: Leaf): Fit {
  if (leaf.type !== leafTypeOf(value)) return "no";
  if (leaf.values !== null && !textsOf(leaf.values).has(canonicalJson(value))) return "no";
  const fit = meetsConstraints(value, leaf);
  return fit === "yes" && !leaf.exact ? "unknown" : fit;
}

const TEXTS = new WeakMap<readonly JsonValue[], ReadonlySet<string>>();

/** Canonical texts of a leaf's values, made once: long lists are asked about once per element. */
function textsOf(values: readonly JsonValue[]): ReadonlySet<string> {
  const known = TEXTS.get(values) ?? new Set(values.map(canonicalJson));
  TEXTS.set(values, known);
  return known;
}

function meetsConstraints(value: JsonValue, leaf: Leaf): Fit {
  switch (leaf.type) {
    case "number":
      return meetsNumber(value as number, leaf) ? "yes" : "no";
    case "string":
      return meetsString(value as string, leaf);
    case "array":
      return meetsArray(value as JsonValue[], leaf);
    case "object":
      return meetsObject(value as JsonObject, leaf);
    default:
      return "yes";
  }
}

function meetsNumber(value: number, leaf: NumberLeaf): boolean {
  if (leaf.integer && !Number.isInteger(value)) return false;
  return value >= leaf.minimum && value <= leaf.maximum && value > leaf.above && value < leaf.below;
}

function meetsString(value: string, leaf: StringLeaf): Fit {
  const length = [...value].length;
  if (length < leaf.minLength || length > leaf.maxLength) return "no";
  return leaf.marks.length > 0 ? "unknown" : "yes";
}

function meetsArray(value: JsonValue[], leaf: ArrayLeaf): Fit {
  if (value.length < leaf.minItems || value.length > leaf.maxItems) return "no";
  if (leaf.unique && new Set(value.map(canonicalJson)).size < value.length) return "no";
  return allOf(value.map((item) => valueFits(item, leaf.items)));
}

function meetsObject(value: JsonObject, leaf: ObjectLeaf): Fit {
  for (const key of leaf.required) if (!Object.hasOwn(value, key)) return "no";
  return allOf(Object.entries(value).map(([key, item]) => valueFits(item, propertyView(leaf, key))));
}

function allOf(fits: Fit[]): Fit {
  if (fits.includes("no")) return "no";
  return fits.includes("unknown") ? "unknown" : "yes";
}

/** The places where the constant cannot fit (of long lists some 20); empty where it fits or only the run can tell. */
export function checkConstant(value: JsonValue, schema: JsonSchema): Misfit[] {
  return findMisfits(value, viewOf(schema));
}

/** As `checkConstant`, for a view. */
export function findMisfits(value: JsonValue, view: SchemaView): Misfit[] {
  if (valueFits(value, view) !== "no") return [];
  const leaf = onlyLeafFor(value, view);
  if (leaf?.type === "object") return misfitsOfObject(value as JsonObject, leaf);
  if (leaf?.type === "array") return misfitsOfArray(value as JsonValue[], leaf);
  return [{ keys: [], kind: "value", reason: `must be ${describeView(view)}, not ${shown(value)}` }];
}

function shown(value: JsonValue): string {
  return cutText(JSON.stringify(value), LONGEST_SHOWN);
}

/** The one alternative of the value's own type, whose parts can then be told apart. */
function onlyLeafFor(value: JsonValue, view: SchemaView): Leaf | null {
  const same = expandView(view).filter((leaf) => leaf.type === leafTypeOf(value) && leaf.values === null);
  return same.length === 1 ? same[0]! : null;
}

function misfitsOfObject(value: JsonObject, leaf: ObjectLeaf): Misfit[] {
  const misfits: Misfit[] = [];
  for (const key of leaf.required) {
    if (Object.hasOwn(value, key)) continue;
    misfits.push(missingField(key, leaf));
  }
  for (const [key, item] of Object.entries(value)) {
    if (!leaf.properties.has(key) && isNothing(leaf.additional)) {
      misfits.push(extraField(key));
      continue;
    }
    misfits.push(...below(key, findMisfits(item, propertyView(leaf, key))));
  }
  return misfits;
}

/** An object lacks a field that it must have. */
export function missingField(key: string, leaf: ObjectLeaf): Misfit {
  return { keys: [key], kind: "missing", reason: `lacks '${key}' (${describeView(propertyView(leaf, key))})` };
}

/** An object has a field that it must not have. */
export function extraField(key: string): Misfit {
  return { keys: [key], kind: "extra", reason: `has no field '${key}'` };
}

function misfitsOfArray(value: JsonValue[], leaf: ArrayLeaf): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [place, item] of value.entries()) {
    misfits.push(...below(place, findMisfits(item, leaf.items)));
    if (misfits.length >= MOST_MISFITS) break;
  }
  if (misfits.length > 0) return misfits;
  const reason = leaf.unique ? "must hold different items" : `must hold ${describeCount(leaf)}`;
  const fitsCount = value.length >= leaf.minItems && value.length <= leaf.maxItems;
  return [{ keys: [], kind: "value", reason: fitsCount ? reason : `must hold ${describeCount(leaf)}` }];
}

function describeCount(leaf: ArrayLeaf): string {
  if (leaf.maxItems === Infinity) return `at least ${leaf.minItems} items`;
  return leaf.minItems === 0 ? `at most ${leaf.maxItems} items` : `${leaf.minItems} to ${leaf.maxItems} items`;
}

function below(key: string | number, misfits: Misfit[]): Misfit[] {
  return misfits.map((misfit) => ({ ...misfit, keys: [key, ...misfit.keys] }));
}
