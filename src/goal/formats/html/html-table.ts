/**
 * Tables of web pages and Word documents. Owns: which tables hold data, what spans mean (the text of a spanning cell
 * stands in every place it spans), and which rows are the header. Must not: change the page.
 */
import { type FormatError, type FormatTable, tooLarge } from "../format-content.ts";
import { MAX_CELLS } from "../format-limits.ts";
import { type DomElement, type DomNode, isElement, plainText, walk } from "./dom.ts";

/** Widest span that the HTML standard lets a cell have. */
const WIDEST_SPAN = 1_000;

/** The table's data, or null where it only lays out the page: one column or row, or tables within. */
export function readTable(table: DomElement): FormatTable | null {
  const role = table.getAttribute("role");
  if (role === "presentation" || role === "none" || table.querySelector("table") !== null) return null;
  const rows = rowsOf(table);
  const grid = fillGrid(rows);
  const width = Math.max(0, ...grid.map((row) => row.length));
  if (width < 2 || grid.length < 2) return null;
  if (width * grid.length > MAX_CELLS) throw tooManyCells();
  const full = grid.map((row) => Array.from({ length: width }, (_, place) => row[place] ?? ""));
  const headers = headerRows(rows);
  const columns = Array.from({ length: width }, (_, place) => columnName(full.slice(0, headers), place));
  return { columns, rows: full.slice(headers).filter((row) => row.some((text) => text !== "")) };
}

/** Counts the cells of a document's tables, one after the other; throws once there are too many. */
export function createCellCounter(): (table: FormatTable) => void {
  let cells = 0;
  return ({ columns, rows }) => {
    cells += columns.length * (rows.length + 1);
    if (cells > MAX_CELLS) throw tooLarge(`holds more than ${MAX_CELLS} table cells`);
  };
}

interface Row {
  cells: DomElement[];
  isHead: boolean;
}

function rowsOf(table: DomElement): Row[] {
  const rows: Row[] = [];
  walk(table, (node) => {
    if (!isElement(node) || node.nodeName.toUpperCase() !== "TR") return;
    const cells = childrenOf(node).filter((child) => /^T[DH]$/i.test(child.nodeName));
    rows.push({ cells, isHead: node.parentNode?.nodeName.toUpperCase() === "THEAD" });
    return false;
  });
  return rows.filter((row) => row.cells.length > 0);
}

function childrenOf(node: DomNode): DomElement[] {
  const children: DomElement[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (isElement(child)) children.push(child);
  return children;
}

function fillGrid(rows: readonly Row[]): string[][] {
  const grid: string[][] = rows.map(() => []);
  let cells = 0;
  for (const [down, row] of rows.entries()) {
    let across = 0;
    for (const cell of row.cells) {
      while (grid[down]![across] !== undefined) across++;
      const wide = spanOf(cell, "colspan", WIDEST_SPAN);
      const high = Math.min(spanOf(cell, "rowspan", rows.length), rows.length - down);
      cells += wide * high;
      if (cells > MAX_CELLS) throw tooManyCells();
      place(grid, { text: plainText(cell), down, across, wide, high });
      across += wide;
    }
  }
  return grid;
}

function tooManyCells(): FormatError {
  return tooLarge(`has a table of more than ${MAX_CELLS} cells`);
}

interface PlacedCell {
  text: string;
  down: number;
  across: number;
  wide: number;
  high: number;
}

function place(grid: string[][], { text, down, across, wide, high }: PlacedCell): void {
  for (let row = down; row < down + high; row++) {
    for (let column = across; column < across + wide; column++) grid[row]![column] ??= text;
  }
}

/** 1 for what is no number; 0 means "to the end" for rows. */
function spanOf(cell: DomElement, name: "colspan" | "rowspan", most: number): number {
  const given = Number.parseInt(cell.getAttribute(name) ?? "1", 10);
  if (given === 0 && name === "rowspan") return most;
  return Number.isNaN(given) || given < 1 ? 1 : Math.min(given, most);
}

/** Rows of the head, or leading rows of header cells alone; else the first. One row of data is left in any case. */
function headerRows(rows: readonly Row[]): number {
  const isHeader = ({ cells, isHead }: Row): boolean => isHead || cells.every((cell) => /^TH$/i.test(cell.nodeName));
  const first = rows.findIndex((row) => !isHeader(row));
  const count = first < 0 ? rows.length : first;
  return Math.max(1, Math.min(count, rows.length - 1));
}

/** The texts of the header rows above each other, each once. */
function columnName(header: readonly string[][], column: number): string {
  const texts = header.map((row) => row[column]!).filter((text) => text !== "");
  return [...new Set(texts)].join(" ") || `column ${column + 1}`;
}
