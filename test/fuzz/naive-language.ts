/**
 * The plan language's data part once more, written from DESIGN and KERNEL 9 without looking at src/plan: it works on
 * the raw JSON, reads paths with one regular expression, and knows no trees. What differs is a bug in one of the two.
 */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";

/** Nothing is there. */
export const NOTHING = undefined;
type Maybe = JsonValue | undefined;
type Roots = Record<string, JsonValue>;

export interface Naive {
  roots: Roots;
  index: number | null;
}

const PART = /\.([\p{L}\p{N}_$-]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(index)\]/gu;

function isObject(value: Maybe): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `root.a[0][*]`. */
export function naiveRead(path: string, { roots, index }: Naive): Maybe {
  const root = /^\w+/.exec(path)?.[0] ?? "";
  if (!Object.hasOwn(roots, root)) return NOTHING;
  return naiveReadBelow(path.slice(root.length), roots[root], index);
}

function naiveReadBelow(path: string, start: Maybe, index: number | null): Maybe {
  const [before = "", ...mapped] = path.split(/(?=\[\*\])/);
  const isMappedAtOnce = before.startsWith("[*]");
  const one = isMappedAtOnce ? start : singles(before, start, index);
  const groups = isMappedAtOnce ? [before, ...mapped] : mapped;
  if (groups.length === 0 || partsOf(one) === null) return groups.length === 0 ? one : NOTHING;
  let several: Maybe[] = [one];
  for (const group of groups) {
    several = several.flatMap((value) => partsOf(value) ?? []).map((value) => singles(group.slice(3), value, index));
    several = several.filter((value) => value !== NOTHING && value !== null);
  }
  return several as JsonValue[];
}

/** The elements of a list, the values of an object, null of anything else. */
function partsOf(value: Maybe): Maybe[] | null {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : null;
}

/** Reads a path without `[*]`. */
function singles(path: string, start: Maybe, index: number | null): Maybe {
  let value = start;
  for (const [, key, quoted, place, here] of path.matchAll(PART)) {
    const name = quoted === undefined ? key : (JSON.parse(`"${quoted}"`) as string);
    value = name === undefined ? atPlace(value, here === undefined ? Number(place) : index) : ofKey(value, name);
  }
  return value;
}

function ofKey(value: Maybe, key: string): Maybe {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : NOTHING;
}

function atPlace(value: Maybe, place: number | null): Maybe {
  return Array.isArray(value) && place !== null && place < value.length ? value[place] : NOTHING;
}

/** Resolves a value with its forms; NOTHING where a reference without default has nothing. */
export function naiveResolve(form: JsonValue, naive: Naive): Maybe {
  if (Array.isArray(form)) return allOrNothing(form.map((item) => naiveResolve(item, naive)));
  if (!isObject(form)) return form;
  const keys = Object.keys(form);
  if (typeof form.ref === "string") {
    const found = naiveRead(form.ref, naive);
    return found !== NOTHING || !keys.includes("default") ? found : naiveResolve(form.default!, naive);
  }
  if (keys.length === 1 && typeof form.template === "string") return naiveTemplate(form.template, naive);
  if (keys.length === 1 && keys[0] === "literal") return form.literal;
  const values = keys.map((key) => naiveResolve(form[key]!, naive));
  return values.includes(NOTHING) ? NOTHING : Object.fromEntries(keys.map((key, place) => [key, values[place]!]));
}

function allOrNothing(values: Maybe[]): Maybe {
  return values.includes(NOTHING) ? NOTHING : (values as JsonValue[]);
}

function naiveTemplate(text: string, naive: Naive): Maybe {
  let isWhole = true;
  const filled = text.replace(/\{\{\{\{|\{\{\s*((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}\}/g, (whole, path?: string) => {
    if (whole === "{{{{") return "{{";
    const value = naiveRead((path ?? "").trim(), naive);
    if (value === NOTHING) isWhole = false;
    return value === NOTHING ? "" : inText(value);
  });
  return isWhole ? filled : NOTHING;
}

function inText(value: JsonValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  const isFlat = Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");
  return isFlat ? (value as JsonValue[]).map(inText).join(", ") : JSON.stringify(value);
}

/** Whether a condition holds; `element` is what `field` names parts of. */
export function naiveHolds(condition: JsonObject, naive: Naive, element: Maybe = NOTHING): boolean {
  const { ref, field, ...rest } = condition;
  const [operator = "", operand = null] = Object.entries(rest)[0] ?? [];
  const inner = (one: JsonValue): boolean => naiveHolds(one as JsonObject, naive, element);
  if (operator === "all") return (operand as JsonValue[]).filter(inner).length === (operand as JsonValue[]).length;
  if (operator === "any") return (operand as JsonValue[]).filter(inner).length > 0;
  if (operator === "none") return (operand as JsonValue[]).filter(inner).length === 0;
  const subject =
    typeof ref === "string" ? naiveRead(ref, naive) : ofElement(String(field ?? ""), element, naive.index);
  if (operator === "some" || operator === "every") {
    if (!Array.isArray(subject)) return false;
    const held = subject.filter((one) => naiveHolds(operand as JsonObject, naive, one)).length;
    return operator === "some" ? held > 0 : held === subject.length;
  }
  const wanted = naiveResolve(operand, naive);
  return wanted !== NOTHING && naiveCompare(operator, subject, wanted);
}

function ofElement(field: string, element: Maybe, index: number | null): Maybe {
  if (element === NOTHING || field === "") return element;
  return naiveReadBelow(field.startsWith("[") ? field : `.${field}`, element, index);
}

function naiveCompare(operator: string, subject: Maybe, wanted: JsonValue): boolean {
  const isThere = subject !== NOTHING;
  if (operator === "exists") return wanted === isThere;
  if (operator === "empty")
    return wanted === ["undefined", "null", '""', "[]", "{}"].includes(`${JSON.stringify(subject)}`);
  if (!isThere) return false;
  if (operator === "is") return sorted(subject) === sorted(wanted);
  if (operator === "not") return sorted(subject) !== sorted(wanted);
  if (operator === "in") return has(wanted, subject);
  if (operator === "contains" && Array.isArray(subject)) return has(subject, wanted);
  if (typeof subject === "string" && typeof wanted === "string") return compareTexts(operator, subject, wanted);
  return typeof subject === "number" && typeof wanted === "number" && isInOrder(operator, subject, wanted);
}

function has(list: JsonValue, wanted: JsonValue): boolean {
  return Array.isArray(list) && list.map(sorted).includes(sorted(wanted));
}

function compareTexts(operator: string, subject: string, wanted: string): boolean {
  if (operator === "contains") return subject.split(wanted).length > 1 || wanted === "";
  if (operator === "startsWith") return subject.slice(0, wanted.length) === wanted;
  if (operator === "endsWith") return wanted === "" || subject.slice(-wanted.length) === wanted;
  return isInOrder(operator, subject, wanted);
}

function isInOrder<Value extends string | number>(operator: string, left: Value, right: Value): boolean {
  const holds: Record<string, boolean> = { gt: left > right, gte: left >= right, lt: left < right, lte: left <= right };
  return holds[operator] ?? false;
}

/** JSON text with sorted keys. */
function sorted(value: JsonValue): string {
  return JSON.stringify(value, (_, part: JsonValue) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
