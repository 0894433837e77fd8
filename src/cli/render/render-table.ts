/** Rows as an aligned table. Owns: widths, alignment, and wrapping the widest column where the line is too short. */
import type { Style } from "./style.ts";
import { padText, textWidth, wrapText } from "./text-width.ts";

export interface Table {
  columns: readonly string[];
  /** Cells on one line each, already safe to print. */
  rows: readonly (readonly string[])[];
}

export interface TableOptions {
  style: Style;
  /** Columns of the line; null for any length. */
  width: number | null;
  /** Without the line of column names. */
  isBare?: boolean;
}

const GAP = 2;
/** The widest column is never squeezed below this. */
const LEAST_WIDTH = 16;
const NUMBER = /^-?\d[\d,.]*%?$/;

export function renderTable({ columns, rows }: Table, { style, width, isBare = false }: TableOptions): string[] {
  const widths = fittedWidths({ columns: isBare ? columns.map(() => "") : columns, rows }, width);
  const sides = columns.map((_, at) => {
    const cells = rows.map((row) => row[at] ?? "").filter((cell) => cell !== "");
    return cells.length > 0 && cells.every((cell) => NUMBER.test(cell)) ? "left" : "right";
  });
  const line = (cells: readonly string[]): string[] => {
    const wrapped = cells.map((cell, at) => wrapText(cell, widths[at] ?? 1));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, row) => {
      const parts = wrapped.map((lines, at) =>
        padText(lines[row] ?? "", widths[at] ?? 0, sides[at] as "left" | "right"),
      );
      return parts.join(" ".repeat(GAP)).trimEnd();
    });
  };
  const head = isBare ? [] : line(columns).map(style.dim);
  return [...head, ...rows.flatMap(line)];
}

function fittedWidths({ columns, rows }: Table, width: number | null): number[] {
  const widths = columns.map((name, at) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[at] ?? "")), textWidth(name)),
  );
  if (width === null) return widths;
  const total = widths.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, widths.length - 1);
  if (total <= width) return widths;
  const widest = widths.indexOf(Math.max(...widths));
  widths[widest] = Math.max(LEAST_WIDTH, (widths[widest] ?? 0) - (total - width));
  return widths;
}
