/**
 * CSV and TSV documents. Owns: delimiter, header and the shape of the one table. Must not: change cell contents.
 * The parser is loaded with the first such document of the process.
 */
import { createRequire } from "node:module";
import { PlanwrightError } from "../error/planwright-error.ts";
import { MAX_CELLS } from "./formats/format-limits.ts";
import { type ParsedContent, tooManyCells } from "./parsed-content.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * The first row names the columns. Shorter rows are filled with "", longer ones add columns `column N`, so nothing is lost.
 * Raises DOCUMENT_UNREADABLE for broken quotes, with the line, and DOCUMENT_TOO_LARGE for a table of more than 500,000
 * cells, counting those that would be filled in.
 */
export function parseCsvDocument(text: string, options: { name: string; delimiter?: string }): ParsedContent {
  const delimiter = options.delimiter ?? findDelimiter(text);
  const { CsvError, parse } = createRequire(import.meta.url)("csv-parse/sync") as typeof import("csv-parse/sync");
  let rows: string[][];
  try {
    const guard = mayHoldTooMany(text, delimiter) ? { cast: countingCast(options.name) } : {};
    rows = parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: filledInGuard(options.name),
      ...guard,
    });
  } catch (cause) {
    if (cause instanceof PlanwrightError) throw cause;
    const line = cause instanceof CsvError && typeof cause.lines === "number" ? ` at line ${cause.lines}` : "";
    throw new PlanwrightError("DOCUMENT_UNREADABLE", `'${options.name}' is not valid CSV${line}: ${reason(cause)}`, {
      hint: "Correct the quotes, or declare the type text/plain to have it read as it is.",
      cause,
    });
  }
  const [header = [], ...body] = rows;
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  const columns = Array.from({ length: width }, (_, index) => header[index]?.trim() || `column ${index + 1}`);
  const padded = body.map((row) => (row.length === width ? row : columns.map((_, index) => row[index] ?? "")));
  return { title: null, tables: [{ columns, rows: padded }] };
}

/** Stops the parser where the rows so far, all as wide as the widest, are too many cells. */
function filledInGuard(name: string): (record: string[]) => string[] {
  let [width, rows] = [0, 0];
  return (record) => {
    width = Math.max(width, record.length);
    rows++;
    if (width * rows > MAX_CELLS) throw tooManyCells(name);
    return record;
  };
}

/** Each cell but the last ends with a delimiter or a line; quoted texts may hold both, so this says only "maybe". */
function mayHoldTooMany(text: string, delimiter: string): boolean {
  let ends = 0;
  for (const mark of [delimiter, "\n"]) {
    for (let at = text.indexOf(mark); at >= 0 && ends < MAX_CELLS; at = text.indexOf(mark, at + 1)) ends++;
  }
  return ends >= MAX_CELLS;
}

/** Stops the parser in the middle. It calls this for each cell, which is slow: only for texts that may need it. */
function countingCast(name: string): (cell: string) => string {
  let cells = 0;
  return (cell) => {
    cells++;
    if (cells > MAX_CELLS) throw tooManyCells(name);
    return cell;
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : "it cannot be parsed";
}

/** The delimiter that most evenly divides the first lines; a comma where none does. */
function findDelimiter(text: string): string {
  const lines = text
    .slice(0, 16 * 1024)
    .split("\n", 11)
    .filter((line) => line.trim() !== "")
    .slice(0, 10);
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.replace(/"[^"]*"/g, "").split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const same = counts.filter((count) => count === first).length / Math.max(1, counts.length);
    const score = first === 0 ? 0 : same * 10 + Math.min(first, 9);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
