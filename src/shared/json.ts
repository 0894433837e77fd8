/**
 * JSON as a type and in canonical form. Owns: what counts as a JSON value here, and the one text form
 * that is hashed and compared. Must not: read, write or validate schemas.
 */

export type JsonScalar = string | number | boolean | null;
export type JsonValue = JsonScalar | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document (draft 2020-12 subset; see the checker's type rules). */
export type JsonSchema = { [key: string]: JsonValue };

/** True for objects that are neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Canonical JSON text: keys sorted by code unit, no white space, fields that are `undefined` left out.
 * Two values are the same to Planwright exactly when their canonical texts are equal.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return stringText(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  return Array.isArray(value) ? listText(value) : objectText(value as Record<string, unknown>);
}

function listText(list: readonly unknown[]): string {
  if (list.length === 0) return "[]";
  let text = `[${canonicalJson(list[0])}`;
  for (let place = 1; place < list.length; place++) text += `,${canonicalJson(list[place])}`;
  return `${text}]`;
}

function objectText(object: Record<string, unknown>): string {
  const keys = Object.keys(object);
  if (!isSorted(keys)) keys.sort();
  let text = "";
  for (const key of keys) {
    const field = object[key];
    if (field !== undefined) text += `${text === "" ? "{" : ","}${stringText(key)}:${canonicalJson(field)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

function isSorted(keys: readonly string[]): boolean {
  for (let place = 1; place < keys.length; place++) if (keys[place - 1]! > keys[place]!) return false;
  return true;
}

/** Text that JSON writes as it is; the many short keys and ids are. */
const PLAIN = /^[\w .:/-]{0,64}$/;

function stringText(text: string): string {
  return text.length <= 64 && PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
