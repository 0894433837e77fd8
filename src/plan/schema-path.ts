/**
 * The schema behind a path: what reading `segments` from a value of this schema can give. Owns: the typing of
 * segments, as path.ts reads them. Must not: know roots or steps.
 */
import type { JsonSchema } from "../shared/json.ts";
import type { Segment } from "./compiled.ts";
import { listSchema, NO_SCHEMA, schemaOfView, unionSchema } from "./schema-compose.ts";
import { describeView } from "./schema-describe.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import { ANYTHING, type ArrayLeaf, type Leaf, type ObjectLeaf, type SchemaView } from "./schema-leaf.ts";

/** A key that an open object does not declare, with those that it does. */
export interface UndeclaredKey {
  key: string;
  /** Place of the segment. */
  at: number;
  known: string[];
}

export type PathSchema =
  | {
      kind: "found";
      schema: JsonSchema;
      /** The value may lack this place: an optional field, a list that may be shorter, null on the way. */
      mayBeAbsent: boolean;
      /** The declared field that may be left out, where that is why. */
      optionalKey: string | null;
      undeclared: UndeclaredKey[];
    }
  | {
      kind: "missing";
      /** Place of the segment that cannot be read. */
      at: number;
      /** Why not, naming what is there instead. */
      reason: string;
      /** The keys that are there; empty where it is not an object. */
      known: string[];
      /** A field was asked of a list: `[*]` or a place is missing before it. */
      isList: boolean;
    };

interface Reading {
  view: SchemaView;
  mayBeAbsent: boolean;
  optionalKey: string | null;
  undeclared: UndeclaredKey[];
}
type Refusal = { reason: string; known: string[]; isList?: boolean };

/** Types a path below a value of `schema`. */
export function schemaAtPath(schema: JsonSchema, segments: readonly Segment[]): PathSchema {
  const reading: Reading = { view: viewOf(schema), mayBeAbsent: false, optionalKey: null, undeclared: [] };
  let isMapped = false;
  for (const [at, segment] of segments.entries()) {
    const { mayBeAbsent, optionalKey } = reading;
    const refusal = readSegment(reading, segment, at);
    if (refusal !== null) return { kind: "missing", at, isList: false, ...refusal };
    if (isMapped) Object.assign(reading, { mayBeAbsent, optionalKey }); // elements that lack it are dropped
    if (segment.kind === "each") isMapped = true;
  }
  const { view, ...rest } = reading;
  if (!isMapped) return { kind: "found", schema: schemaOfView(view), ...rest };
  return { kind: "found", schema: listSchema(withoutNull(view)), ...rest };
}

/** Reads one segment, in place; or says why nothing can be there. */
function readSegment(reading: Reading, segment: Segment, at: number): Refusal | null {
  const leaves = expandView(reading.view);
  if (segment.kind === "key") return readKey(reading, leaves, { key: segment.key, at });
  if (segment.kind === "each") return readEach(reading, leaves);
  return readPlace(reading, leaves, segment.kind === "at" ? segment.index : null);
}

function readKey(reading: Reading, leaves: Leaf[], wanted: { key: string; at: number }): Refusal | null {
  const objects = leaves.filter((leaf): leaf is ObjectLeaf => leaf.type === "object");
  if (objects.length === 0) {
    const isList = leaves.some((leaf) => leaf.type === "array");
    return { reason: `${describeView(reading.view)} has no fields`, known: [], isList };
  }
  const known = [...new Set(objects.flatMap((leaf) => [...leaf.properties.keys()]))];
  const views: SchemaView[] = [];
  let isDeclared = false;
  for (const leaf of objects) {
    const declared = leaf.properties.get(wanted.key);
    const view = declared ?? leaf.additional;
    if (isNothing(view)) continue;
    views.push(view);
    isDeclared ||= declared !== undefined || leaf.additional.parts.length > 0;
    if (leaf.required.has(wanted.key)) continue;
    reading.mayBeAbsent = true;
    if (declared !== undefined) reading.optionalKey = wanted.key;
  }
  if (views.length === 0) return { reason: `there is no field '${wanted.key}'`, known };
  if (views.length < leaves.length) reading.mayBeAbsent = true;
  if (!isDeclared && known.length > 0) reading.undeclared.push({ ...wanted, known });
  reading.view = unionOfViews(views);
  return null;
}

function readPlace(reading: Reading, leaves: Leaf[], place: number | null): Refusal | null {
  const lists = leaves.filter((leaf): leaf is ArrayLeaf => leaf.type === "array");
  if (lists.length === 0) return { reason: `${describeView(reading.view)} is not a list`, known: [] };
  const long = lists.filter((leaf) => leaf.maxItems > (place ?? 0) && !isNothing(leaf.items));
  if (long.length === 0) {
    const most = Math.max(...lists.map((leaf) => (isNothing(leaf.items) ? 0 : leaf.maxItems)));
    return { reason: `the list holds at most ${most} (places count from 0)`, known: [] };
  }
  if (long.length < leaves.length || long.some((leaf) => leaf.minItems <= (place ?? Infinity))) {
    reading.mayBeAbsent = true;
  }
  reading.view = unionOfViews(long.map((leaf) => leaf.items));
  return null;
}

function readEach(reading: Reading, leaves: Leaf[]): Refusal | null {
  const many = leaves.filter((leaf): leaf is ArrayLeaf | ObjectLeaf => leaf.type === "array" || leaf.type === "object");
  if (many.length === 0) return { reason: `${describeView(reading.view)} is neither a list nor an object`, known: [] };
  if (many.length < leaves.length) reading.mayBeAbsent = true;
  const views = many.flatMap((leaf) =>
    leaf.type === "array" ? [leaf.items] : [...leaf.properties.values(), leaf.additional],
  );
  const possible = views.filter((view) => !isNothing(view));
  reading.view = possible.length === 0 ? { parts: [false], definitions: {} } : unionOfViews(possible);
  return null;
}

function unionOfViews(views: SchemaView[]): SchemaView {
  if (views.length === 1) return views[0]!;
  if (views.some((view) => view.parts.length === 0)) return ANYTHING;
  return viewOf(unionSchema(views.map(schemaOfView)));
}

function withoutNull(view: SchemaView): JsonSchema {
  const leaves = expandView(view);
  if (leaves.length === 0) return NO_SCHEMA;
  if (!leaves.some((leaf) => leaf.type === "null") || view.parts.length === 0) return schemaOfView(view);
  const rest: JsonSchema = { type: ["boolean", "number", "string", "array", "object"] };
  return schemaOfView({ parts: [...view.parts, rest], definitions: view.definitions });
}
