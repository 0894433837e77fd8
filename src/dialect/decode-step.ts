/**
 * Decodes one step. Owns: the entries of `more`, and what is accepted in their place. A step that is already written
 * in the plan language stays as it is; fields that nobody knows stay, for the parser to complain about.
 */
import { isJsonObject, type JsonValue } from "../shared/json.ts";
import { isEntry } from "./decode-entries.ts";
import { decodeInput } from "./decode-input.ts";
import { below, type Decoding, parseText, readJsonText, report } from "./decoding.ts";
import { MORE_FIELDS } from "./shell-schema.ts";

export function decodeStep(step: JsonValue, path: string, decoding: Decoding): JsonValue {
  if (!isJsonObject(step)) return step;
  const { more, ...own } = step;
  const tool = typeof own.tool === "string" ? decoding.toolbox.find(own.tool) : undefined;
  if (tool !== undefined) own.tool = tool.tool.name;
  if (own.input !== undefined) {
    const place = { tool, path: below(path, "input"), isPlain: more === undefined };
    own.input = decodeInput(own.input, place, decoding);
  }
  if (more === undefined || more === null) return own;
  const fields = decodeMore(more, below(path, "more"), decoding);
  if (fields === null) return step;
  for (const name of fields.keys()) {
    if (Object.hasOwn(own, name)) {
      const message = `The step has '${name}' twice, once in 'more'.`;
      report(decoding, { path: below(path, "more"), message, hint: `Give '${name}' once.` });
    }
  }
  return { ...own, ...Object.fromEntries(fields) };
}

/** Null where `more` is nothing that could be read. */
function decodeMore(more: JsonValue, path: string, decoding: Decoding): Map<string, JsonValue> | null {
  if (isJsonObject(more)) return new Map(Object.entries(more));
  if (!Array.isArray(more)) {
    const hint = 'Write "more": [{"name": "after", "value": "[\\"other\\"]"}], or "more": [].';
    report(decoding, { path, message: "'more' is a list of entries.", hint });
    return null;
  }
  const fields = new Map<string, JsonValue>();
  for (const [place, entry] of more.entries()) decodeMoreEntry(entry, below(path, place), { fields, decoding });
  return fields;
}

interface Collecting {
  fields: Map<string, JsonValue>;
  decoding: Decoding;
}

function decodeMoreEntry(entry: JsonValue, path: string, { fields, decoding }: Collecting): void {
  if (!isEntry(entry)) {
    const hint = `Write {"name": "…", "value": "…"} with one of ${MORE_FIELDS.join(", ")}.`;
    report(decoding, { path, message: "An entry of 'more' needs a name and a value.", hint });
    return;
  }
  const name = MORE_FIELDS.find((one) => one.toLowerCase() === entry.name.toLowerCase()) ?? entry.name;
  if (fields.has(name)) {
    report(decoding, { path, message: `'${name}' is given twice.`, hint: "Give each name once." });
    return;
  }
  const value = moreValue(name, entry.value, { path: below(path, "value"), decoding });
  if (value !== undefined) fields.set(name, value);
}

/** Undefined for nothing, and for what can't be read. */
function moreValue(
  name: string,
  value: JsonValue,
  { path, decoding }: { path: string; decoding: Decoding },
): JsonValue | undefined {
  if (typeof value !== "string") return value;
  if (value.trim() === "") return undefined;
  if (name === "onFailure") return wordOf(value);
  if (name === "after") return idsOf(value);
  return readJsonText(value, path, decoding)?.value;
}

/** `skip` is understood with quotation marks and without. */
function wordOf(text: string): JsonValue {
  const value = parseText(text);
  return typeof value === "string" || value === null ? value : text.trim();
}

/** A list of ids as JSON, or ids with commas between them, which can mean nothing else. */
function idsOf(text: string): JsonValue {
  const value = parseText(text);
  if (typeof value === "string") return [value];
  if (Array.isArray(value) || value === null) return value as JsonValue;
  return text.split(/[\s,]+/).filter((id) => id !== "");
}
