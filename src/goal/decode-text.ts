/**
 * Bytes to text. Owns: byte order marks, charsets, line ends, and the errors for bytes that are no text.
 * Must not: know document types.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { unsupported } from "./refuse-binary.ts";

/**
 * Decodes UTF-8 (with or without byte order mark), UTF-16 with byte order mark, or a declared charset.
 * Raises DOCUMENT_UNSUPPORTED for binary content and DOCUMENT_UNREADABLE for invalid bytes or an unknown charset.
 */
export function decodeText(bytes: Uint8Array, options: { name: string; charset: string | null }): string {
  const charset = markedCharset(bytes) ?? options.charset ?? "utf-8";
  const decoder = createDecoder(charset, options.name);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    if (looksBinary(bytes)) throw unsupported(options.name, "is a binary file");
    throw invalidBytes(bytes, { name: options.name, charset, cause });
  }
  return cleanText(text, options.name);
}

/** `\n` line ends, no byte order mark, well-formed; raises DOCUMENT_UNSUPPORTED where NUL characters show binary content. */
export function cleanText(text: string, name: string): string {
  if (text.includes("\0")) throw unsupported(name, "is a binary file");
  const marked = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return (marked.includes("\r") ? marked.replace(/\r\n?/g, "\n") : marked).toWellFormed();
}

function markedCharset(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  return null;
}

function createDecoder(charset: string, name: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new PlanwrightError("DOCUMENT_UNREADABLE", `'${name}' declares the unknown charset '${charset}'.`, {
      hint: "Save the document as UTF-8, or declare the charset it really has.",
      cause,
    });
  }
}

/** More than one control character in ten bytes of the first 4 KiB: no text in any common charset. */
function looksBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 9 || (byte > 13 && byte < 32)) controls++;
  }
  return controls * 10 > head.length;
}

function invalidBytes(bytes: Uint8Array, facts: { name: string; charset: string; cause: unknown }): PlanwrightError {
  const at = facts.charset === "utf-8" ? firstInvalidByte(bytes) : null;
  const line = at === null ? 0 : countLines(bytes, at);
  const where = at === null ? "" : ` at byte ${at} (line ${line})`;
  return new PlanwrightError("DOCUMENT_UNREADABLE", `'${facts.name}' is not valid ${facts.charset}${where}.`, {
    hint: "Save the document as UTF-8, or declare its charset in the media type (text/plain; charset=windows-1252).",
    cause: facts.cause,
  });
}

/** Place of the first byte that breaks UTF-8, by bisection on prefixes: a valid start stays valid while streaming. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >>> 1;
    if (isValidStart(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle - 1;
  }
  return valid;
}

function isValidStart(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function countLines(bytes: Uint8Array, end: number): number {
  let lines = 1;
  for (let index = 0; index < end; index++) if (bytes[index] === 10) lines++;
  return lines;
}
