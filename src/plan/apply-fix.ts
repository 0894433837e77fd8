/**
 * Applies a fix: RFC 6902 operations (add, remove, replace, move) on plain JSON. Owns: pointers and copying; what is
 * given is never changed. Prototype keys are refused, but for taking one out.
 */
import type { PatchOperation } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
const PLACE = /^(?:0|[1-9][0-9]*)$/;

/**
 * The patched copy. Throws VALIDATION that names the operation where a path does not exist, holds a prototype key
 * or is not a pointer; then nothing has happened.
 */
export function applyFix<Value>(value: Value, fix: readonly PatchOperation[]): Value {
  let patched = copyOf(value as JsonValue);
  for (const operation of fix) patched = applyOperation(patched, operation);
  return patched as Value;
}

/** Not structuredClone: parts that are shared (YAML anchors) must come apart. */
function copyOf(value: JsonValue | undefined): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
}

/** The value at a JSON Pointer (RFC 6901), or undefined. */
export function readPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  const keys = keysOf(pointer);
  if (keys === null) return undefined;
  for (const key of keys) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    if (Array.isArray(current) && !PLACE.test(key)) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}

/** Null for what is no pointer. */
function keysOf(pointer: string): string[] | null {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) return null;
  const keys = pointer.slice(1).split("/");
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function applyOperation(root: JsonValue, operation: PatchOperation): JsonValue {
  const { path } = operation;
  switch (operation.op) {
    case "remove":
      return remove(root, path);
    case "add":
      return add(root, path, copyOf(operation.value));
    case "replace":
      if (path === "") return copyOf(operation.value);
      return replace(root, path, copyOf(operation.value));
    case "move": {
      const from = operation.from ?? "";
      if (path.startsWith(`${from}/`)) throw refuse(path, "lies inside the value to be moved");
      const moved = readPointer(root, from);
      if (moved === undefined) throw refuse(from, "does not exist");
      return add(remove(root, from), path, moved);
    }
  }
}

/** The list or object that holds the last key of a pointer. */
function holderOf(root: JsonValue, path: string): { holder: JsonValue[] | JsonObject; key: string } {
  if (keysOf(path)?.some((key) => FORBIDDEN.has(key))) throw refuse(path, "holds a prototype key");
  return findHolder(root, path);
}

/** As `holderOf`; safe for own properties of any name. */
function findHolder(root: JsonValue, path: string): { holder: JsonValue[] | JsonObject; key: string } {
  const keys = keysOf(path);
  if (keys === null) throw refuse(path, "is not a JSON Pointer");
  const key = keys.pop();
  const holder = readPointer(root, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  if (key === undefined || typeof holder !== "object" || holder === null) throw refuse(path, "has no place to go");
  return { holder, key };
}

function add(root: JsonValue, path: string, value: JsonValue): JsonValue {
  if (path === "") return value;
  const { holder, key } = holderOf(root, path);
  if (!Array.isArray(holder)) {
    holder[key] = value;
    return root;
  }
  const place = key === "-" ? holder.length : placeIn(key, path);
  if (place > holder.length) throw refuse(path, "is beyond the end of the list");
  holder.splice(place, 0, value);
  return root;
}

function replace(root: JsonValue, path: string, value: JsonValue): JsonValue {
  if (readPointer(root, path) === undefined) throw refuse(path, "does not exist");
  const { holder, key } = holderOf(root, path);
  if (Array.isArray(holder)) holder[placeIn(key, path)] = value;
  else holder[key] = value;
  return root;
}

function remove(root: JsonValue, path: string): JsonValue {
  if (readPointer(root, path) === undefined) throw refuse(path, "does not exist");
  const { holder, key } = findHolder(root, path);
  if (Array.isArray(holder)) holder.splice(placeIn(key, path), 1);
  else delete holder[key];
  return root;
}

function placeIn(key: string, path: string): number {
  if (!PLACE.test(key)) throw refuse(path, "does not name a place in the list");
  return Number(key);
}

function refuse(path: string, why: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `The fix can't be applied: '${path}' ${why}.`, {
    hint: "Apply a fix only to the decision that was checked.",
  });
}
