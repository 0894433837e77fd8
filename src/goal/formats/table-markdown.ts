/** A table as GitHub Flavored Markdown, so that what reads the text sees its rows and columns. Owns: the escapes. */
import type { FormatTable } from "./format-content.ts";

export function tableMarkdown({ columns, rows }: FormatTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(" | ")} |`;
  return [line(columns), `|${columns.map(() => " --- ").join("|")}|`, ...rows.map(line)].join("\n");
}

function cellText(text: string): string {
  return text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");
}
