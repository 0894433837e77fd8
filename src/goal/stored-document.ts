/**
 * A document as journals keep it: formats without pages have one page, which is the whole text and is not stored twice.
 * Owns: that what is read back is what was given.
 */
import type { JsonValue } from "../shared/json.ts";
import type { Document } from "./document.ts";

/** The value to store. */
export function packDocument(document: Document): JsonValue {
  const { pages, ...rest } = document;
  return pages.length === 1 && pages[0] === document.text ? rest : { ...rest, pages };
}

/** The document that was stored; ones that were stored with their pages are as they are. */
export function unpackDocument(stored: JsonValue): Document {
  const document = stored as unknown as Document;
  return "pages" in document ? document : { ...(document as Document), pages: [(document as Document).text] };
}
