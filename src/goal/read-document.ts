/**
 * From a text, or the bytes of one, to a Document. Owns: the order type → text → structure, and DOCUMENT_EMPTY.
 * Must not: touch files (`load-document.ts` does), keep bytes, or know PDF, DOCX and HTML (`open-document.ts` does).
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { cleanText, decodeText } from "./decode-text.ts";
import type { Document, DocumentInput } from "./document.ts";
import { MAX_DOCUMENT_BYTES } from "./document-limits.ts";
import { guessLanguage } from "./guess-language.ts";
import { declaredCharset, textType } from "./media-type.ts";
import { parseCsvDocument } from "./parse-csv.ts";
import { parseJsonDocument } from "./parse-json.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parseText } from "./parse-text.ts";
import type { ParsedContent } from "./parsed-content.ts";
import { refuseKnownBinary } from "./refuse-binary.ts";

/**
 * Reads Markdown, CSV, JSON and plain text.
 * Raises DOCUMENT_UNSUPPORTED (anything binary), DOCUMENT_UNREADABLE (invalid bytes, broken JSON or CSV),
 * DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE (over 64 MiB, or 500,000 table cells), VALIDATION (neither text nor bytes, or both).
 */
export function readDocument(input: DocumentInput): Document {
  const text = inputText(input);
  if (text.trim() === "") {
    throw new PlanwrightError("DOCUMENT_EMPTY", `'${input.name}' holds no text.`, {
      hint: "Pass a document with at least one word.",
    });
  }
  const type = textType({ ...input, text });
  const { title, tables } = parseContent(type, text, input.name);
  return {
    name: input.name,
    type,
    text,
    title: title ?? input.name,
    language: guessLanguage(text),
    chars: text.length,
    pages: splitPages(text),
    tables,
  };
}

/** Raises DOCUMENT_TOO_LARGE if a document of so many bytes is over the limit. */
export function checkDocumentSize(bytes: number, options: { name: string; maxBytes?: number }): void {
  const { name, maxBytes = MAX_DOCUMENT_BYTES } = options;
  if (bytes <= maxBytes) return;
  const mebibytes = (count: number): string => `${Math.round((count / 1024 / 1024) * 10) / 10} MiB`;
  throw new PlanwrightError(
    "DOCUMENT_TOO_LARGE",
    `'${name}' has ${mebibytes(bytes)}; documents may have up to ${mebibytes(maxBytes)}.`,
    { hint: "Split the document and pass the parts that matter." },
  );
}

/** Raises VALIDATION unless there is either text or bytes, and DOCUMENT_TOO_LARGE over 64 MiB. */
export function checkDocumentInput({ name, text, bytes }: DocumentInput): void {
  if ((text === undefined) === (bytes === undefined)) {
    throw new PlanwrightError("VALIDATION", `The document '${name}' needs either text or bytes.`, {
      hint: "Pass { name, text } or { name, bytes }.",
    });
  }
  checkDocumentSize(bytes?.length ?? text?.length ?? 0, { name });
}

function inputText(input: DocumentInput): string {
  checkDocumentInput(input);
  const { name, text, bytes, type } = input;
  if (bytes === undefined) return cleanText(text ?? "", name);
  refuseKnownBinary(bytes, name);
  return decodeText(bytes, { name, charset: declaredCharset(type) });
}

function parseContent(type: string, text: string, name: string): ParsedContent {
  if (type === "text/markdown") return parseMarkdown(text, name);
  if (type === "application/json" || type.endsWith("+json")) return parseJsonDocument(text, name);
  if (type === "text/csv") return parseCsvDocument(text, { name });
  if (type === "text/tab-separated-values") return parseCsvDocument(text, { name, delimiter: "\t" });
  return parseText();
}

/** Form feeds split pages; empty pages at the end are dropped. */
function splitPages(text: string): string[] {
  const pages = text.split("\f");
  while (pages.length > 1 && pages.at(-1)?.trim() === "") pages.pop();
  return pages;
}
