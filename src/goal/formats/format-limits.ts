/** What reading one document may take. Owns: the numbers. */

/** Wall time of one document, from its turn on. */
export const READ_MS = 30_000;
/** JavaScript heap of the worker that reads. */
export const HEAP_MIB = 512;
/** Growth of the whole process while a document is read: typed arrays are outside of that heap. */
export const GROWTH_BYTES = 768 * 1024 * 1024;
/** How often that growth is looked at. */
export const WATCH_MS = 50;
/** Documents read at once by one process; others wait for their turn. */
export const READERS = 2;

/** Characters or bytes of a CSV document from which on it is read in the worker: rows of unlike lengths take their time. */
export const LARGE_CSV = 64 * 1024;

export const MAX_PAGES = 5_000;
/** Characters of the text that comes out. */
export const MAX_TEXT_CHARS = 16 * 1024 * 1024;
/** Cells of all tables. */
export const MAX_CELLS = 500_000;
/** Pieces of text on one page of a PDF. */
export const MAX_PAGE_ITEMS = 50_000;

/** Entries of a ZIP container, and bytes that are unpacked from it. */
export const MAX_ZIP_ENTRIES = 10_000;
export const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;
/** Bytes of XML in one part of a DOCX. */
export const MAX_PART_BYTES = 64 * 1024 * 1024;

/** Elements of a web page, and how deep they may be nested. */
export const MAX_ELEMENTS = 150_000;
export const MAX_DEPTH = 400;
/** Characters of a web page, and `<` and `&` among them. */
export const MAX_HTML_CHARS = 16 * 1024 * 1024;
export const MAX_HTML_MARKS = 500_000;
