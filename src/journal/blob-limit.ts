/** How large a stored value may be, and how it is named. Owns: the name of a blob and the limit on its size. */
import { hash } from "node:crypto";
import { PlanwrightError } from "../error/planwright-error.ts";
import { journalCorrupt } from "./store-errors.ts";

/** SAFETY.md, "Default limits". */
export const MAX_BLOB_BYTES = 16 * 2 ** 20;

/** 64 hex digits of SHA-256. */
export function blobName(content: string | Uint8Array): string {
  return hash("sha256", content, "hex");
}

/** Length of the text in UTF-8. Throws TOOL_OUTPUT_TOO_LARGE above 16 MiB. */
export function checkBlobSize(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BLOB_BYTES) return bytes;
  throw new PlanwrightError(
    "TOOL_OUTPUT_TOO_LARGE",
    `A value of ${bytes} bytes is over the limit of ${MAX_BLOB_BYTES}.`,
    {
      hint: "Let the tool return less, or a reference to where the rest is.",
    },
  );
}

export function blobMissing(run: string, blob: string): PlanwrightError {
  return journalCorrupt(run, `blob ${blob.slice(0, 64)} is missing or does not match its hash`);
}
