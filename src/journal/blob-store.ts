/**
 * Large values of one run as files named by their hash. Owns: that a blob is durable before its name is given out, and
 * that what is read is what was written. Must not: know which entries refer to it.
 */
import { dirname, join } from "node:path";
import { blobMissing, blobName, checkBlobSize } from "./blob-limit.ts";
import { isBlobName } from "./names.ts";
import type { BlobStore } from "./store.ts";
import { isThere, readIfThere, type StoreDisk, writeDurably } from "./store-disk.ts";
import { storeFailure } from "./store-errors.ts";

/** `folder` is the run's. */
export function createBlobStore(disk: StoreDisk, run: string, folder: string): BlobStore {
  const blobs = join(folder, "blobs");
  const stored = new Map<string, Promise<void>>();
  let prepared: Promise<void> | null = null;

  const prepare = async (): Promise<void> => {
    await disk.fileSystem.makeDirectory(blobs);
    await disk.syncDirectory(dirname(blobs));
  };
  const store = async (name: string, text: string): Promise<void> => {
    prepared ??= prepare();
    await prepared;
    const path = join(blobs, name);
    // A file that is there was whole before it got its name, but its name may not be durable yet.
    if (await isThere(disk.fileSystem, path)) await disk.syncDirectory(blobs);
    else await writeDurably(disk, path, text);
  };
  return {
    async put(text) {
      const bytes = checkBlobSize(text);
      const blob = blobName(text);
      const storing = stored.get(blob) ?? store(blob, text);
      stored.set(blob, storing);
      try {
        await storing;
      } catch (thrown) {
        stored.delete(blob);
        prepared = null;
        throw storeFailure(thrown, `Storing blob ${blob}`, run);
      }
      return { blob, bytes };
    },
    get: (blob) => readBlob(disk, run, { folder, blob }),
  };
}

/** Text of a blob. Throws JOURNAL_CORRUPT where it is missing or was changed. */
export async function readBlob(
  disk: StoreDisk,
  run: string,
  { folder, blob }: { folder: string; blob: string },
): Promise<string> {
  if (!isBlobName(blob)) throw blobMissing(run, blob);
  const bytes = await readIfThere(disk.fileSystem, join(folder, "blobs", blob)).catch((thrown: unknown) => {
    throw storeFailure(thrown, `Reading blob ${blob}`, run);
  });
  if (bytes === null || blobName(bytes) !== blob) throw blobMissing(run, blob);
  return bytes.toString();
}
