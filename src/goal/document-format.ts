/**
 * Whether a document is a PDF, DOCX, HTML page, or some text. Owns: that content decides, and names and declared types
 * only where content doesn't tell. Must not: read more than the first part of the content.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { DocumentInput } from "./document.ts";
import type { WorkerFormat } from "./formats/format-content.ts";
import { declaredType } from "./media-type.ts";

export const FORMAT_TYPES: Record<WorkerFormat, string> = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  html: "text/html",
};

const BY_TYPE: Record<string, WorkerFormat> = {
  "application/pdf": "pdf",
  "application/x-pdf": "pdf",
  [FORMAT_TYPES.docx]: "docx",
  "application/vnd.ms-word.document.macroenabled.12": "docx",
  "text/html": "html",
  "application/xhtml+xml": "html",
};
const BY_EXTENSION: Record<string, WorkerFormat> = {
  pdf: "pdf",
  docx: "docx",
  docm: "docx",
  html: "html",
  htm: "html",
  xhtml: "html",
};

/** A PDF may start with other bytes: readers look for its mark in the first 1,024 (ISO 32000-1, Annex H.3.4.1). */
const PDF_MARK_WITHIN = 1_024;
const SNIFF_BYTES = 64 * 1024;

export type DocumentFormat = WorkerFormat | "text";

/**
 * The format of `input`. `isClaimed`: name or type say so, too.
 * Raises DOCUMENT_ENCRYPTED for Office documents with a password, DOCUMENT_UNREADABLE for what claims to be PDF or DOCX
 * and is neither that nor text.
 */
export function formatOf(input: DocumentInput): { format: DocumentFormat; isClaimed: boolean } {
  const claimed = claimedFormat(input);
  const found = input.bytes === undefined ? htmlOrNull(input.text ?? "") : formatOfBytes(input.bytes, input.name);
  const isSure = found === "pdf" || found === "docx";
  if (isSure) return { format: found, isClaimed: claimed === found };
  if (claimed === "html") return { format: "html", isClaimed: true };
  if ((claimed === "pdf" || claimed === "docx") && !looksLikeText(input)) throw notWhatItClaims(input.name, claimed);
  // A text file may well show HTML; only a name that tells nothing, or that lies, leaves the choice to the content.
  const isOpen = claimed !== null || !tellsText(input);
  return { format: found === "html" && isOpen ? "html" : "text", isClaimed: claimed === null };
}

function claimedFormat({ name, type }: DocumentInput): WorkerFormat | null {
  const declared = declaredType(type);
  if (Object.hasOwn(BY_TYPE, declared)) return BY_TYPE[declared]!;
  const isOpen = declared === "" || declared === "text/plain";
  const extension = extensionOf(name);
  return isOpen && Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension]! : null;
}

function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? "";
}

function tellsText({ name, type }: DocumentInput): boolean {
  return declaredType(type) !== "" || extensionOf(name) !== "";
}

function formatOfBytes(bytes: Uint8Array, name: string): WorkerFormat | null {
  const head = latin(bytes.subarray(0, SNIFF_BYTES));
  if (head.slice(0, PDF_MARK_WITHIN + 5).includes("%PDF-")) return "pdf";
  if (head.startsWith("PK\u0003\u0004")) return isDocx(bytes) ? "docx" : null;
  if (head.startsWith("\u00d0\u00cf\u0011\u00e0")) refuseEncryptedOffice(bytes, name);
  return htmlOrNull(head.replaceAll("\0", ""));
}

/** Names of entries stand in the clear, at the end of the container in any case. */
function isDocx(bytes: Uint8Array): boolean {
  const ends = [bytes.subarray(0, SNIFF_BYTES), bytes.subarray(-SNIFF_BYTES)].map(latin).join("");
  return ends.includes("word/") && !/\b(?:xl|ppt)\/(?:workbook|presentation)\.xml/.test(ends);
}

/** Office wraps a document with a password into the older container, with a stream of this name (MS-OFFCRYPTO 1.3.2). */
function refuseEncryptedOffice(bytes: Uint8Array, name: string): void {
  const mark = Buffer.from("EncryptedPackage", "utf16le");
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(mark)) return;
  throw new PlanwrightError("DOCUMENT_ENCRYPTED", `'${name}' is protected by a password.`, {
    hint: "Save a copy without a password and pass that.",
  });
}

/** After comments and white space: a document type, `<html`, `<head` or `<body`. */
function htmlOrNull(text: string): WorkerFormat | null {
  let rest = text.slice(0, SNIFF_BYTES).replace(/^(?:\uFEFF|\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, "");
  for (;;) {
    rest = rest.trimStart();
    const end = /^(?:<!--|<\?xml)/.test(rest) ? rest.indexOf(">") : -1;
    if (end < 0) break;
    rest = rest.slice(end + 1);
  }
  return /^<(?:!doctype\s+html|html|head|body)\b/i.test(rest) ? "html" : null;
}

function looksLikeText({ bytes }: DocumentInput): boolean {
  if (bytes === undefined) return true;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, SNIFF_BYTES), { stream: true });
    return !text.includes("\0");
  } catch {
    return false; // Not UTF-8, so nothing that the text reader would take without a word on its charset.
  }
}

function notWhatItClaims(name: string, claimed: "pdf" | "docx"): PlanwrightError {
  const what = claimed.toUpperCase();
  return new PlanwrightError(
    "DOCUMENT_UNREADABLE",
    `'${name}' is named as a ${what} document but its content is none.`,
    {
      hint: "The file may be damaged or cut off: fetch or save it again, or name it by what it is.",
    },
  );
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
