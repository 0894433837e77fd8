/** Where a value of a run goes: inline into its entry, or beside the journal as a blob. Owns: the size that decides. */
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import type { BlobCache } from "./blob-cache.ts";
import type { StoredValue } from "./entries.ts";
import type { OwnedJournal } from "./store.ts";

/** Largest value inside a journal entry, in UTF-8 bytes; larger ones become blobs. */
export const INLINE_BYTES = 64 * 1024;

export interface ValuePlace {
  journal: Pick<OwnedJournal, "blobs" | "mask">;
  /** Knows the value of every blob that the run's entries name. */
  blobs: BlobCache;
}

/**
 * Inline where it is small, else as a blob; resolves when the blob is durable. `text` is the value's JSON where the
 * caller has it; its canonical JSON by default. Throws STORE_ codes, and LIMIT_JOURNAL for a value that no blob can hold.
 */
export async function storeValue(place: ValuePlace, value: JsonValue, text?: string): Promise<StoredValue> {
  const large = largeText(value, text);
  if (large === null) return { value }; // Masked with its entry.
  const { mask, blobs } = place.journal;
  const kept = mask?.(value) ?? value;
  const asKept = text === undefined ? canonicalJson(kept) : JSON.stringify(kept);
  const stored = await blobs.put(kept === value ? large : asKept);
  place.blobs.keep(stored.blob, kept, stored.bytes);
  return stored;
}

/** The value's text where it is too large to be inline, else null. */
function largeText(value: JsonValue, text: string | undefined): string | null {
  const { length } = text ?? JSON.stringify(value); // In another order of keys, but of the same length.
  if (length * 3 <= INLINE_BYTES) return null;
  const whole = text ?? canonicalJson(value);
  return Buffer.byteLength(whole) <= INLINE_BYTES ? null : whole;
}
