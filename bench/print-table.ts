/** Prints rows of figures as a table. */

export type Row = Record<string, string | number>;

export interface Table {
  title: string;
  /** Key of a row → heading of its column, in order. */
  columns: Record<string, string>;
  rows: Row[];
}

/** Numbers to the right, words to the left. */
export function printTable({ title, columns, rows }: Table): void {
  const keys = Object.keys(columns);
  const lines = [Object.values(columns), ...rows.map((row) => keys.map((key) => String(row[key] ?? "")))];
  const widths = keys.map((_, place) => Math.max(...lines.map((line) => line[place]?.length ?? 0)));
  const isNumber = keys.map((key) => rows.every((row) => typeof row[key] === "number"));
  console.log(`\n${title}`);
  for (const line of lines) {
    const padded = line.map((cell, place) =>
      isNumber[place] === true ? cell.padStart(widths[place] ?? 0) : cell.padEnd(widths[place] ?? 0),
    );
    console.log(`  ${padded.join("  ")}`.trimEnd());
  }
}
