/** Prints rows of figures as a table. */

export type Row = Record<string, string | number>;

/** Numbers to the right, words to the left; the columns are those of the first row. */
export function printTable(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, place) => Math.max(...cells.map((line) => line[place]?.length ?? 0)));
  const isNumber = columns.map((column) => rows.every((row) => typeof row[column] === "number"));
  console.log(`\n${title}`);
  for (const line of cells) {
    const padded = line.map((cell, place) =>
      isNumber[place] === true ? cell.padStart(widths[place] ?? 0) : cell.padEnd(widths[place] ?? 0),
    );
    console.log(`  ${padded.join("  ")}`.trimEnd());
  }
}
