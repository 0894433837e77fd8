/**
 * PDF documents: text by page, headings by font size, tables by aligned columns, title. Owns: the order of the parts
 * and the errors. Must not: render, run scripts of the document, or fetch anything.
 * pdf.js comes without its fonts and character maps here, so some Asian documents without embedded maps have no text.
 */
import { type FormatContent, FormatError, tooLarge, unreadable } from "../format-content.ts";
import { MAX_PAGE_ITEMS, MAX_PAGES, MAX_TEXT_CHARS } from "../format-limits.ts";
import { type Block, blocksOf, goesOn, type PageBlocks } from "./page-blocks.ts";
import { type Line, linesOf, type TextItem, textOfLine } from "./pdf-line.ts";
import { usableTitle } from "./pdf-title.ts";
import { withoutRunningLines } from "./running-lines.ts";

type Pdf = import("unpdf/pdfjs").PDFDocumentProxy;

export async function readPdf(bytes: Uint8Array): Promise<FormatContent> {
  const pdf = await openPdf(bytes);
  if (pdf.numPages > MAX_PAGES) throw tooLarge(`has ${pdf.numPages} pages; ${MAX_PAGES} can be read`);
  const pages = withoutRunningLines(await readLines(pdf));
  if (pages.every((page) => page.length === 0)) throw noText(pdf.numPages);
  const blocks = pages.map(blocksOf);
  const sizes = headingSizes(pages);
  const texts = blocks.map((page) => page.blocks.map((block) => blockText(block, sizes)).join("\n\n"));
  const info = await metadataOf(pdf);
  return {
    title: usableTitle(info.title) ?? titleOnPage(blocks, sizes),
    language: info.language,
    pages: texts,
    continues: blocks.map((page, place) => isContinued(page, blocks[place + 1])),
    tables: blocks.flatMap((page) => page.tables),
  };
}

async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const { getDocument } = await import("unpdf/pdfjs");
  try {
    return await getDocument({
      ...{
        data: bytes,
        isEvalSupported: false,
        disableFontFace: true,
        useSystemFonts: false,
        fontExtraProperties: false,
      },
      ...{ disableAutoFetch: true, disableStream: true, disableRange: true, verbosity: 0, maxImageSize: 0 },
      ...{ useWorkerFetch: false, enableXfa: false },
    }).promise;
  } catch (thrown) {
    throw openProblem(thrown);
  }
}

function openProblem(thrown: unknown): unknown {
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "PasswordException") {
    const hint = "Save a copy without a password and pass that.";
    return new FormatError("DOCUMENT_ENCRYPTED", "is protected by a password", hint);
  }
  if (thrown instanceof RangeError) return thrown;
  const why = thrown instanceof Error ? thrown.message.slice(0, 120).replace(/[.\s]+$/, "") : "it has no structure";
  return unreadable(`is a broken PDF: ${why}`, "Open it in a PDF program and save it anew, or pass its text.");
}

function noText(pages: number): FormatError {
  const where = pages === 1 ? "its page is" : `its ${pages} pages are`;
  return new FormatError(
    "DOCUMENT_EMPTY",
    `holds no text: ${where} pictures or blank`,
    "A scanned document needs text recognition (OCR) first, for example with ocrmypdf; pass what that makes.",
  );
}

async function readLines(pdf: Pdf): Promise<Line[][]> {
  const pages: Line[][] = [];
  let chars = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const lines = linesOf(await itemsOf(page));
    page.cleanup();
    chars += lines.reduce((sum, line) => sum + textOfLine(line).length, 0);
    if (chars > MAX_TEXT_CHARS) throw tooLarge(`holds more than ${MAX_TEXT_CHARS} characters of text`);
    pages.push(lines);
  }
  return pages;
}

/** In pieces, so that a page of endless text is left before it fills the memory. */
async function itemsOf(page: Awaited<ReturnType<Pdf["getPage"]>>): Promise<TextItem[]> {
  const items: TextItem[] = [];
  const reader = page.streamTextContent().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return items;
    for (const item of (value as { items: unknown[] }).items) if (isText(item)) items.push(item);
    if (items.length > MAX_PAGE_ITEMS) throw tooLarge(`has a page of more than ${MAX_PAGE_ITEMS} pieces of text`);
  }
}

function isText(item: unknown): item is TextItem {
  return typeof item === "object" && item !== null && "str" in item;
}

async function metadataOf(pdf: Pdf): Promise<{ title: string; language: string | null }> {
  const { info } = (await pdf.getMetadata().catch(() => ({ info: {} }))) as { info: Record<string, unknown> };
  const text = (value: unknown): string => (typeof value === "string" ? value.replace(/[\s\0]+/g, " ").trim() : "");
  return { title: text(info["Title"]), language: text(info["Language"]) || null };
}

/** Font sizes clearly above that of most of the text: the levels of headings, the largest first. */
function headingSizes(pages: readonly Line[][]): number[] {
  const chars = new Map<number, number>();
  for (const line of pages.flat()) {
    const size = roundSize(line.size);
    chars.set(size, (chars.get(size) ?? 0) + textOfLine(line).length);
  }
  const body = [...chars].sort((left, right) => right[1] - left[1])[0]?.[0] ?? 0;
  const larger = [...chars.keys()].filter((size) => size >= body * 1.15);
  return larger.sort((left, right) => right - left).slice(0, 6);
}

function roundSize(size: number): number {
  return Math.round(size * 2) / 2;
}

const LONGEST_HEADING = 200;

function blockText(block: Block, sizes: readonly number[]): string {
  const level = headingLevel(block, sizes);
  return level === 0 ? block.text : `${"#".repeat(level)} ${block.text}`;
}

function headingLevel({ kind, text, size }: Block, sizes: readonly number[]): number {
  const isHeading = kind === "paragraph" && text.length <= LONGEST_HEADING && /\p{L}/u.test(text);
  return isHeading ? sizes.indexOf(roundSize(size)) + 1 : 0;
}

/** The largest heading of the first page with text, else a short first line. */
function titleOnPage(pages: readonly PageBlocks[], sizes: readonly number[]): string | null {
  const { blocks } = pages.find((page) => page.blocks.length > 0) ?? { blocks: [] };
  const headings = blocks.filter((block) => headingLevel(block, sizes) > 0);
  const largest = headings.reduce<Block | null>(
    (best, block) => (best && best.size >= block.size ? best : block),
    null,
  );
  const first = blocks[0];
  if (largest !== null) return largest.text;
  return first?.kind === "paragraph" && first.text.length <= 100 && !/[.,;]$/.test(first.text) ? first.text : null;
}

function isContinued(page: PageBlocks, next: PageBlocks | undefined): boolean {
  const [last, first] = [page.blocks.at(-1), next?.blocks[0]];
  const isProse = last?.kind === "paragraph" && first?.kind === "paragraph";
  return isProse && goesOn(last.text, first.text);
}
