/**
 * Built-in tool `compile_report`: results as one Markdown report. Owns: its schemas and the report's frame.
 * Must not: let content forge headings or HTML.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { escapeInline } from "./text/escape-markdown.ts";
import { evidenceShape } from "./text/evidence.ts";
import { renderMarkdown } from "./text/render-markdown.ts";

/** A report from a title and sections whose content is any JSON: text, lists, tables of objects, named values. */
export const compileReport = defineTool({
  name: "compile_report",
  version: "1",
  description:
    "Writes results of other steps as one Markdown report with a title and sections. Texts become paragraphs, lists bullets, lists of objects tables.",
  inputSchema: z.object({
    title: z.string().describe("Title of the report."),
    sections: z
      .array(
        z.object({
          title: z.string().describe("Heading of the section."),
          content: z.json().describe("Any JSON: text, list, object; it is laid out readably."),
        }),
      )
      .describe("Sections in order."),
  }),
  outputSchema: z.object({
    markdown: z.string().describe("The report."),
    ...evidenceShape(["template"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "report",
      "write a report",
      "compile",
      "compile a report",
      "put it together",
      "write it up",
      "briefing",
      "one document",
      "as markdown",
      "combine the results",
      "prepare a report",
      "dossier",
    ],
    inputs: { sections: "results" },
    answer: "markdown",
  },
  execute({ title, sections }) {
    const parts = sections.map((section) => `## ${heading(section.title)}\n\n${renderMarkdown(section.content)}`);
    const markdown = `${[`# ${heading(title)}`, ...parts].join("\n\n")}\n`;
    return { markdown, method: "template" as const, confidence: 1 };
  },
});

function heading(title: string): string {
  return escapeInline(title) || "Untitled";
}
