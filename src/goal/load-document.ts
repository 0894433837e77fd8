/**
 * Documents from a path or a stream. Owns: reading bytes within the size limit, and the errors of files.
 * Must not: parse (`open-document.ts` does) or decide which paths are allowed (the policy does).
 */
import { basename } from "node:path";
import { PlanwrightError } from "../error/planwright-error.ts";
import type { FileStat, FileSystem } from "../shared/file-system.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import type { Document } from "./document.ts";
import { MAX_DOCUMENT_BYTES } from "./document-limits.ts";
import { openDocument } from "./open-document.ts";
import { checkDocumentSize } from "./read-document.ts";

export interface LoadOptions {
  /** Name in the document; the file's base name, or `stdin`, by default. */
  name?: string;
  /** Media type, where the name doesn't tell it. */
  type?: string;
  /** 64 MiB by default. */
  maxBytes?: number;
  /** Where paths lead; Node's own by default. */
  fileSystem?: FileSystem;
}

/**
 * Reads the document at `path`; its size is checked before it is read.
 * Raises DOCUMENT_NOT_FOUND, DOCUMENT_UNREADABLE (directory, permission, other I/O errors), DOCUMENT_TOO_LARGE and
 * whatever `openDocument` raises.
 */
export async function loadDocument(path: string, options: LoadOptions = {}): Promise<Document> {
  const { fileSystem = nodeFileSystem } = options;
  const name = options.name ?? basename(path);
  const maxBytes = options.maxBytes ?? MAX_DOCUMENT_BYTES;
  const stat = await fileSystem.stat(path).catch((cause: unknown): FileStat => {
    throw fileError(path, cause);
  });
  if (!stat.isFile) throw notAFile(path);
  checkDocumentSize(stat.bytes, { name, maxBytes });
  const bytes = await fileSystem.read(path).catch((cause: unknown): Uint8Array => {
    throw fileError(path, cause);
  });
  checkDocumentSize(bytes.length, { name, maxBytes });
  return openDocument({ name, bytes, ...(options.type === undefined ? {} : { type: options.type }) });
}

/** Reads a document from standard input or any other stream of bytes; stops at the size limit. */
export async function loadDocumentFromStream(
  stream: AsyncIterable<Uint8Array | string>,
  options: LoadOptions = {},
): Promise<Document> {
  const name = options.name ?? "stdin";
  const maxBytes = options.maxBytes ?? MAX_DOCUMENT_BYTES;
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    total += bytes.length;
    checkDocumentSize(total, { name, maxBytes });
    chunks.push(bytes);
  }
  return openDocument({
    name,
    bytes: Buffer.concat(chunks),
    ...(options.type === undefined ? {} : { type: options.type }),
  });
}

function notAFile(path: string): PlanwrightError {
  return new PlanwrightError("DOCUMENT_UNREADABLE", `'${path}' is a directory or a device, not a file.`, {
    hint: "Name a file; a stream can be passed on standard input with '-'.",
  });
}

function fileError(path: string, cause: unknown): PlanwrightError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PlanwrightError("DOCUMENT_NOT_FOUND", `There is no document at '${path}'.`, {
      hint: "Check the path; relative paths start at the current directory.",
      cause,
    });
  }
  if (code === "EISDIR") return notAFile(path);
  const reason = code === "EACCES" || code === "EPERM" ? "permission denied" : code || "input/output error";
  return new PlanwrightError("DOCUMENT_UNREADABLE", `'${path}' cannot be read: ${reason}.`, {
    hint: "Make the file readable for this user, or pass its content on standard input with '-'.",
    cause,
  });
}
