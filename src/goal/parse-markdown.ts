/**
 * Markdown documents. Owns: front matter title and pipe tables (GitHub Flavored Markdown 0.29, section 4.10).
 * Must not: render, or change the text.
 */
import { frontMatterLines, markdownHeadings, plainInline } from "../shared/markdown-headings.ts";
import type { Document } from "./document.ts";
import { MAX_CELLS } from "./formats/format-limits.ts";
import { type ParsedContent, tooManyCells } from "./parsed-content.ts";

type Table = Document["tables"][number];

/**
 * Title: the front matter's `title`, else the first heading of the highest level. Raises DOCUMENT_TOO_LARGE for tables
 * of more than 500,000 cells together, counting those that are filled in.
 */
export function parseMarkdown(text: string, name: string): ParsedContent {
  return { title: frontMatterTitle(text) ?? firstHeading(text), tables: findTables(text, name) };
}

function frontMatterTitle(text: string): string | null {
  const count = frontMatterLines(text);
  if (count === 0) return null;
  const line = text.split("\n", count).find((candidate) => /^title\s*:/i.test(candidate));
  const raw = line?.slice(line.indexOf(":") + 1).trim() ?? "";
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(raw);
  const title = (quoted?.[1] ?? quoted?.[2] ?? raw).trim();
  return title === "" || /^[|>][+-]?$/.test(title) ? null : title;
}

function firstHeading(text: string): string | null {
  const headings = markdownHeadings(text);
  const top = headings.find((heading) => heading.level === 1) ?? headings[0];
  return top?.title ?? null;
}

function findTables(text: string, name: string): Table[] {
  if (!text.includes("|")) return [];
  const lines = text.split("\n");
  const tables: Table[] = [];
  let isFenced = false;
  let cellsLeft = MAX_CELLS;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (/^ {0,3}(?:```|~~~)/.test(line)) isFenced = !isFenced;
    if (isFenced || !line.includes("|") || !isDelimiterRow(lines[index + 1] ?? "")) continue;
    const table = readTable(lines, index, cellsLeft);
    if (table === "too large") throw tooManyCells(name);
    if (table === null) continue;
    tables.push(table);
    cellsLeft -= table.columns.length * (table.rows.length + 1);
    index += 1 + table.rows.length;
  }
  return tables;
}

function isDelimiterRow(line: string): boolean {
  if (!line.includes("-") || !line.includes("|")) return false;
  return splitRow(line).every((cell) => /^:?-+:?$/.test(cell));
}

/** The table whose header stands on line `start`; null if its two first rows have different widths. */
function readTable(lines: string[], start: number, mostCells: number): Table | "too large" | null {
  const columns = splitRow(lines[start] ?? "");
  if (splitRow(lines[start + 1] ?? "").length !== columns.length) return null;
  const mostRows = Math.floor(mostCells / columns.length) - 1;
  const rows: string[][] = [];
  for (let index = start + 2; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === "" || !line.includes("|")) break;
    if (rows.length >= mostRows) return "too large";
    const cells = splitRow(line);
    rows.push(columns.map((_, column) => plainInline(cells[column] ?? "")));
  }
  return mostRows < 0 ? "too large" : { columns: columns.map(plainInline), rows };
}

function splitRow(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim());
}
