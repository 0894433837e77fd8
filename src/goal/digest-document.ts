/**
 * What a planner sees of a document. Owns: which facts go out under which visibility (SAFETY, security rule 5) and
 * their bounds. Must not: mark or escape for prompts (the prompt's renderer does).
 */
import { markdownHeadings } from "../shared/markdown-headings.ts";
import type { Document, DocumentDigest } from "./document.ts";
import { FORMAT_TYPES } from "./document-format.ts";

/** Types whose text has its headings as Markdown. */
const WRITTEN_AS_MARKDOWN: ReadonlySet<string> = new Set(["text/markdown", ...Object.values(FORMAT_TYPES)]);
const MAX_HEADINGS = 20;
const MAX_TITLE_CHARS = 120;

export interface DigestOptions {
  /** `shape`: no content at all; title, headings and preview are null. */
  visibility: "preview" | "shape";
  /** Length of the preview in UTF-16 code units; 800 by default. */
  previewChars?: number;
}

export function digestDocument(document: Document, options: DigestOptions): DocumentDigest {
  const { visibility, previewChars = 800 } = options;
  const hasContent = visibility === "preview";
  return {
    name: document.name,
    type: document.type,
    title: hasContent ? cut(document.title, MAX_TITLE_CHARS) : null,
    language: document.language,
    chars: document.chars,
    pages: document.pages.length,
    tables: document.tables.length,
    headings: hasContent ? headingsOf(document) : null,
    preview: hasContent ? cut(document.text.trimStart(), previewChars) : null,
  };
}

function headingsOf(document: Document): string[] {
  if (!WRITTEN_AS_MARKDOWN.has(document.type)) return [];
  const headings = markdownHeadings(document.text).slice(0, MAX_HEADINGS);
  return headings.map((heading) => cut(heading.title, MAX_TITLE_CHARS));
}

/** At most `chars` code units, never half a surrogate pair. */
function cut(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const last = text.charCodeAt(chars - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? chars - 1 : chars);
}
