/**
 * The schemas inside a schema, each with its place, and what tells alternatives apart. Owns: the walk, which knows
 * the keywords that hold schemas. Must not: judge them by a provider's rules.
 */
import { jsonPointer } from "../error/issue.ts";
import { isJsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import type { Violation } from "./provider-rules.ts";

export interface SchemaPlace {
  /** JSON Pointer. */
  path: string;
  schema: JsonSchema;
}

const MAPS = ["properties", "$defs", "definitions"];
const LISTS = ["anyOf", "allOf", "oneOf"];

export function schemaPlaces(root: JsonSchema): SchemaPlace[] {
  const places: SchemaPlace[] = [];
  const pending: SchemaPlace[] = [{ path: "", schema: root }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    places.push(place);
    pending.push(...placesBelow(place).reverse());
  }
  return places;
}

function placesBelow({ path, schema }: SchemaPlace): SchemaPlace[] {
  const parts: [(string | number)[], JsonValue][] = [];
  for (const keyword of MAPS) {
    const map = schema[keyword];
    if (isJsonObject(map)) parts.push(...Object.entries(map).map(([key, part]) => entry([keyword, key], part)));
  }
  for (const keyword of LISTS) {
    const list = schema[keyword];
    if (Array.isArray(list)) parts.push(...list.map((part, place) => entry([keyword, place], part)));
  }
  if (schema.items !== undefined) parts.push([["items"], schema.items]);
  return parts.flatMap(([keys, part]) =>
    isJsonObject(part) ? [{ path: path + jsonPointer(keys), schema: part }] : [],
  );
}

function entry(keys: (string | number)[], part: JsonValue): [(string | number)[], JsonValue] {
  return [keys, part];
}

/** What a local reference names, or undefined. */
export function referenceTarget(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference === "#") return root;
  const definitions = root.$defs;
  const name = reference.startsWith("#/$defs/") ? reference.slice("#/$defs/".length) : null;
  if (name === null || !isJsonObject(definitions) || !Object.hasOwn(definitions, name)) return undefined;
  const target = definitions[name];
  return isJsonObject(target) ? target : undefined;
}

/** Objects of one `anyOf` that a reader of their first key could not tell apart. */
export function firstKeyViolations({ path, schema }: SchemaPlace, root: JsonSchema): Violation[] {
  const violations: Violation[] = [];
  const seen = new Map<string, Set<JsonValue> | null>();
  for (const [place, member] of Array.isArray(schema.anyOf) ? schema.anyOf.entries() : []) {
    const first = firstKeyOf(member, root);
    if (first === null) continue;
    const { key, values } = first;
    const earlier = seen.get(key);
    if (earlier !== undefined && !areApart(earlier, values)) {
      const message = "Its first key is that of another alternative, and no single value of it tells them apart.";
      violations.push({ path: `${path}/anyOf/${place}`, rule: "first-key", message });
    }
    const known = earlier ?? new Set();
    for (const value of values ?? []) known.add(value);
    seen.set(key, earlier === null || values === null ? null : known);
  }
  return violations;
}

/** Null: any value. */
function areApart(earlier: ReadonlySet<JsonValue> | null, values: JsonValue[] | null): boolean {
  return earlier !== null && values !== null && !values.some((value) => earlier.has(value));
}

/** First key of an object and the values that it may have (null: any); null for what is no object. */
function firstKeyOf(member: JsonValue, root: JsonSchema): { key: string; values: JsonValue[] | null } | null {
  const schema = isJsonObject(member) && typeof member.$ref === "string" ? referenceTarget(member.$ref, root) : member;
  if (!isJsonObject(schema) || schema.type !== "object") return null;
  const [key = "", value] = Object.entries(isJsonObject(schema.properties) ? schema.properties : {})[0] ?? [];
  return { key, values: isJsonObject(value) && Array.isArray(value.enum) ? value.enum : null };
}
