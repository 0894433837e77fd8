/**
 * Built-in tool `outline`: the structure of a text as a list of headings. Owns: its schemas, and the order of methods.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findMarkdownHeadings, findPlainHeadings } from "./text/headings.ts";
import { findLeads } from "./text/leads.ts";

/** Headings of Markdown or plain text; without any, the opening words of the paragraphs. */
export const outline = defineTool({
  name: "outline",
  version: "1",
  description:
    "Lists the headings of a text with their levels: its outline, structure or table of contents. Where there are no headings, the opening words of its parts.",
  inputSchema: z.object({ text: z.string().describe("The text whose structure is wanted.") }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          level: z.int().min(1).max(6).describe("1 for the highest heading."),
          title: z.string().describe("Words of the heading."),
        }),
      )
      .describe("Headings in document order."),
    ...evidenceShape(["markdown-headings", "plain-headings", "paragraph-leads", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "outline",
      "structure",
      "table of contents",
      "headings",
      "sections",
      "chapters",
      "contents",
      "how it is organised",
      "how it is structured",
      "list the sections",
      "skeleton",
    ],
    answer: "items",
  },
  execute({ text }) {
    const markdown = findMarkdownHeadings(text);
    if (markdown.length > 0) return { items: markdown.map(item), method: "markdown-headings" as const, confidence: 1 };
    const plain = findPlainHeadings(text);
    if (plain.length > 1) return { items: plain.map(item), method: "plain-headings" as const, confidence: 0.7 };
    const leads = findLeads(text);
    if (leads.length === 0) return { items: [], method: "none" as const, confidence: 0 };
    return { items: leads.map((title) => ({ level: 1, title })), method: "paragraph-leads" as const, confidence: 0.3 };
  },
});

function item({ level, title }: { level: number; title: string }): { level: number; title: string } {
  return { level, title };
}
