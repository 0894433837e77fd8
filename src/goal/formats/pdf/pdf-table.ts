/**
 * Tables of a PDF page: rows of cells that stand under each other with empty gutters between the columns.
 * Owns: what counts as a table. Not found: tables drawn column by column, rows that share a gutter with nothing, tables
 * of one column. Not joined: tables that go on on the next page. Merged cells count as one.
 */
import type { FormatTable } from "../format-content.ts";
import type { Cell, Line } from "./pdf-line.ts";

const LEAST_ROWS = 3;
/** Share of all places that hold something. */
const LEAST_FILLED = 0.6;
/** Longer cells in every column are prose in columns. */
const PROSE_WORDS = 8;
/** Farther apart, in font sizes, two lines belong to different tables. */
const ROW_GAP = 3;

export interface FoundTable {
  table: FormatTable;
  /** Number of lines it takes. */
  lines: number;
}

/** The table that starts at line `start`, or null. */
export function tableAt(lines: readonly Line[], start: number): FoundTable | null {
  const first = lines[start];
  if (first === undefined || first.cells.length < 2) return null;
  const run = rowsFrom(lines, start);
  // The columns of all rows may run into each other where a row is only close to the table: fewer rows are tried.
  for (let count = run.length; count >= LEAST_ROWS; count--) {
    const found = asTable(run.slice(0, count));
    if (found !== null) return found;
  }
  return null;
}

const LONGEST_RUN = 400;

function rowsFrom(lines: readonly Line[], start: number): Line[] {
  const run: Line[] = [];
  for (let index = start; index < lines.length && run.length < LONGEST_RUN; index++) {
    const line = lines[index]!;
    const above = run.at(-1);
    if (above !== undefined && !isNextRow(above, line)) break;
    run.push(line);
  }
  while (run.length > 0 && run.at(-1)!.cells.length < 2) run.pop();
  return run;
}

function isNextRow(above: Line, line: Line): boolean {
  const drop = above.y - line.y;
  if (drop <= 0 || drop > ROW_GAP * Math.max(above.size, line.size)) return false;
  return line.cells.length >= 2 || isWrapped(above, line);
}

/** One cell close under a row and not under its first column: the rest of a cell that takes two lines. */
function isWrapped(above: Line, line: Line): boolean {
  const second = above.cells.length >= 2 ? above.cells[1] : above.cells[0];
  const isClose = above.y - line.y < 1.5 * line.size;
  return isClose && second !== undefined && line.cells.length === 1 && line.cells[0]!.from >= second.from - line.size;
}

function asTable(rows: readonly Line[]): FoundTable | null {
  const columns = columnsOf(rows);
  if (columns.length < 2 || rows[0]!.cells.length !== columns.length) return null;
  const grid: string[][] = [];
  for (const row of rows) {
    const places = placesOf(row, columns);
    if (places === null) return null;
    if (row.cells.length === 1 && grid.length > 0) appendTo(grid.at(-1)!, places);
    else grid.push(places);
  }
  if (grid.length < LEAST_ROWS || !isFilled(grid) || isProse(grid)) return null;
  return { table: { columns: grid[0]!, rows: grid.slice(1) }, lines: rows.length };
}

/** What is left of the width where no row leaves a gutter. */
function columnsOf(rows: readonly Line[]): Cell[] {
  const spans = rows.flatMap((row) => row.cells).sort((left, right) => left.from - right.from);
  const columns: Cell[] = [];
  for (const { from, to } of spans) {
    const last = columns.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else columns.push({ text: "", from, to });
  }
  return columns;
}

/** The row's texts by column; null where two of its cells fall into one. */
function placesOf(row: Line, columns: readonly Cell[]): string[] | null {
  const places = columns.map(() => "");
  for (const cell of row.cells) {
    const place = columns.findIndex((column) => cell.from >= column.from && cell.to <= column.to);
    if (place < 0 || places[place] !== "") return null;
    places[place] = cell.text;
  }
  return places;
}

function appendTo(row: string[], more: readonly string[]): void {
  for (const [place, text] of more.entries()) {
    if (text !== "") row[place] = `${row[place] ?? ""} ${text}`.trim();
  }
}

function isFilled(grid: readonly string[][]): boolean {
  const filled = grid.flat().filter((text) => text !== "").length;
  return filled / grid.flat().length >= LEAST_FILLED;
}

function isProse(grid: readonly string[][]): boolean {
  return grid[0]!.every((_, place) => {
    const words = grid.map((row) => row[place]!.split(" ").length);
    return words.reduce((sum, count) => sum + count, 0) / words.length > PROSE_WORDS;
  });
}
