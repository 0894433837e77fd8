import { defineTool } from "planwright";
import { z } from "zod";

export default defineTool({
  name: "count_words",
  description: "Counts the words of a text.",
  inputSchema: z.object({ text: z.string() }),
  outputSchema: z.object({ words: z.int() }),
  effect: "read", // read | write | external | irreversible
  idempotency: "pure", // pure | key | none
  planning: { intents: ["count the words", "word count", "how many words"], answer: "words" },
  execute: ({ text }) => ({ words: text.split(/\s+/).filter(Boolean).length }),
});
