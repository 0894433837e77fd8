/**
 * Word documents: headings, lists and tables as Markdown, title. Owns: the checks of the parts, and the errors.
 * Must not: hand anything to the reader that wasn't unpacked within limits, follow links to files, or read pictures.
 * A document has one page here: where pages end is up to the program that shows it.
 */
import { type FormatContent, FormatError, unreadable } from "../format-content.ts";
import { parsePage } from "../html/dom.ts";
import { toMarkdown } from "../html/to-markdown.ts";
import { storeZip } from "./store-zip.ts";
import { unzipXml } from "./unzip.ts";

const STYLES = ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"];

export async function readDocx(bytes: Uint8Array): Promise<FormatContent> {
  const parts = unzipXml(bytes);
  if (![...parts.keys()].some((name) => /^word\/.*\.xml$/i.test(name))) {
    throw unreadable("is no DOCX document: it has no text part", "Open it in its own program and save it as DOCX.");
  }
  for (const [name, part] of parts) refuseDocumentType(name, part);
  const page = await parsePage(await htmlOf(parts));
  const { markdown, tables } = toMarkdown(page.body);
  if (markdown === "") {
    const hint = "If it holds scanned pages, it needs text recognition (OCR) first; pass what that makes.";
    throw new FormatError("DOCUMENT_EMPTY", "holds no text", hint);
  }
  const core = decode(parts.get("docProps/core.xml"));
  return {
    title: coreText(core, "dc:title") ?? firstHeading(markdown),
    language: coreText(core, "dc:language"),
    pages: [markdown],
    continues: [false],
    tables,
  };
}

async function htmlOf(parts: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const { default: mammoth } = await import("mammoth");
  const { value } = await mammoth.convertToHtml(
    { buffer: storeZip(parts) },
    {
      ...{ styleMap: STYLES, includeEmbeddedStyleMap: false, externalFileAccess: false },
      convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: "" })),
    },
  );
  return value;
}

/** Entities of one's own are how small XML becomes large. Office documents may not have them (ECMA-376-2, 8.2.5). */
function refuseDocumentType(name: string, part: Uint8Array): void {
  if (!/<!(?:DOCTYPE|ENTITY)/i.test(decode(part).replaceAll("\0", ""))) return;
  throw unreadable(
    `declares XML entities in '${name}', which no Office document may`,
    "Open the document in its own program and save it anew.",
  );
}

function decode(part: Uint8Array | undefined): string {
  return part === undefined ? "" : Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("utf8");
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function coreText(xml: string, element: string): string | null {
  const raw = new RegExp(`<${element}(?:\\s[^>]{0,200})?>([^<]{1,1000})</${element}>`).exec(xml)?.[1] ?? "";
  const text = raw.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? "").trim();
  return text === "" ? null : text;
}

function firstHeading(markdown: string): string | null {
  return /^#{1,6} (.+)$/m.exec(markdown)?.[1] ?? null;
}
