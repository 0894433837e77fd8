/**
 * What a fork inherits: the entries of its source that `run.accepted` holds. Owns: their form, shorter than a line of a
 * journal, since the new run's own chain vouches for them. Must not: choose them (`cut-prefix.ts` does).
 */
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { JOURNAL_FORMAT, type JournalEntry } from "./entries.ts";
import { type ReadBlob, storedValue } from "./store.ts";
import { journalCorrupt } from "./store-errors.ts";
import { validateEntry } from "./validate-entry.ts";

/** Longest JSON text of one part, in UTF-16 units: far below what a blob can hold. */
const PART_CHARS = 2 ** 20;

/** Entries in the form in which `run.accepted` keeps them, in parts that can each be stored. */
export function packEntries(entries: readonly JournalEntry[]): JsonValue[] {
  const parts: JsonObject[][] = [];
  let room = 0;
  for (const { seq, at, kind, step, index, attempt, data } of entries) {
    const packed = { seq, at, kind, ...defined({ step, index, attempt }), data } as unknown as JsonObject;
    const { length } = JSON.stringify(packed);
    if (parts.length === 0 || length > room) {
      parts.push([]);
      room = PART_CHARS;
    }
    parts.at(-1)?.push(packed);
    room -= length;
  }
  return parts;
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * The entries that the run which starts with `first` inherits, with the numbers and times that they had in its source;
 * none where it is no fork. Throws JOURNAL_CORRUPT where one has a shape that no entry has.
 */
export function inheritedEntries(first: JournalEntry, readBlob: ReadBlob): JournalEntry[] {
  if (first.kind !== "run.accepted" || first.data.fork === undefined) return [];
  const { run, data } = first;
  const header = { v: JOURNAL_FORMAT, run: data.fork?.run ?? run, epoch: 0, synced: -1, prev: "", hash: "" };
  return (data.fork?.prefix ?? []).flatMap((part) => {
    const packed = storedValue(part, readBlob);
    if (!Array.isArray(packed)) throw journalCorrupt(run, "what it was forked from is no list");
    return packed.map((entry) => {
      const checked = validateEntry({ ...header, ...(entry as JsonObject) });
      if ("problem" in checked) throw journalCorrupt(run, `${checked.problem}, inherited from ${header.run}`);
      return checked;
    });
  });
}

/** A run's whole history: its acceptance, what it inherits, and its own entries. */
export function wholeHistory(entries: readonly JournalEntry[], readBlob: ReadBlob): JournalEntry[] {
  const [first, ...own] = entries;
  return first === undefined ? [] : [first, ...inheritedEntries(first, readBlob), ...own];
}
