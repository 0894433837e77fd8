/**
 * Web pages: the text of the article, or of the whole page where that would lose too much, as Markdown; tables; title.
 * Owns: that choice. Must not: fetch, run scripts, or read what a page hides.
 */
import { type FormatContent, FormatError } from "../format-content.ts";
import { decodeHtml } from "./decode-html.ts";
import { type DomDocument, type DomElement, parsePage, plainText } from "./dom.ts";
import { createCellCounter, readTable } from "./html-table.ts";
import { toMarkdown } from "./to-markdown.ts";

/** The article is taken if it has at least this share of the page's words, and every table. */
const LEAST_SHARE = 0.5;
/** Readability walks the page several times. */
const MOST_ARTICLE_CHARS = 2 * 1024 * 1024;

/** The writer of Markdown takes a time that grows with the square of a run of white space, and no text needs a longer one. */
const MOST_SPACE = 200;
const LONG_SPACE = /\s{201,}/g;

export async function readHtml(bytes: Uint8Array, charset: string | null): Promise<FormatContent> {
  const html = decodeHtml(bytes, charset).replace(LONG_SPACE, (space) => space.slice(0, MOST_SPACE));
  const page = await parsePage(html);
  const language = page.documentElement?.getAttribute("lang") ?? null;
  const title = titleOf(page);
  strip(page);
  const article = html.length <= MOST_ARTICLE_CHARS ? await articleOf(html, page.body) : null;
  const { markdown, tables } = toMarkdown(article ?? page.body);
  if (markdown === "") {
    throw new FormatError(
      "DOCUMENT_EMPTY",
      "holds no text",
      "A page that scripts fill is empty without them: save it from a browser, or pass its text.",
    );
  }
  return { title, language, pages: [markdown], continues: [false], tables };
}

/** Scripts, controls and what is hidden; then what surrounds the content. */
const NEVER =
  "script, style, noscript, template, svg, canvas, iframe, object, embed, audio, video, button, select, textarea, input, [hidden], [aria-hidden=true], dialog, link, meta";
const AROUND = "nav, [role=navigation], [role=banner], [role=search]";
const HIDDEN_STYLE = /(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|$))/i;

function strip(page: DomDocument): void {
  for (const element of [...page.querySelectorAll(`${NEVER}, ${AROUND}`)]) element.remove();
  for (const element of [...page.querySelectorAll("[style]")])
    if (HIDDEN_STYLE.test(element.getAttribute("style") ?? "")) element.remove();
}

function titleOf(page: DomDocument): string | null {
  const text = (element: DomElement | null): string => (element === null ? "" : plainText(element));
  const title = text(page.querySelector("head title") ?? page.querySelector("title"));
  const heading = text(page.querySelector("h1"));
  // "Heading | Site": the heading alone.
  if (heading !== "" && title.length > heading.length && title.includes(heading)) return heading;
  return title || heading || null;
}

async function articleOf(html: string, whole: DomElement): Promise<DomElement | null> {
  const { Readability, isProbablyReaderable } = await import("@mozilla/readability");
  const copy = await parsePage(html);
  strip(copy);
  type Given = ConstructorParameters<typeof Readability>[0];
  if (!isProbablyReaderable(copy as unknown as Given)) return null;
  const reader = new Readability<DomElement>(copy as unknown as Given, {
    ...{ maxElemsToParse: 20_000, disableJSONLD: true, serializer: (node) => node as unknown as DomElement },
  });
  const article = parsed(reader);
  if (article === null || countTables(article) < countTables(whole)) return null;
  return plainText(article).length >= LEAST_SHARE * plainText(whole).length ? article : null;
}

/** Null also where the page has more elements than it may. */
function parsed(reader: { parse(): { content?: DomElement | null | undefined } | null }): DomElement | null {
  try {
    return reader.parse()?.content ?? null;
  } catch {
    return null; // The whole page is read instead.
  }
}

function countTables(root: DomElement): number {
  const countCells = createCellCounter();
  let tables = 0;
  for (const element of root.querySelectorAll("table")) {
    const table = readTable(element);
    if (table === null) continue;
    countCells(table);
    tables++;
  }
  return tables;
}
