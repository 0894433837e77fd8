/**
 * Recognises values that surely fit a JSON Schema of the plainest kind, without the schema compiler: loading that takes
 * longer than a whole run of small steps. Owns: which schemas are that plain. Must not: refuse anything; whatever is
 * not surely right is for the compiler, which also finds the words for what is wrong.
 */
import { isJsonObject, type JsonValue } from "../shared/json.ts";

type Fits = (value: unknown) => boolean;

/** Keywords that say nothing about values. */
const SILENT: ReadonlySet<string> = new Set(["title", "description"]);

const TYPES: Readonly<Record<string, Fits>> = {
  string: (value) => typeof value === "string",
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: isJsonObject,
};

/** True only for values that fit; null where the schema uses anything but the keywords known here. */
export function plainSchemaFits(schema: JsonValue | undefined): Fits | null {
  if (!isJsonObject(schema)) return null;
  const parts: Fits[] = [];
  for (const [keyword, operand] of Object.entries(schema)) {
    if (SILENT.has(keyword)) continue;
    const part = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword]?.(operand, schema) : undefined;
    if (part === undefined || part === null) return null;
    parts.push(part);
  }
  return (value) => parts.every((fits) => fits(value));
}

const KEYWORDS: Readonly<Record<string, (operand: JsonValue, schema: Record<string, JsonValue>) => Fits | null>> = {
  type: (type) => (typeof type === "string" && Object.hasOwn(TYPES, type) ? (TYPES[type] ?? null) : null),
  properties: fitsProperties,
  required: fitsRequired,
  additionalProperties: fitsOnlyKnown,
  items(items) {
    const fits = plainSchemaFits(items);
    return fits && ((value) => !Array.isArray(value) || value.every(fits));
  },
};

function fitsProperties(properties: JsonValue): Fits | null {
  if (!isJsonObject(properties)) return null;
  const known: [string, Fits][] = [];
  for (const [name, schema] of Object.entries(properties)) {
    const fits = plainSchemaFits(schema);
    // The compiler looks at inherited properties as well: names like toString are its affair.
    if (fits === null || name in Object.prototype) return null;
    known.push([name, fits]);
  }
  return (value) =>
    !isJsonObject(value) || known.every(([name, fits]) => !Object.hasOwn(value, name) || fits(value[name]));
}

function fitsRequired(names: JsonValue): Fits | null {
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return null;
  if (new Set(names).size < names.length) return null;
  return (value) =>
    !isJsonObject(value) || names.every((name) => Object.hasOwn(value, name) && value[name] !== undefined);
}

function fitsOnlyKnown(allowed: JsonValue, { properties = {} }: Record<string, JsonValue>): Fits | null {
  if (allowed === true) return () => true;
  if (allowed !== false || !isJsonObject(properties)) return null;
  return (value) => !isJsonObject(value) || Object.keys(value).every((key) => Object.hasOwn(properties, key));
}
