/**
 * Refuses what is not text. Owns: the magic bytes of common formats and the words in which they are refused.
 * Must not: decode.
 */
import { PlanwrightError } from "../error/planwright-error.ts";

const READABLE =
  "Planwright reads PDF, DOCX, HTML, Markdown, text, CSV and JSON; convert the document to one of these first.";

const SIGNATURES: readonly { format: string; offset: number; bytes: readonly number[] }[] = [
  { format: "a PDF document", offset: 0, bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { format: "an older Office document (DOC, XLS, PPT)", offset: 0, bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1] },
  { format: "a PNG image", offset: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { format: "a JPEG image", offset: 0, bytes: [0xff, 0xd8, 0xff] },
  { format: "a GIF image", offset: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { format: "a TIFF image", offset: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { format: "a WebP image or RIFF media file", offset: 0, bytes: [0x52, 0x49, 0x46, 0x46] },
  { format: "a gzip archive", offset: 0, bytes: [0x1f, 0x8b] },
  { format: "a 7z archive", offset: 0, bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { format: "an RTF document", offset: 0, bytes: [0x7b, 0x5c, 0x72, 0x74, 0x66] },
  { format: "an MP3 audio file", offset: 0, bytes: [0x49, 0x44, 0x33] },
  { format: "an MP4 media file", offset: 4, bytes: [0x66, 0x74, 0x79, 0x70] },
  { format: "a SQLite database", offset: 0, bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66] },
  { format: "an executable program", offset: 0, bytes: [0x7f, 0x45, 0x4c, 0x46] },
];

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const ZIP_CONTENTS: readonly [marker: string, format: string][] = [
  ["word/", "a DOCX document"],
  ["xl/", "an XLSX workbook"],
  ["ppt/", "a PPTX presentation"],
  ["mimetypeapplication/vnd.oasis", "an OpenDocument file"],
  ["mimetypeapplication/epub", "an EPUB book"],
];

/** Throws DOCUMENT_UNSUPPORTED for known binary formats. */
export function refuseKnownBinary(bytes: Uint8Array, name: string): void {
  const format = startsWith(bytes, ZIP, 0) ? zipFormat(bytes) : knownFormat(bytes);
  if (format !== null) throw unsupported(name, `is ${format}`);
}

/** The error for content that cannot be text. `what` completes "'NAME' …". */
export function unsupported(name: string, what: string): PlanwrightError {
  return new PlanwrightError("DOCUMENT_UNSUPPORTED", `'${name}' ${what}, which cannot be read.`, { hint: READABLE });
}

function knownFormat(bytes: Uint8Array): string | null {
  return SIGNATURES.find((signature) => startsWith(bytes, signature.bytes, signature.offset))?.format ?? null;
}

function zipFormat(bytes: Uint8Array): string {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 64 * 1024));
  return ZIP_CONTENTS.find(([marker]) => head.includes(marker))?.[1] ?? "a ZIP archive";
}

function startsWith(bytes: Uint8Array, signature: readonly number[], offset: number): boolean {
  return bytes.length >= offset + signature.length && signature.every((byte, index) => bytes[offset + index] === byte);
}
