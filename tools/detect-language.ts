/** Built-in tool `detect_language`: the language of a text. Owns: its schemas and hints. */
import { z } from "zod";
import { guessByTrigrams } from "../src/goal/detect-language.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";

/** By trigrams (franc), 187 languages; short texts are left undecided. */
export const detectLanguage = defineTool({
  name: "detect_language",
  version: "1",
  description:
    "Tells which language a text is in, as an ISO 639 code such as 'en' or 'de'; 'und' where it can't be told.",
  inputSchema: z.object({ text: z.string().describe("The text whose language is wanted.") }),
  outputSchema: z.object({
    code: z.string().describe("ISO 639-1 code, or 639-3 for languages without one; 'und' for undetermined."),
    ...evidenceShape(["trigrams", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "language",
      "what language is this",
      "which language is it in",
      "what language is it written in",
      "detect the language",
      "identify the language",
      "language of the text",
      "in which language",
    ],
    answer: "code",
  },
  async execute({ text }, { signal }) {
    const guess = await guessByTrigrams(text);
    signal.throwIfAborted();
    if (guess === null) return { code: "und", method: "none" as const, confidence: 0 };
    return {
      code: guess.code,
      method: "trigrams" as const,
      confidence: roundScore(0.5 + Math.min(0.49, guess.lead * 3)),
    };
  },
});
