/**
 * Built-in tool `outline`: the structure of a text as a list of headings. Owns: its schemas, and the order of methods.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { findMarkdownHeadings, findPlainHeadings, type Heading } from "./text/headings.ts";
import { findLeads } from "./text/leads.ts";

interface Item {
  level: number;
  title: string;
}

/** More headings are a list, not an outline; the confidence then tells which share of them is there. */
const MOST_HEADINGS = 1_000;

/** Headings of Markdown or plain text, the first 1,000; without any, the opening words of the paragraphs. */
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
      .describe("Headings in document order, the first 1,000."),
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
    if (markdown.length > 0) return { ...firstOf(markdown, 1), method: "markdown-headings" as const };
    const plain = findPlainHeadings(text);
    if (plain.length > 1) return { ...firstOf(plain, 0.7), method: "plain-headings" as const };
    const leads = findLeads(text);
    if (leads.length === 0) return { items: [], method: "none" as const, confidence: 0 };
    return { items: leads.map((title) => ({ level: 1, title })), method: "paragraph-leads" as const, confidence: 0.3 };
  },
});

function firstOf(headings: readonly Heading[], confidence: number): { items: Item[]; confidence: number } {
  const items = headings.slice(0, MOST_HEADINGS).map(item);
  return { items, confidence: Math.max(0.01, roundScore((confidence * items.length) / headings.length)) };
}

function item({ level, title }: Item): Item {
  return { level, title };
}
