/**
 * How two JSON Schemas relate, for the checker's type rules. Owns: `yes` = every value of the source fits the target,
 * `no` = none can, else `unknown`. Both answers are sound; `unknown` costs a check at run time, nothing more.
 * Recursive schemas end by assuming the pair at hand, which is sound because JSON values are finite trees
 * (R. Amadio and L. Cardelli, "Subtyping recursive types", 1993).
 */
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { describeView } from "./schema-describe.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import {
  type ArrayLeaf,
  type Leaf,
  type NumberLeaf,
  type ObjectLeaf,
  propertyView,
  type SchemaView,
  type StringLeaf,
} from "./schema-leaf.ts";
import { type Fit, valueFits, valueFitsLeaf } from "./schema-value.ts";

/** Pairs of parts looked at before the answer is `unknown`. */
const MOST_PAIRS = 5_000;

/** State of one question: pairs assumed to hold while they are looked into. */
interface Inquiry {
  assumed: Set<string>;
  pairsLeft: number;
}

const remembered = new WeakMap<JsonSchema, WeakMap<JsonSchema, Fit>>();

/** Relates two schemas. Remembered per pair of objects, so schemas must not be changed afterwards. */
export function relate(source: JsonSchema, target: JsonSchema): Fit {
  if (source === target) return "yes";
  const known = remembered.get(source)?.get(target);
  if (known !== undefined) return known;
  const fit = relateViews(viewOf(source), viewOf(target));
  const row = remembered.get(source) ?? new WeakMap<JsonSchema, Fit>();
  row.set(target, fit);
  remembered.set(source, row);
  return fit;
}

/** As `relate`, for views. */
function relateViews(source: SchemaView, target: SchemaView): Fit {
  if (target.parts.length === 0) return "yes";
  if (isWithin(source, target, newInquiry())) return "yes";
  return areApart(source, target, newInquiry()) ? "no" : "unknown";
}

/**
 * True where both are lists and only an empty one fits both: formally `unknown`, in practice a mistake.
 */
export function onlyEmptyListFits(source: JsonSchema, target: JsonSchema): boolean {
  const sources = expandView(viewOf(source));
  const targets = expandView(viewOf(target));
  const inquiry = newInquiry();
  const hollow = (left: Leaf, right: Leaf): boolean =>
    left.type === "array" && right.type === "array" && areApart(left.items, right.items, inquiry);
  if (!sources.some((left) => left.type === "array" && !isNothing(left.items))) return false;
  return sources.every((left) => targets.every((right) => leavesApart(left, right, inquiry) || hollow(left, right)));
}

/** One sentence part on a `no`: what is given and what is needed, at the first field that tells them apart. */
export function explainMismatch(source: JsonSchema, target: JsonSchema): string {
  const left = viewOf(source);
  const right = viewOf(target);
  const field = tellingField(left, right);
  if (field === null) return `${describeView(left)} given, ${describeView(right)} needed`;
  if (isNothing(field.target)) return `field '${field.key}' has no place there`;
  if (isNothing(field.source)) return `field '${field.key}' (${describeView(field.target)}) is missing`;
  return `field '${field.key}' is ${describeView(field.source)} where ${describeView(field.target)} is needed`;
}

function tellingField(
  source: SchemaView,
  target: SchemaView,
): { key: string; source: SchemaView; target: SchemaView } | null {
  const [left, ...others] = expandView(source);
  const right = expandView(target).filter((leaf) => leaf.type === "object");
  if (left?.type !== "object" || others.length > 0 || right.length !== 1) return null;
  const wanted = right[0]!;
  for (const key of [...left.required, ...wanted.required]) {
    const pair = { key, source: propertyView(left, key), target: propertyView(wanted, key) };
    if (areApart(pair.source, pair.target, newInquiry())) return pair;
  }
  return null;
}

function newInquiry(): Inquiry {
  return { assumed: new Set(), pairsLeft: MOST_PAIRS };
}

const partNumbers = new WeakMap<object, number>();
let partCount = 0;

function viewKey(view: SchemaView): string {
  const numbers = view.parts.map((part) => {
    if (typeof part === "boolean") return String(part);
    const known = partNumbers.get(part);
    if (known !== undefined) return String(known);
    partCount += 1;
    partNumbers.set(part, partCount);
    return String(partCount);
  });
  return numbers.join("&");
}

/** True only if every value of the source fits the target. */
function isWithin(source: SchemaView, target: SchemaView, inquiry: Inquiry): boolean {
  if (target.parts.length === 0) return true;
  return assuming(`${viewKey(source)}<${viewKey(target)}`, inquiry, () =>
    expandView(source).every((leaf) => isLeafWithin(leaf, target, inquiry)),
  );
}

