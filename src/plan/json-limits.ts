/**
 * Caps on JSON that came from outside: depth, size, keys that could reach a prototype, things that aren't JSON.
 * Owns: the walk, which is iterative and stops at the first finding, so cycles and shared parts can't hold it up.
 */
import { jsonPointer } from "../error/issue.ts";

export interface JsonLimits {
  /** UTF-8 bytes, roughly as written without white space. */
  maxBytes: number;
  /** Lists and objects inside each other; the outermost counts 1. */
  maxDepth: number;
}

export interface JsonFinding {
  kind: "too-deep" | "too-large" | "prototype-key" | "not-json";
  /** JSON Pointer of the place. */
  path: string;
  /** What is there, for a message. */
  what: string;
}

/** Names through which data could reach an object's prototype. */
export const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

interface Frame {
  value: object;
  parent: Frame | null;
  key: string | number;
  depth: number;
}

interface Walk {
  limits: JsonLimits;
  bytes: number;
  pending: Frame[];
  hasUndefined: boolean;
}

/** The first thing that makes `value` unacceptable, or null; `hasUndefined`: some property is undefined. */
export function examineJson(
  value: unknown,
  limits: JsonLimits,
): { finding: JsonFinding | null; hasUndefined: boolean } {
  const walk: Walk = { limits, bytes: 0, pending: [], hasUndefined: false };
  let finding = examinePart(value, { parent: null, key: "" }, walk);
  for (let frame = walk.pending.pop(); finding === null && frame !== undefined; frame = walk.pending.pop()) {
    finding = tryContainer(frame, walk);
  }
  return { finding, hasUndefined: walk.hasUndefined };
}

/** Getters and proxies are somebody's code. */
function tryContainer(frame: Frame, walk: Walk): JsonFinding | null {
  try {
    return examineContainer(frame, walk);
  } catch {
    return { kind: "not-json", path: pointerOf(frame), what: "an object that throws when it is read" };
  }
}

interface Place {
  parent: Frame | null;
  key: string | number;
}

function examineContainer(frame: Frame, walk: Walk): JsonFinding | null {
  const { value } = frame;
  if (Array.isArray(value)) return examineList(value, frame, walk);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return { kind: "not-json", path: pointerOf(frame), what: "an object that is not plain data" };
  }
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    if (PROTOTYPE_KEYS.has(key)) {
      return { kind: "prototype-key", path: pointerOf({ parent: frame, key }), what: `the key '${key}'` };
    }
    walk.bytes += Buffer.byteLength(key) + 4;
    const finding = examinePart(fields[key], { parent: frame, key }, walk);
    if (finding !== null) return finding;
  }
  return null;
}

function examineList(list: readonly unknown[], frame: Frame, walk: Walk): JsonFinding | null {
  for (let place = 0; place < list.length; place++) {
    walk.bytes += 1;
    const finding = examinePart(list[place], { parent: frame, key: place }, walk);
    if (finding !== null) return finding;
  }
  return null;
}

function examinePart(value: unknown, place: Place, walk: Walk): JsonFinding | null {
  if (typeof value === "object" && value !== null) {
    const depth = (place.parent?.depth ?? 0) + 1;
    if (depth > walk.limits.maxDepth) {
      return { kind: "too-deep", path: pointerOf(place), what: `more than ${walk.limits.maxDepth} levels` };
    }
    walk.pending.push({ value, depth, ...place });
    walk.bytes += 2;
  } else if (value === undefined) walk.hasUndefined = true;
  else {
    const size = scalarBytes(value);
    if (size === null) return { kind: "not-json", path: pointerOf(place), what: describe(value) };
    walk.bytes += size;
  }
  if (walk.bytes <= walk.limits.maxBytes) return null;
  return { kind: "too-large", path: "", what: `more than ${walk.limits.maxBytes} bytes` };
}

function scalarBytes(value: unknown): number | null {
  if (typeof value === "string") return Buffer.byteLength(value) + 2;
  if (typeof value === "number") return Number.isFinite(value) ? String(value).length : null;
  return typeof value === "boolean" || value === null ? 4 : null;
}

function describe(value: unknown): string {
  return typeof value === "number" ? `the number ${value}` : `a ${typeof value}`;
}

function pointerOf(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at = place; at.parent !== null; at = at.parent) keys.push(at.key);
  return jsonPointer(keys.reverse());
}
