/**
 * Built-in tool `search_document`: passages about something. Owns: its schemas and hints.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { splitPassages } from "./text/passages.ts";
import { rankPassages } from "./text/rank-passages.ts";

const DEFAULT_PASSAGES = 5;

/** Full-text search within one text: BM25+ over passages of up to three sentences, word stems, forgiving of typing errors. */
export const searchDocument = defineTool({
  name: "search_document",
  version: "1",
  description:
    "Finds the passages of a text that are about a query, the best first, each exactly as it stands in the text, with its place.",
  inputSchema: z.object({
    text: z.string().describe("The text to search."),
    query: z.string().describe("Words that the passages should be about."),
    max: z.int().min(1).max(100).default(DEFAULT_PASSAGES).describe("How many passages at most; 5 by default."),
  }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          text: z.string().describe("The passage, exactly as it stands in the text."),
          score: z.number().min(0).max(1).describe("How well it matches, 0 to 1."),
          offset: z.int().min(0).describe("Where it starts, in UTF-16 code units."),
        }),
      )
      .describe("Passages, the best first."),
    ...evidenceShape(["full-text-index", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "search for",
      "search",
      "find passages about",
      "find",
      "look for",
      "look up",
      "passages about",
      "where does it mention",
      "where does it say",
      "mentions of",
      "what does it say about",
      "what it says about",
      "what is said about",
      "find everything about",
      "find anything about",
      "everything about",
      "anything about",
      "everything on",
      "tell me about",
      "does it mention",
      "does it say",
      "locate the passage",
      "pinpoint",
      "quote the part about",
      "find the part about",
      "relevant passages",
    ],
    inputs: { query: "subject", max: "number" },
    answer: "items",
  },
  async execute({ text, query, max }, { signal }) {
    const ranked = await rankPassages(splitPassages(text), { query, max, signal });
    const items = ranked.map((passage) => ({ ...passage, score: roundScore(passage.score) }));
    const method = items.length === 0 ? ("none" as const) : ("full-text-index" as const);
    return { items, method, confidence: items[0]?.score ?? 0 };
  },
});
