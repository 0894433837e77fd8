/**
 * From anything that an application hands over to a Document. Owns: which reader a format has, and what of its findings
 * makes up the document. Must not: touch files (`load-document.ts` does).
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { detectLanguage } from "./detect-language.ts";
import type { Document, DocumentInput } from "./document.ts";
import { FORMAT_TYPES, formatOf } from "./document-format.ts";
import { type FormatContent, FormatError, type WorkerFormat } from "./formats/format-content.ts";
import { LARGE_CSV } from "./formats/format-limits.ts";
import { readInWorker, readTextInWorker, type WorkerLimits } from "./formats/read-in-worker.ts";
import { declaredCharset, textType } from "./media-type.ts";
import { checkDocumentInput, readDocument } from "./read-document.ts";

/**
 * Reads PDF, DOCX, HTML, Markdown, CSV, JSON and text. Headings and tables of the first three come out as Markdown.
 * Raises DOCUMENT_UNSUPPORTED (other formats), DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE (broken), DOCUMENT_EMPTY (scans and
 * blanks), DOCUMENT_TOO_LARGE (64 MiB, 5,000 pages, 16 Mi characters of text, 30 s, 512 MiB of heap), VALIDATION (neither
 * text nor bytes, or both).
 */
export async function openDocument(input: DocumentInput, limits: WorkerLimits = {}): Promise<Document> {
  checkDocumentInput(input);
  const { format, isClaimed } = formatOf(input);
  if (format === "text") {
    const { type, ...bare } = input;
    const given = isClaimed ? input : { ...bare, ...charsetOnly(type) };
    const document = isLargeCsv(given) ? await named(input.name, readTextInWorker(given, limits)) : readDocument(given);
    return { ...document, language: document.language ?? (await detectLanguage(document.text)) };
  }
  return documentOf(input.name, format, await contentOf(input, { format, limits }));
}

/** A type that the content contradicts still tells the charset. */
function charsetOnly(type: string | undefined): { type?: string } {
  const charset = declaredCharset(type);
  return charset === null ? {} : { type: `application/octet-stream; charset=${charset}` };
}

async function contentOf(
  input: DocumentInput,
  { format, limits }: { format: WorkerFormat; limits: WorkerLimits },
): Promise<FormatContent> {
  // A copy in any case: the worker takes the bytes away, and they are the application's.
  const bytes = input.bytes === undefined ? new TextEncoder().encode(input.text ?? "") : new Uint8Array(input.bytes);
  const charset = input.bytes === undefined ? "utf-8" : declaredCharset(input.type);
  return named(input.name, readInWorker({ format, bytes, charset }, limits));
}

/** By name or type alone: no look into a text takes it for CSV. */
function isLargeCsv(input: DocumentInput): boolean {
  const size = input.bytes?.length ?? input.text?.length ?? 0;
  return size > LARGE_CSV && TABLE_TYPES.has(textType({ ...input, text: "" }));
}

const TABLE_TYPES: ReadonlySet<string> = new Set(["text/csv", "text/tab-separated-values"]);

/** Problems of the thread get the document's name. */
async function named<Content>(name: string, reading: Promise<Content>): Promise<Content> {
  try {
    return await reading;
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    const { code, what, hint } = thrown.problem;
    throw new PlanwrightError(code, `'${name}' ${what}.`, { hint });
  }
}

async function documentOf(name: string, format: WorkerFormat, content: FormatContent): Promise<Document> {
  const text = joinPages(content);
  if (text.trim() === "") {
    throw new PlanwrightError("DOCUMENT_EMPTY", `'${name}' holds no text.`, {
      hint: "Pass a document with at least one word.",
    });
  }
  return {
    name,
    type: FORMAT_TYPES[format],
    text,
    title: content.title ?? name,
    language: (await detectLanguage(text)) ?? claimedLanguage(content.language),
    chars: text.length,
    pages: content.pages.length === 1 ? [text] : content.pages,
    tables: content.tables,
  };
}

/** Pages one below the other; a sentence that goes on on the next page isn't parted. */
function joinPages({ pages, continues }: FormatContent): string {
  let text = "";
  for (const [place, page] of pages.entries()) {
    const isFirst = text === "" || page === "";
    text += isFirst ? page : `${continues[place - 1] === true ? " " : "\n\n"}${page}`;
  }
  return text.toWellFormed();
}

function claimedLanguage(tag: string | null): string | null {
  return /^([a-z]{2})(?:[-_]|$)/i.exec(tag ?? "")?.[1]?.toLowerCase() ?? null;
}
