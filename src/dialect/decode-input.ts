/**
 * Decodes a step's input, however it is written: as entries, as typed properties, or in the plan language.
 * Owns: names mapped back, `{json}`, and null for what is left out. Must not: judge types or names (the checker does).
 */

import { expandView } from "../plan/schema-expand.ts";
import type { SchemaView } from "../plan/schema-leaf.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { decodeEntries } from "./decode-entries.ts";
import { below, type Decoding, parseText, readJsonText, report } from "./decoding.ts";
import type { InputProperty, SpelledTool } from "./toolbox.ts";

export interface InputPlace {
  tool: SpelledTool | undefined;
  path: string;
  /** The step is written in the plan language, where null is a value. */
  isPlain: boolean;
}

export function decodeInput(input: JsonValue, place: InputPlace, decoding: Decoding): JsonValue {
  if (Array.isArray(input)) {
    const fields = decodeEntries(input, place.path, decoding);
    return withOwnNames([...fields], place, decoding);
  }
  if (typeof input === "string") return decodeInputText(input, place, decoding);
  if (!isJsonObject(input)) return input;
  const isUnlisted = place.tool?.isListed === false && decoding.hasTypedInputs;
  if (isUnlisted && isJsonForm(input) && !(place.isPlain && !isJsonObject(parseText(input.json)))) {
    return readJsonText(input.json, below(place.path, "json"), decoding)?.value ?? {};
  }
  const given = decoding.hasTypedInputs ? decodeProperties(input, place, decoding) : Object.entries(input);
  return withOwnNames(given, place, decoding);
}

/** Some models write the object, or the list of entries, as a text. */
function decodeInputText(text: string, place: InputPlace, decoding: Decoding): JsonValue {
  if (typeof parseText(text) !== "object") return text;
  const read = readJsonText(text, place.path, decoding);
  return typeof read?.value === "object" ? decodeInput(read.value, place, decoding) : text;
}

function isJsonForm(value: JsonValue): value is { json: string } {
  return isJsonObject(value) && typeof value.json === "string" && Object.keys(value).length === 1;
}

function withOwnNames(
  given: readonly (readonly [name: string, value: JsonValue])[],
  { tool, path }: InputPlace,
  decoding: Decoding,
): JsonObject {
  const fields = new Map<string, JsonValue>();
  for (const [name, value] of given) {
    const key = tool?.property(name)?.key ?? name;
    if (fields.has(key)) {
      const message = `The input '${key}' is given twice, once as '${name}'.`;
      report(decoding, { path, message, hint: "Give each input once." });
    }
    fields.set(key, value);
  }
  return Object.fromEntries(fields);
}

function decodeProperties(input: JsonObject, place: InputPlace, decoding: Decoding): [string, JsonValue][] {
  return Object.entries(input).flatMap(([name, value]) => {
    const at = { ...place, path: below(place.path, name) };
    const decoded = decodeProperty(value, { ...at, property: place.tool?.property(name) }, decoding);
    return decoded === undefined ? [] : [[name, decoded]];
  });
}

/** Undefined for what is left out, or can't be read. */
function decodeProperty(
  value: JsonValue,
  { property, path, isPlain }: InputPlace & { property: InputProperty | undefined },
  decoding: Decoding,
): JsonValue | undefined {
  if (property !== undefined && value === null && isLeftOut(property.isRequired, property.view, isPlain)) {
    return undefined;
  }
  if (isJsonForm(value) && !(isPlain && mayBeObject(property))) {
    return readJsonText(value.json, below(path, "json"), decoding)?.value;
  }
  return property === undefined ? value : withoutNulls(value, property.view, isPlain);
}

/** A null that stands for leaving a property out. In the plan language it is null where null is accepted. */
function isLeftOut(isRequired: boolean, view: SchemaView, isPlain: boolean): boolean {
  return !isRequired && !(isPlain && expandView(view).some(({ type }) => type === "null"));
}

function mayBeObject(property: InputProperty | undefined): boolean {
  return property === undefined || expandView(property.view).some(({ type }) => type === "object");
}

/** Null in a property that may be left out stands for leaving it out, at every level of an own type. */
function withoutNulls(value: JsonValue, view: SchemaView, isPlain: boolean): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  const leaves = expandView(view);
  if (Array.isArray(value)) {
    const list = leaves.find((leaf) => leaf.type === "array");
    return list === undefined ? value : value.map((item) => withoutNulls(item, list.items, isPlain));
  }
  const objects = leaves.filter((leaf) => leaf.type === "object");
  const kept = Object.entries(value).flatMap(([key, field]): [string, JsonValue][] => {
    const declared = objects.filter(({ properties }) => properties.has(key));
    const part = declared[0]?.properties.get(key);
    if (part === undefined) return [[key, field]];
    const isRequired = declared.some(({ required }) => required.has(key));
    if (field === null && isLeftOut(isRequired, part, isPlain)) return [];
    return [[key, withoutNulls(field, part, isPlain)]];
  });
  return Object.fromEntries(kept);
}
