/** Values of blobs that a run refers to, in memory, so that the ledger can read them without waiting. */
import type { JsonValue } from "../shared/json.ts";
import type { JournalEntry, StoredValue } from "./entries.ts";
import { everyStoredValue, storedValues } from "./entry-values.ts";
import { inheritedEntries } from "./fork-prefix.ts";
import type { BlobStore } from "./store.ts";

export interface BlobCache {
  /** Throws where the blob was neither kept nor loaded: a programming error. */
  read(blob: string): JsonValue;
  /** `bytes`: length of its text. */
  keep(blob: string, value: JsonValue, bytes: number): void;
  /** Sum of the lengths of what is kept. */
  readonly bytes: number;
}

export function createBlobCache(): BlobCache {
  const values = new Map<string, JsonValue>();
  let total = 0;
  return {
    read(blob) {
      const value = values.get(blob);
      if (value === undefined) throw new Error(`blob ${blob} was not loaded`);
      return value;
    },
    keep(blob, value, bytes) {
      if (!values.has(blob)) total += bytes;
      values.set(blob, value);
    },
    get bytes() {
      return total;
    },
  };
}

/** Loads what folding these entries needs: documents, decisions, outputs; on request also what planners were shown. */
export async function loadBlobs(
  entries: readonly JournalEntry[],
  blobs: Pick<BlobStore, "get">,
  options: { withRequests?: boolean } = {},
): Promise<BlobCache> {
  const cache = createBlobCache();
  const needed = options.withRequests === true ? everyStoredValue : storedValues;
  await keepValues(cache, entries.flatMap(needed), blobs);
  const inherited = entries[0] === undefined ? [] : inheritedEntries(entries[0], cache.read);
  await keepValues(cache, inherited.flatMap(needed), blobs);
  return cache;
}

/** Loads the blobs of these values into the cache. */
export async function keepValues(
  cache: BlobCache,
  stored: readonly StoredValue[],
  blobs: Pick<BlobStore, "get">,
): Promise<void> {
  const names = new Set(stored.flatMap((value) => ("blob" in value ? [value.blob] : [])));
  for (const name of names) {
    const text = await blobs.get(name);
    cache.keep(name, JSON.parse(text) as JsonValue, Buffer.byteLength(text));
  }
}
