/**
 * The worker in which PDF, DOCX, HTML and large tables are read. Owns: which reader a format has, and what is posted back.
 * Must not: throw out of the thread, or load a reader that isn't asked for.
 */
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Document } from "../document.ts";
import {
  type FormatAnswer,
  type FormatContent,
  FormatError,
  type FormatRequest,
  type TextRequest,
} from "./format-content.ts";
import { MAX_CELLS, MAX_TEXT_CHARS } from "./format-limits.ts";

/** Where this very module lies, in the sources as in the joined package: the script of the worker. */
export const workerUrl = new URL(import.meta.url);
/** In `workerData`: tells the worker of a document from other workers that import this module. */
export const WORKER_MARK = "planwright:read-format";

async function answer(request: FormatRequest | TextRequest): Promise<FormatAnswer<FormatContent | Document>> {
  try {
    if (request.format !== "text") return { ok: true, content: bounded(await read(request)) };
    return { ok: true, content: (await import("../read-document.ts")).readDocument(request.input) };
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return { ok: false, problem: problemOfText(thrown, request) };
    if (thrown instanceof FormatError) return { ok: false, problem: thrown.problem };
    return { ok: false, problem: problemOf(thrown) };
  }
}

async function read({ format, bytes, charset }: FormatRequest): Promise<FormatContent> {
  switch (format) {
    case "pdf":
      return (await import("./pdf/read-pdf.ts")).readPdf(bytes);
    case "docx":
      return (await import("./docx/read-docx.ts")).readDocx(bytes);
    case "html":
      return (await import("./html/read-html.ts")).readHtml(bytes, charset);
  }
}

function bounded(content: FormatContent): FormatContent {
  const chars = content.pages.reduce((sum, page) => sum + page.length, 0);
  const cells = content.tables.reduce((sum, { columns, rows }) => sum + columns.length * (rows.length + 1), 0);
  const isTooLarge = chars > MAX_TEXT_CHARS || cells > MAX_CELLS;
  if (!isTooLarge) return content;
  const what =
    chars > MAX_TEXT_CHARS
      ? `holds more than ${MAX_TEXT_CHARS} characters of text`
      : `holds more than ${MAX_CELLS} table cells`;
  throw new FormatError("DOCUMENT_TOO_LARGE", what, "Split the document and pass the parts that matter.");
}

/** `readDocument` writes whole sentences, with the document's name in front. */
function problemOfText({ code, message, hint }: PlanwrightError, request: FormatRequest | TextRequest) {
  const start = request.format === "text" ? `'${request.input.name}' ` : "";
  const what = message.startsWith(start) ? message.slice(start.length) : message;
  return { code: code as FormatError["problem"]["code"], what: what.replace(/\.$/, ""), hint };
}

/** Parsers that run out of stack or of array throw RangeErrors; whatever else they throw, the document broke them. */
function problemOf(thrown: unknown): FormatError["problem"] {
  if (thrown instanceof RangeError) {
    const what = "is nested too deeply, or has too large parts, to be read";
    return { code: "DOCUMENT_TOO_LARGE", what, hint: "Convert the document to plain text or Markdown and pass that." };
  }
  const message = thrown instanceof Error ? thrown.message : "";
  const why =
    message
      .split("\n@#", 1)[0]!
      .slice(0, 200)
      .replace(/\s+/g, " ")
      .replace(/[.\s]+$/, "") || "its reader failed";
  const hint = "Open the document in its own program and save it anew, or pass its text.";
  return { code: "DOCUMENT_UNREADABLE", what: `is broken: ${why}`, hint };
}

const isOurs = !isMainThread && (workerData as { mark?: unknown } | null)?.mark === WORKER_MARK;
if (isOurs) {
  const { request } = workerData as { request: FormatRequest | TextRequest };
  parentPort?.postMessage(await answer(request));
}
