/**
 * Paths of the plan language: `root.key["any key"][0][index][*]`. Owns: the grammar, the text form, and reading
 * a value along segments. Must not: know which roots exist (the checker does) or join labels (the resolver does).
 */
import { cutText } from "../shared/cut-text.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Path, Segment } from "./compiled.ts";
import { suggestPath } from "./suggest-path.ts";

/** What reading gives where nothing is. Never null: null is a value. */
export const ABSENT: unique symbol = Symbol("absent");

/** Why a text is no path: `position` counts UTF-16 units from 0; `suggestion` is a path that parses, or null. */
export interface PathProblem {
  ok: false;
  message: string;
  hint: string;
  position: number;
  suggestion: string | null;
}

const ROOT = /[A-Za-z][A-Za-z0-9_]*/y;
const KEY = /[\p{L}\p{N}_$-]+/uy;
const PLAIN_KEY = /^[\p{L}\p{N}_$-]+$/u;
const ONLY_DIGITS = /^\p{Nd}+$/u;
const QUOTED = /\["((?:[^"\\]|\\.)*)"\]/y;
const PLACE = /\[(0|[1-9][0-9]{0,8})\]/y;
const GRAMMAR = 'A path is a root, then .key, ["key"], [0], [index] or [*]; nothing more.';

type SingleSegment = Exclude<Segment, { kind: "each" }>;

/** Longer texts are no paths; keeps every scan short. */
const LONGEST_PATH = 1000;

/** Parses a whole path, such as `topics.items[*].topic`. Never throws. */
export function parsePath(text: string): { ok: true; path: Path } | PathProblem {
  const scanned = scanPath(text);
  if ("root" in scanned) return { ok: true, path: { text, ...scanned } };
  return problem(text, scanned, suggestPath(text, isPath));
}

/**
 * Parses what a condition's `field` holds: a path below the element at hand, such as `amount`, `tags[0]`
 * or `["any key"].name`; `""` is the element itself. Never throws.
 */
export function parseFieldPath(text: string): { ok: true; segments: Segment[] } | PathProblem {
  if (text === "") return { ok: true, segments: [] };
  const shift = text.startsWith("[") ? 0 : 1;
  const scanned = scanSegments(shift === 1 ? `.${text}` : text, 0);
  if (Array.isArray(scanned)) return { ok: true, segments: scanned };
  const suggestion = suggestPath(text, (candidate) =>
    isPath(candidate.startsWith("[") ? `x${candidate}` : `x.${candidate}`),
  );
  return problem(text, { ...scanned, position: Math.max(0, scanned.position - shift) }, suggestion);
}

/** The text form; parsing it gives the same root and segments back. */
export function formatPath(path: { root: string; segments: readonly Segment[] }): string {
  return path.root + path.segments.map(formatSegment).join("");
}

