/**
 * Built-in tool `extract_tables`: the tables of a document. Owns: its schemas and hints. Must not: find tables; the
 * reader of the document's format does.
 */
import { z } from "zod";
import { parseMarkdown } from "../src/goal/parse-markdown.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";

const tables = z.array(
  z.object({
    columns: z.array(z.string()).describe("Names of the columns."),
    rows: z.array(z.array(z.string())).describe("Cells by row, as text."),
  }),
);

/** The tables that reading the document found; of plain text those written as Markdown. */
export const extractTables = defineTool({
  name: "extract_tables",
  version: "1",
  description:
    "Lists the tables of a document with their columns and rows. Give it the document itself, such as the reference `document`.",
  inputSchema: z.object({
    document: z
      .object({
        text: z.string().default("").describe("The document's text."),
        tables: tables.default([]).describe("Tables found when the document was read."),
      })
      .describe("The document."),
  }),
  outputSchema: z.object({
    items: tables.describe("Tables in document order."),
    ...evidenceShape(["document-structure", "markdown-tables", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "tables",
      "list the tables",
      "extract the tables",
      "show the tables",
      "get the tables",
      "table data",
      "tabular data",
      "every table",
      "rows and columns",
      "what tables are there",
    ],
    answer: "items",
  },
  execute({ document }) {
    if (document.tables.length > 0) {
      return { items: document.tables, method: "document-structure" as const, confidence: 0.9 };
    }
    const items = parseMarkdown(document.text, "document").tables;
    return items.length > 0
      ? { items, method: "markdown-tables" as const, confidence: 0.8 }
      : { items, method: "none" as const, confidence: 0.6 };
  },
});
