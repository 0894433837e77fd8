/**
 * Checks what came out of a line against the entry schemas. Owns: the line between damage (a wrong hash; not judged
 * here) and another version's format. Must not: change the entry; unknown extra fields stay in it.
 */

import { isJsonObject } from "../shared/json.ts";
import { type EntryKind, entryData, JOURNAL_FORMAT, type JournalEntry } from "./entries.ts";

/** The entry, or what is wrong with it in a few words. */
export function validateEntry(parsed: unknown): JournalEntry | { problem: string } {
  if (!isJsonObject(parsed)) return { problem: "an entry is not an object" };
  if (parsed.v !== JOURNAL_FORMAT) return { problem: `entry format ${JSON.stringify(parsed.v)}` };
  if (typeof parsed.kind !== "string" || !Object.hasOwn(entryData, parsed.kind)) {
    return { problem: `entry kind ${JSON.stringify(parsed.kind)}` };
  }
  const field = wrongHeaderField(parsed);
  if (field !== null) return { problem: `field '${field}' of entry ${JSON.stringify(parsed.seq)}` };
  const kind = parsed.kind as EntryKind;
  if (SURELY_FITS[kind]?.(parsed.data) === true) return parsed as unknown as JournalEntry;
  const checked = entryData[kind].safeParse(withoutInlineValues(parsed.data), ONCE);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return {
      problem: `data of entry ${JSON.stringify(parsed.seq)} (${parsed.kind}), ${issue?.path.join(".")}: ${issue?.message}`,
    };
  }
  return parsed as unknown as JournalEntry;
}

/**
 * The two kinds that journals are made of, in their usual form, recognised without the schema. Whatever is not surely
 * right, also for a field that stands nowhere here, is for the schema to judge.
 */
const SURELY_FITS: { readonly [K in EntryKind]?: (data: unknown) => boolean } = {
  "step.started": (data) =>
    isJsonObject(data) &&
    typeof data.rule === "string" &&
    typeof data.inputHash === "string" &&
    isLabel(data.label) &&
    Object.keys(data).length === 3,
  "step.completed": (data) =>
    isJsonObject(data) &&
    isInline(data.output) &&
    (data.label === undefined ? Object.keys(data).length === 1 : isLabel(data.label) && Object.keys(data).length === 2),
};

function isLabel(value: unknown): boolean {
  if (!isJsonObject(value) || !Array.isArray(value.origins)) return false;
  const isKnown = value.integrity === "trusted" || value.integrity === "untrusted";
  return isKnown && value.origins.every((origin) => typeof origin === "string");
}

/**
 * The kinds that come to the schemas are rare, a few in each journal. Compiling a schema takes as long as interpreting it
 * for thousands of entries, and a run that is resumed waits for it.
 */
const ONCE = { jitless: true };

/** Fields that hold a stored value: outputs, answers, plans. */
const STORED = ["output", "fixedPlan", "raw", "answer", "decision", "step"];
const INLINE_NULL = { value: null };

/**
 * Puts null in the place of inline values. Whatever JSON.parse returned is JSON, so walking it again tells nothing, and
 * it was 80 % of the time that reading a journal took.
 */
function withoutInlineValues(data: unknown): unknown {
  if (!isJsonObject(data)) return data;
  const inline = STORED.filter((field) => isInline(data[field]));
  return inline.length === 0 ? data : { ...data, ...Object.fromEntries(inline.map((field) => [field, INLINE_NULL])) };
}

function isInline(stored: unknown): boolean {
  return isJsonObject(stored) && Object.hasOwn(stored, "value") && Object.keys(stored).length === 1;
}

function isSpan(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** As `isoTime` writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

function wrongHeaderField(parsed: Record<string, unknown>): string | null {
  for (const field of ["run", "at", "prev", "hash"]) if (typeof parsed[field] !== "string") return field;
  if (!isTime(String(parsed["at"]))) return "at";
  for (const field of ["seq", "epoch", "synced"]) if (!Number.isSafeInteger(parsed[field])) return field;
  if (parsed.spentMs !== undefined && !isSpan(parsed.spentMs)) return "spentMs";
  if (parsed.step !== undefined && typeof parsed.step !== "string") return "step";
  if (parsed.index !== undefined && !Number.isSafeInteger(parsed.index)) return "index";
  if (parsed.attempt !== undefined && !Number.isSafeInteger(parsed.attempt)) return "attempt";
  return null;
}
