/**
 * A page as its parts in a row: paragraphs, headings, lists, tables, and runs of bare text. Owns: what is only a
 * container of others. Each part is written by itself, since the writer's time grows with the square of what it writes.
 */
import { type DomElement, type DomNode, isElement } from "./dom.ts";

const CONTAINERS = /^(?:BODY|MAIN|ARTICLE|SECTION|DIV|CENTER|HEADER|FOOTER|ASIDE|FORM|FIELDSET|DETAILS|FIGURE)$/i;
const BLOCKS = /^(?:P|H[1-6]|UL|OL|DL|TABLE|PRE|BLOCKQUOTE|HR|ADDRESS|FIGCAPTION|SUMMARY)$/i;

/** Parts in order; a part is one block, or inline nodes that stand beside blocks. */
export function partsOf(root: DomElement): DomNode[][] {
  const parts: DomNode[][] = [];
  let open: DomNode[] = [];
  const close = (): void => {
    if (open.length > 0) parts.push(open);
    open = [];
  };
  const visit = (container: DomNode): void => {
    for (let node = container.firstChild; node !== null; node = node.nextSibling) {
      const isContainer = isElement(node) && CONTAINERS.test(node.nodeName);
      const isBlock = isElement(node) && BLOCKS.test(node.nodeName);
      if (isContainer || isBlock) close();
      if (isContainer) visit(node);
      else open.push(node);
      if (isContainer || isBlock) close();
    }
  };
  visit(root);
  close();
  return parts;
}
