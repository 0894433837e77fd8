/**
 * Markdown out of a part of a web page. Owns: what becomes of tables, links and pictures; emphasis goes. Must not: keep
 * addresses of pictures and links in the text (addresses of people are kept), or escape what isn't Markdown anyway.
 */
import TurndownService from "turndown";
import type { FormatTable } from "../format-content.ts";
import { tableMarkdown } from "../table-markdown.ts";
import type { DomElement, DomNode } from "./dom.ts";
import { createCellCounter, readTable } from "./html-table.ts";
import { partsOf } from "./page-parts.ts";

/** Takes the page apart: `root` is empty afterwards. */
export function toMarkdown(root: DomElement): { markdown: string; tables: FormatTable[] } {
  const tables: FormatTable[] = [];
  const count = createCellCounter();
  const keep = (table: FormatTable): void => {
    count(table);
    tables.push(table);
  };
  const service = createService(keep);
  const texts = partsOf(root).map((part) => {
    const [first] = part;
    const table = first?.nodeName.toUpperCase() === "TABLE" ? readTable(first as DomElement) : null;
    if (table === null) return tidy(service.turndown(wrapped(root, part)));
    keep(table);
    return captionOf(first as DomElement) + tableMarkdown(table);
  });
  return { markdown: texts.filter((text) => text !== "").join("\n\n"), tables };
}

type TurndownNode = Parameters<TurndownService["turndown"]>[0];

/** The writer writes what an element holds. */
function wrapped(root: DomElement, nodes: readonly DomNode[]): TurndownNode {
  const box = root.ownerDocument.createElement("div");
  for (const node of nodes) box.appendChild(node);
  return box as unknown as TurndownNode;
}

function createService(keep: (table: FormatTable) => void): TurndownService {
  const service = new TurndownService({
    ...{ headingStyle: "atx", bulletListMarker: "-", codeBlockStyle: "fenced", hr: "---" },
  });
  service.escape = (text) => text;
  service.addRule("table", {
    filter: "table",
    replacement: (content, node) => {
      const table = readTable(node as unknown as DomElement);
      if (table === null) return `\n\n${content}\n\n`;
      keep(table);
      return `\n\n${captionOf(node as unknown as DomElement)}${tableMarkdown(table)}\n\n`;
    },
  });
  service.addRule("link", {
    filter: "a",
    replacement: (content, node) => linkText(content, (node as unknown as DomElement).getAttribute("href") ?? ""),
  });
  service.addRule("emphasis", { filter: ["b", "strong", "i", "em"], replacement: (content) => content });
  service.addRule("picture", { filter: "img", replacement: () => "" });
  service.remove(["script", "style", "noscript"]);
  return service;
}

function captionOf(table: DomElement): string {
  const caption = table.querySelector("caption")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  return caption === "" ? "" : `${caption}\n\n`;
}

/** A link's words; behind them the address of a person, unless they are it. */
function linkText(content: string, href: string): string {
  const address = /^(?:mailto|tel):([^?]{1,200})/i.exec(href.trim())?.[1]?.trim() ?? "";
  return address === "" || content.includes(address) ? content : `${content} (${address})`;
}

/** Turndown pads list markers and may leave spaces at ends of lines. */
function tidy(markdown: string): string {
  return markdown
    .replace(/\u00a0/g, " ")
    .replace(/^([ \t]*(?:-|\d+\.))[ \t]+/gm, "$1 ")
    .replace(/(?<![ \t])[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
