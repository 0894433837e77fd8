/** Built-in tool `compare_documents`: what two versions of a text have in common. Owns: its schemas and hints. */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { compareSentences } from "./text/compare-sentences.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";

/** By sentences, headings and table rows; where a sentence stands doesn't matter. */
export const compareDocuments = defineTool({
  name: "compare_documents",
  version: "1",
  description:
    "Compares two texts, such as two versions of a document: how similar they are, and which sentences were added and removed.",
  inputSchema: z.object({
    before: z.string().describe("The first or older text."),
    after: z.string().describe("The second or newer text."),
  }),
  outputSchema: z.object({
    similarity: z.number().min(0).max(1).describe("Share of the words that both have, 1 for the same words."),
    added: z.array(z.string()).describe("Sentences that only the second text has, in its order."),
    removed: z.array(z.string()).describe("Sentences that only the first text has, in its order."),
    ...evidenceShape(["sentence-sets", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "compare",
      "compare the documents",
      "compare the two documents",
      "differences",
      "what has changed",
      "what changed",
      "difference between the documents",
      "how similar are they",
      "what was added and removed",
      "diff",
    ],
  },
  async execute({ before, after }, { signal }) {
    const { similarity, added, removed, isEmpty } = await compareSentences({ before, after, signal });
    if (isEmpty) return { similarity: 1, added, removed, method: "none" as const, confidence: 0 };
    return { similarity: roundScore(similarity), added, removed, method: "sentence-sets" as const, confidence: 0.9 };
  },
});
