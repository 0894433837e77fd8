/** How large a stored value may be, and how it is named. Owns: the name of a blob and the limit on its size. */
import { hash } from "node:crypto";
import { PlanwrightError } from "../error/planwright-error.ts";
import { journalCorrupt } from "./store-errors.ts";

/**
 * What one stored value may take: the cap of a whole journal (SAFETY.md, "Default limits"), and about as much as a
 * string of Node can hold. The limit of tool results is far below and kept where they are taken.
 */
const MAX_BLOB_BYTES = 512 * 2 ** 20;

/** 64 hex digits of SHA-256. */
export function blobName(content: string | Uint8Array): string {
  return hash("sha256", content, "hex");
}

/** Length of the text in UTF-8. Throws LIMIT_JOURNAL above 512 MiB. */
export function checkBlobSize(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BLOB_BYTES) return bytes;
  throw new PlanwrightError(
    "LIMIT_JOURNAL",
    `A value of ${bytes} bytes cannot be stored; the limit is ${MAX_BLOB_BYTES}.`,
    {
      hint: "Work on less data at once, or keep it elsewhere and pass a reference to it.",
    },
  );
}

export function blobMissing(run: string, blob: string): PlanwrightError {
  return journalCorrupt(run, `blob ${blob.slice(0, 64)} is missing or does not match its hash`);
}
