/** Decodes entries, `{"name": "text", "as": "ref", "value": "document.text"}`. Owns: how each reading turns into a value. */
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { below, type Decoding, readJsonText, report } from "./decoding.ts";
import { ENTRY_READINGS, type EntryReading } from "./shell-schema.ts";

const ENTRY_FIELDS = ["name", "as", "value"];

/** True for what is meant as an entry, right or wrong. */
export function isEntry(value: JsonValue): value is JsonObject & { name: string; value: JsonValue } {
  return isJsonObject(value) && typeof value.name === "string" && Object.hasOwn(value, "value");
}

/** Fields by name; entries that make no sense are left out, with an issue. */
export function decodeEntries(entries: readonly JsonValue[], path: string, decoding: Decoding): Map<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  for (const [place, entry] of entries.entries()) {
    const at = below(path, place);
    if (!isEntry(entry)) {
      const hint = 'Write {"name": "…", "as": "json", "value": "…"}.';
      report(decoding, { path: at, message: "An entry needs a name and a value.", hint });
      continue;
    }
    if (fields.has(entry.name)) {
      report(decoding, { path: at, message: `'${entry.name}' is given twice.`, hint: "Give each name once." });
      continue;
    }
    const value = decodeEntry(entry, at, decoding);
    if (value !== undefined) fields.set(entry.name, value);
  }
  return fields;
}

function decodeEntry(entry: JsonObject, path: string, decoding: Decoding): JsonValue | undefined {
  const extra = Object.keys(entry).find((key) => !ENTRY_FIELDS.includes(key));
  if (extra !== undefined) {
    const message = `The entry '${String(entry.name)}' also has '${extra}'; it takes name, as and value only.`;
    const hint =
      'Write more than a plain reference as JSON: "as": "json", "value": "{\\"ref\\": \\"a.b\\", \\"default\\": 0}".';
    report(decoding, { path: below(path, extra), message, hint });
    return undefined;
  }
  const { as: reading, value = null } = entry;
  if (typeof value !== "string" && (reading === undefined || reading === "json")) return value; // JSON already
  const known = ENTRY_READINGS.find((one) => typeof reading === "string" && one === reading.toLowerCase());
  if (known !== undefined && typeof value === "string") return readAs(known, value, { path, decoding });
  const message = `The entry '${String(entry.name)}' does not say how its value is to be read.`;
  const hint = `Give "as" as one of ${ENTRY_READINGS.join(", ")}, and the value as a text.`;
  report(decoding, { path: below(path, known === undefined ? "as" : "value"), message, hint });
  return undefined;
}

function readAs(reading: EntryReading, text: string, at: { path: string; decoding: Decoding }): JsonValue | undefined {
  switch (reading) {
    case "text":
      return text;
    case "ref":
      return { ref: text };
    case "template":
      return { template: text };
    case "json":
      return readJsonText(text, below(at.path, "value"), at.decoding)?.value;
  }
}