/** Judges one pair of parts, taken to hold wherever its own parts lead back to it. False beyond the limit. */
function assuming(key: string, inquiry: Inquiry, judge: () => boolean): boolean {
  if (inquiry.assumed.has(key)) return true;
  inquiry.pairsLeft -= 1;
  if (inquiry.pairsLeft <= 0) return false;
  const before = new Set(inquiry.assumed);
  inquiry.assumed.add(key);
  const holds = judge();
  if (!holds) inquiry.assumed = before;
  return holds;
}

function isLeafWithin(leaf: Leaf, target: SchemaView, inquiry: Inquiry): boolean {
  if (leaf.values !== null) return possibleValues(leaf).every((value) => valueFits(value, target) === "yes");
  return expandView(target).some((other) => other.exact && isSubset(leaf, other, inquiry));
}

function possibleValues(leaf: Leaf): JsonValue[] {
  return (leaf.values ?? []).filter((value) => valueFitsLeaf(value, leaf) !== "no");
}

function isSubset(source: Leaf, target: Leaf, inquiry: Inquiry): boolean {
  if (target.values !== null) return false;
  if (source.type === "number" && target.type === "number") return isNumberSubset(source, target);
  if (source.type === "string" && target.type === "string") return isStringSubset(source, target);
  if (source.type === "array" && target.type === "array") return isArraySubset(source, target, inquiry);
  if (source.type === "object" && target.type === "object") return isObjectSubset(source, target, inquiry);
  return false;
}

function isNumberSubset(source: NumberLeaf, target: NumberLeaf): boolean {
  if (target.integer && !source.integer) return false;
  const aboveLow = source.minimum >= target.minimum || source.above >= target.minimum;
  const belowHigh = source.maximum <= target.maximum || source.below <= target.maximum;
  const strictlyAbove = source.above >= target.above || source.minimum > target.above;
  const strictlyBelow = source.below <= target.below || source.maximum < target.below;
  return aboveLow && belowHigh && strictlyAbove && strictlyBelow;
}

function isStringSubset(source: StringLeaf, target: StringLeaf): boolean {
  if (source.minLength < target.minLength || source.maxLength > target.maxLength) return false;
  return target.marks.every((mark) => source.marks.includes(mark));
}

function isArraySubset(source: ArrayLeaf, target: ArrayLeaf, inquiry: Inquiry): boolean {
  if (source.minItems < target.minItems || source.maxItems > target.maxItems) return false;
  if (target.unique && !source.unique && source.maxItems > 1) return false;
  return source.maxItems === 0 || isWithin(source.items, target.items, inquiry);
}

function isObjectSubset(source: ObjectLeaf, target: ObjectLeaf, inquiry: Inquiry): boolean {
  for (const key of target.required) if (!source.required.has(key)) return false;
  const named = new Set([...source.properties.keys(), ...target.properties.keys()]);
  for (const key of named) {
    if (!isWithin(propertyView(source, key), propertyView(target, key), inquiry)) return false;
  }
  return isWithin(source.additional, target.additional, inquiry);
}

/** True only if no value fits both. */
function areApart(left: SchemaView, right: SchemaView, inquiry: Inquiry): boolean {
  return assuming(`${viewKey(left)}#${viewKey(right)}`, inquiry, () => {
    const targets = expandView(right);
    return expandView(left).every((one) => targets.every((other) => leavesApart(one, other, inquiry)));
  });
}

function leavesApart(left: Leaf, right: Leaf, inquiry: Inquiry): boolean {
  if (left.type !== right.type) return true;
  if (left.values !== null) return possibleValues(left).every((value) => valueFitsLeaf(value, right) === "no");
  if (right.values !== null) return possibleValues(right).every((value) => valueFitsLeaf(value, left) === "no");
  if (left.type === "number" && right.type === "number") return isEmptyRange(left, right);
  if (left.type === "string" && right.type === "string") {
    return left.minLength > right.maxLength || right.minLength > left.maxLength;
  }
  if (left.type === "array" && right.type === "array") return arraysApart(left, right, inquiry);
  if (left.type === "object" && right.type === "object") return objectsApart(left, right, inquiry);
  return false;
}

function isEmptyRange(left: NumberLeaf, right: NumberLeaf): boolean {
  const low = Math.max(left.minimum, right.minimum);
  const high = Math.min(left.maximum, right.maximum);
  const above = Math.max(left.above, right.above);
  const below = Math.min(left.below, right.below);
  return low > high || low >= below || high <= above || above >= below;
}

function arraysApart(left: ArrayLeaf, right: ArrayLeaf, inquiry: Inquiry): boolean {
  if (left.minItems > right.maxItems || right.minItems > left.maxItems) return true;
  return Math.max(left.minItems, right.minItems) > 0 && areApart(left.items, right.items, inquiry);
}

function objectsApart(left: ObjectLeaf, right: ObjectLeaf, inquiry: Inquiry): boolean {
  for (const key of new Set([...left.required, ...right.required])) {
    if (areApart(propertyView(left, key), propertyView(right, key), inquiry)) return true;
  }
  return false;
}
