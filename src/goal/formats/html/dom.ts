/**
 * A parsed web page. Owns: the few members of the DOM that are used here, the caps on its size, and walking without
 * recursion. Must not: load anything that the page names.
 */
import { type FormatError, tooLarge } from "../format-content.ts";
import { MAX_DEPTH, MAX_ELEMENTS, MAX_HTML_CHARS, MAX_HTML_MARKS } from "../format-limits.ts";

export interface DomNode {
  nodeType: number;
  nodeName: string;
  nodeValue: string | null;
  firstChild: DomNode | null;
  nextSibling: DomNode | null;
  parentNode: DomNode | null;
  textContent: string | null;
}

export interface DomElement extends DomNode {
  getAttribute(name: string): string | null;
  ownerDocument: DomDocument;
  appendChild(node: DomNode): void;
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
  remove(): void;
}

export interface DomDocument extends DomElement {
  documentElement: DomElement | null;
  body: DomElement;
  createElement(name: string): DomElement;
}

const ELEMENT = 1;
const TEXT = 3;

/** Parses with linkedom, in linear time; refuses pages of too many or too deeply nested elements. */
export async function parsePage(html: string): Promise<DomDocument> {
  checkNesting(html);
  const { parseHTML } = await import("linkedom");
  const hasRoot = /<(?:html|body)\b/i.test(html);
  const page = parseHTML(hasRoot ? html : `<!doctype html><html><body>${html}</body></html>`);
  const document = page.document as unknown as DomDocument;
  checkSize(document);
  return document;
}

/** Elements that a parser closes by itself, or that hold nothing. */
const NOT_NESTING =
  /^(?:p|li|t[drh]|tbody|thead|tfoot|d[td]|option|r[tp]|area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;

/**
 * A look before parsing, in linear time: the parser takes a time that grows with the square of the depth, and of the
 * number of tags and entities in one text.
 */
function checkNesting(html: string): void {
  if (html.length > MAX_HTML_CHARS) throw tooLarge(`has more than ${MAX_HTML_CHARS} characters of HTML`);
  const marks = html.match(/[<&]/g)?.length ?? 0;
  if (marks > MAX_HTML_MARKS) throw tooLarge(`has more than ${MAX_HTML_MARKS} tags and entities`);
  const tags = /<(\/?)([a-z][\w-]{0,40})/gi;
  let depth = 0;
  for (let tag = tags.exec(html); tag !== null; tag = tags.exec(html)) {
    const [, slash, name = ""] = tag;
    if (slash === "" && RAW_TEXT.test(name)) tags.lastIndex = endOfRawText(html, name, tags.lastIndex);
    if (NOT_NESTING.test(name) || RAW_TEXT.test(name)) continue;
    depth = Math.max(0, depth + (slash === "/" ? -1 : 1));
    if (depth > 2 * MAX_DEPTH) throw tooDeep();
  }
}

const RAW_TEXT = /^(?:script|style|textarea|title)$/i;

/** Where the element's end tag starts; without one its text goes on to the end of the page. */
function endOfRawText(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}`, "gi");
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}

function tooDeep(): FormatError {
  return tooLarge(`nests its elements more than ${MAX_DEPTH} deep`);
}

function checkSize(document: DomDocument): void {
  let elements = 0;
  if (document.documentElement === null) return;
  walk(document.documentElement, (node, depth) => {
    if (node.nodeType === ELEMENT) elements++;
    if (elements > MAX_ELEMENTS) throw tooLarge(`has more than ${MAX_ELEMENTS} elements`);
    if (depth > MAX_DEPTH) throw tooDeep();
  });
}

/** Every node below `root`, in document order; `enter` may say `false` to leave out what is below. */
export function walk(root: DomNode, enter: (node: DomNode, depth: number) => unknown): void {
  const above: DomNode[] = [];
  let node = root.firstChild;
  while (node !== null || above.length > 0) {
    if (node === null) {
      node = above.pop()!.nextSibling;
      continue;
    }
    const goesDown = enter(node, above.length + 1) !== false;
    if (goesDown && node.firstChild !== null) {
      above.push(node);
      node = node.firstChild;
    } else node = node.nextSibling;
  }
}

export function isElement(node: DomNode): node is DomElement {
  return node.nodeType === ELEMENT;
}

const BREAKS = /^(?:BR|P|DIV|LI|UL|OL|TR|TD|TH|H[1-6]|BLOCKQUOTE|PRE|SECTION|ARTICLE|DT|DD|HR)$/;

/** The words of an element on one line; blocks and line breaks part words. */
export function plainText(element: DomNode): string {
  const parts: string[] = [];
  walk(element, (node) => {
    if (node.nodeType === TEXT) parts.push(node.nodeValue ?? "");
    else if (BREAKS.test(node.nodeName.toUpperCase())) parts.push(" ");
  });
  return parts.join("").replace(/\s+/g, " ").trim();
}
