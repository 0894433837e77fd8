/**
 * What is read out of a document in the worker. Owns: the shapes that cross between the runtime and the worker
 * that reads. Plain data, so that it can be posted. Must not: import anything heavy; the worker loads it first.
 */
import type { DocumentInput } from "../document.ts";

/** Formats that are read in a worker: their parsers are large, and what they read may be made to hurt. */
export type WorkerFormat = "pdf" | "docx" | "html";

/** Texts that a parser takes long for are read in the worker, too, by `readDocument`. */
export interface TextRequest {
  format: "text";
  input: DocumentInput;
}

export interface FormatTable {
  columns: string[];
  rows: string[][];
}

export interface FormatContent {
  /** Null where the document names none. */
  title: string | null;
  /** Language that the document claims, as a BCP 47 tag, or null. */
  language: string | null;
  /** Text of each page as Markdown; one page for formats without pages. */
  pages: string[];
  /** Whether page N goes on in page N+1 in the middle of a sentence. */
  continues: boolean[];
  tables: FormatTable[];
}

export interface FormatRequest {
  format: WorkerFormat;
  bytes: Uint8Array<ArrayBuffer>;
  /** Charset that was declared for HTML, or null. */
  charset: string | null;
}

export type FormatAnswer<Content> = { ok: true; content: Content } | { ok: false; problem: FormatProblem };

/** Why a document is refused: `what` completes "'NAME' …". */
export interface FormatProblem {
  code: "DOCUMENT_UNREADABLE" | "DOCUMENT_TOO_LARGE" | "DOCUMENT_ENCRYPTED" | "DOCUMENT_EMPTY" | "DOCUMENT_UNSUPPORTED";
  what: string;
  hint: string;
}

/** Thrown by readers in the worker; becomes a PlanwrightError with the document's name outside. */
export class FormatError extends Error {
  readonly problem: FormatProblem;

  constructor(code: FormatProblem["code"], what: string, hint: string) {
    super(what);
    this.problem = { code, what, hint };
  }
}

export const SPLIT_HINT = "Split the document and pass the parts that matter.";

export function tooLarge(what: string): FormatError {
  return new FormatError("DOCUMENT_TOO_LARGE", what, SPLIT_HINT);
}

export function unreadable(what: string, hint: string): FormatError {
  return new FormatError("DOCUMENT_UNREADABLE", what, hint);
}
