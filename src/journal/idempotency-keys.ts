/**
 * Which run an idempotency key belongs to (SAFETY R12): `keys/<sha256 of the key>`, published whole and only once.
 * Owns: the claim. Must not: make the run.
 */
import { hash } from "node:crypto";
import { dirname, join } from "node:path";
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import { isRunId } from "./names.ts";
import { keysFolder } from "./run-folder.ts";
import { type IdempotencyClaim, isSameRequest } from "./store.ts";
import { readIfThere, removeIfThere, type StoreDisk, withTemporary } from "./store-disk.ts";
import { keyConflict, systemCode } from "./store-errors.ts";

const keySchema = z.object({ run: z.string().refine(isRunId), requestHash: z.string() });

/**
 * The run that the key belongs to; `isNew` where this call made it so. Durable when it resolves.
 * Throws IDEMPOTENCY_CONFLICT where the key was claimed for another request.
 */
export async function claimKey(
  disk: StoreDisk,
  claim: IdempotencyClaim,
  run: string,
): Promise<{ run: string; isNew: boolean }> {
  const path = join(keysFolder(disk.root), hash("sha256", claim.key, "hex"));
  const known = await readKey(disk, path);
  if (known !== null) return follow(disk, claim, { path, ...known });
  const content = JSON.stringify({ run, requestHash: claim.requestHash });
  let isNew = true;
  await withTemporary(disk, { path, content, isSynced: true }, async (temporary) => {
    try {
      await disk.fileSystem.link(temporary, path);
    } catch (thrown) {
      if (systemCode(thrown) !== "EEXIST") throw thrown;
      isNew = false;
    }
    await removeIfThere(disk.fileSystem, temporary);
  });
  const now = isNew ? { run, requestHash: claim.requestHash } : await readKey(disk, path);
  if (now === null) throw keyUnreadable(path);
  const followed = await follow(disk, claim, { path, ...now });
  return { ...followed, isNew };
}

async function follow(
  disk: StoreDisk,
  claim: IdempotencyClaim,
  known: { path: string; run: string; requestHash: string },
): Promise<{ run: string; isNew: boolean }> {
  if (!isSameRequest(claim, known.requestHash)) throw keyConflict(claim.key, known.run);
  // Whoever linked the file may have died before its name was durable.
  await disk.syncDirectory(dirname(known.path));
  return { run: known.run, isNew: false };
}

async function readKey(disk: StoreDisk, path: string): Promise<{ run: string; requestHash: string } | null> {
  const bytes = await readIfThere(disk.fileSystem, path);
  if (bytes === null) return null;
  try {
    return keySchema.parse(JSON.parse(bytes.toString()));
  } catch (thrown) {
    throw keyUnreadable(path, thrown);
  }
}

function keyUnreadable(path: string, cause?: unknown): PlanwrightError {
  return new PlanwrightError("STORE_IO", `The idempotency key file '${path}' cannot be read.`, {
    cause,
    hint: "It was damaged after it was written. Remove it to free the key; the run that it named is not concerned.",
  });
}
