/**
 * Reading JSON Schemas of tools for planning. Owns: properties, places inside outputs, and a coarse fit of types.
 * Must not: validate values or report issues; the plan checker decides, this only picks likely candidates.
 */
import { isJsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";

/** `yes`: every source value fits; `no`: none can; `unknown`: decided at run time. */
type Fit = "yes" | "no" | "unknown";

const DEPTH = 6;

/** Follows a local `$ref` of `schema` inside `root`; what cannot be followed accepts anything. */
function resolveSchema(schema: JsonValue | undefined, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let hops = 0; hops < DEPTH && isJsonObject(current) && typeof current.$ref === "string"; hops++) {
    current = followPointer(root, current.$ref);
  }
  return isJsonObject(current) ? current : {};
}

function followPointer(root: JsonSchema, reference: string): JsonValue | undefined {
  if (!reference.startsWith("#")) return undefined;
  let current: JsonValue | undefined = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key: string = part.replaceAll("~1", "/").replaceAll("~0", "~");
    current = isJsonObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

/** Properties of an object schema, in order, with references followed. */
export function propertiesOf(schema: JsonSchema, root: JsonSchema = schema): [name: string, schema: JsonSchema][] {
  const properties = resolveSchema(schema, root).properties;
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).map(([name, value]) => [name, resolveSchema(value, root)]);
}

export function requiredOf(schema: JsonSchema): ReadonlySet<string> {
  const required = schema.required;
  return new Set(Array.isArray(required) ? required.filter((name) => typeof name === "string") : []);
}

/** Types a schema allows; empty where it says nothing. Integers are listed as `integer` only. */
export function typesOf(schema: JsonSchema): string[] {
  if (typeof schema.type === "string") return [schema.type];
  if (Array.isArray(schema.type)) return schema.type.filter((type) => typeof type === "string");
  if (Array.isArray(schema.enum)) return [...new Set(schema.enum.map(typeOfValue))];
  if ("const" in schema) return [typeOfValue(schema.const ?? null)];
  const members = membersOf(schema);
  if (members.length > 0) {
    const all = members.map(typesOf);
    return all.some((types) => types.length === 0) ? [] : [...new Set(all.flat())];
  }
  if (isJsonObject(schema.properties)) return ["object"];
  return "items" in schema ? ["array"] : [];
}

function membersOf(schema: JsonSchema): JsonSchema[] {
  const members = schema.anyOf ?? schema.oneOf;
  return Array.isArray(members) ? members.filter(isJsonObject) : [];
}

/** JSON Schema's name for a value's type. */
export function typeOfValue(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

export function isType(schema: JsonSchema, type: string): boolean {
  return typesOf(schema).includes(type);
}

/** Schema at a path such as `items` or `report.title` below `schema`; null where there is none. */
export function schemaAt(schema: JsonSchema, path: string): JsonSchema | null {
  let current = resolveSchema(schema, schema);
  for (const key of path === "" ? [] : path.split(".")) {
    const found = propertiesOf(current, schema).find(([name]) => name === key);
    if (found === undefined) return null;
    current = found[1];
  }
  return current;
}

/** Schema of a list's elements; empty where unknown. */
export function itemsOf(schema: JsonSchema, root: JsonSchema = schema): JsonSchema {
  return resolveSchema(schema.items, root);
}

/** Whether values of `source` fit into `target`, coarsely: types, lists, required keys. */
export function fitOf(source: JsonSchema, target: JsonSchema, depth = DEPTH): Fit {
  const wanted = typesOf(target);
  const given = typesOf(source);
  if (wanted.length === 0) return "yes";
  if (given.length === 0 || depth === 0) return "unknown";
  const fitting = given.filter((type) => wanted.includes(type) || (type === "integer" && wanted.includes("number")));
  if (fitting.length === 0) return given.includes("number") && wanted.includes("integer") ? "unknown" : "no";
  const inner = innerFit(source, target, depth - 1);
  if (inner === "no") return "no";
  return fitting.length < given.length || "enum" in target ? "unknown" : inner;
}

function innerFit(source: JsonSchema, target: JsonSchema, depth: number): Fit {
  if (isType(source, "array") && isType(target, "array")) return fitOf(itemsOf(source), itemsOf(target), depth);
  if (!isType(source, "object") || !isType(target, "object")) return "yes";
  const own = new Map(propertiesOf(source));
  let fit: Fit = "yes";
  for (const name of requiredOf(target)) {
    const from = own.get(name);
    if (from === undefined) {
      if (source.additionalProperties === false) return "no";
      fit = "unknown";
      continue;
    }
    const inner = fitOf(from, schemaAt(target, name) ?? {}, depth);
    if (inner === "no") return "no";
    if (inner === "unknown") fit = "unknown";
  }
  return fit;
}

/** A place in a tool's output that holds no list on the way: its path and schema. */
export interface Leaf {
  path: string;
  schema: JsonSchema;
}

/** All places below an output down to three keys, objects included, in order. */
export function leavesOf(schema: JsonSchema): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (current: JsonSchema, path: string, depth: number): void => {
    for (const [name, inner] of propertiesOf(current, schema)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
      const below = path === "" ? name : `${path}.${name}`;
      leaves.push({ path: below, schema: inner });
      if (depth > 1) walk(inner, below, depth - 1);
    }
  };
  walk(resolveSchema(schema, schema), "", 3);
  return leaves;
}

/** Words that a place may hold by its `enum` or `const`. */
export function namedValues(schema: JsonSchema): string[] {
  const values = Array.isArray(schema.enum) ? schema.enum : "const" in schema ? [schema.const ?? null] : [];
  const own = values.filter((value) => typeof value === "string");
  return [...own, ...membersOf(schema).flatMap(namedValues)];
}