function formatSegment(segment: Segment): string {
  if (segment.kind === "each") return "[*]";
  if (segment.kind === "here") return "[index]";
  if (segment.kind === "at") return `[${segment.index}]`;
  const { key } = segment;
  return PLAIN_KEY.test(key) && !ONLY_DIGITS.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * Reads along segments; own properties of objects and places of lists only, so `length` or anything inherited is
 * absent. After a `[*]` the result is a list: every further segment applies to each value, a further `[*]` puts
 * the elements of all of them into one list, and null and missing are dropped. `index` stands for `[index]`.
 * The result shares structure with `value`; nothing is copied or changed.
 */
export function readPath(
  value: JsonValue,
  segments: readonly Segment[],
  index: number | null,
): JsonValue | typeof ABSENT {
  let current: JsonValue = value;
  for (const [place, segment] of segments.entries()) {
    if (segment.kind === "each") return readEach(current, segments.slice(place), index);
    const next = readOne(current, segment, index);
    if (next === ABSENT) return ABSENT;
    current = next;
  }
  return current;
}

function readEach(value: JsonValue, segments: readonly Segment[], index: number | null): JsonValue | typeof ABSENT {
  if (elementsOf(value) === null) return ABSENT;
  let values: JsonValue[] = [value];
  for (const segment of segments) {
    values = segment.kind === "each" ? allElements(values) : readFromAll(values, segment, index);
  }
  return values;
}

/** The elements of all of them, one level; null is dropped. */
function allElements(values: readonly JsonValue[]): JsonValue[] {
  return values.flatMap((value) => (elementsOf(value) ?? []).filter((element) => element !== null));
}

function readFromAll(values: readonly JsonValue[], segment: SingleSegment, index: number | null): JsonValue[] {
  const found = values.map((value) => readOne(value, segment, index));
  return found.filter((one): one is JsonValue => one !== ABSENT && one !== null);
}

function elementsOf(value: JsonValue): JsonValue[] | null {
  if (typeof value !== "object" || value === null) return null;
  return Array.isArray(value) ? value : Object.values(value);
}

function readOne(value: JsonValue, segment: SingleSegment, index: number | null): JsonValue | typeof ABSENT {
  if (typeof value !== "object" || value === null) return ABSENT;
  if (segment.kind === "key") {
    if (Array.isArray(value) || !Object.hasOwn(value, segment.key)) return ABSENT;
    return value[segment.key] ?? null;
  }
  const place = segment.kind === "at" ? segment.index : index;
  if (!Array.isArray(value) || place === null || place < 0 || place >= value.length) return ABSENT;
  return value[place] ?? null;
}

interface Obstacle {
  position: number;
  reason: string;
}

function isPath(text: string): boolean {
  return "root" in scanPath(text);
}

function scanPath(text: string): { root: string; segments: Segment[] } | Obstacle {
  if (text === "") return { position: 0, reason: "it is empty" };
  if (text.length > LONGEST_PATH) return { position: LONGEST_PATH, reason: "it is too long" };
  const root = matchAt(ROOT, text, 0);
  if (root === null) return { position: 0, reason: "a path starts with a root or a step id" };
  const segments = scanSegments(text, root[0].length);
  return Array.isArray(segments) ? { root: root[0], segments } : segments;
}

function scanSegments(text: string, start: number): Segment[] | Obstacle {
  if (text.length > LONGEST_PATH) return { position: LONGEST_PATH, reason: "it is too long" };
  const segments: Segment[] = [];
  let position = start;
  while (position < text.length) {
    const found = scanSegment(text, position);
    if (typeof found === "string") return { position, reason: found };
    segments.push(found.segment);
    position += found.length;
  }
  return segments;
}

/** One segment at `position`, or why there is none. */
function scanSegment(text: string, position: number): { segment: Segment; length: number } | string {
  if (text[position] === ".") {
    const key = matchAt(KEY, text, position + 1)?.[0];
    if (key === undefined) return "after a dot comes a key";
    if (ONLY_DIGITS.test(key)) return `a place in a list is written [${key}], a key made of digits ["${key}"]`;
    return { segment: { kind: "key", key }, length: key.length + 1 };
  }
  if (text[position] !== "[") return `'${String.fromCodePoint(text.codePointAt(position) ?? 0)}' can't stand here`;
  if (text.startsWith("[*]", position)) return { segment: { kind: "each" }, length: 3 };
  if (text.startsWith("[index]", position)) return { segment: { kind: "here" }, length: 7 };
  const place = matchAt(PLACE, text, position);
  if (place !== null) return { segment: { kind: "at", index: Number(place[1]) }, length: place[0].length };
  const quoted = matchAt(QUOTED, text, position);
  const key = quoted === null ? null : unquote(`"${quoted[1]}"`);
  if (quoted === null || key === null) return 'brackets hold a place [0], [index], [*] or a key in quotes ["key"]';
  return { segment: { kind: "key", key }, length: quoted[0].length };
}

function unquote(text: string): string | null {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === "string" ? key : null;
  } catch {
    return null; // not a JSON string: the caller says what is allowed
  }
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

function problem(text: string, obstacle: Obstacle, suggestion: string | null): PathProblem {
  const message = `'${cutText(text, 80)}' is not a path: ${obstacle.reason} (character ${obstacle.position + 1}).`;
  const hint = suggestion === null ? GRAMMAR : `Did you mean '${suggestion}'? ${GRAMMAR}`;
  return { ok: false, message, hint, position: obstacle.position, suggestion };
}
