/** Built-in tool `measure_readability`: how hard a text is to read. Owns: its schemas, and which formula fits. */
import { z } from "zod";
import { guessByTrigrams } from "../src/goal/detect-language.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { countReading, fleschKincaidGrade, lixGrade } from "./text/reading-grade.ts";

/** Fewer words say little. */
const LEAST_WORDS = 100;

/** Flesch-Kincaid for English (Kincaid et al. 1975), LIX for other languages (Björnsson 1968; grades: Anderson 1983). */
export const measureReadability = defineTool({
  name: "measure_readability",
  version: "1",
  description:
    "Measures how hard a text is to read: the school grade (years of schooling) that reading it takes, with its words and sentences.",
  inputSchema: z.object({ text: z.string().describe("The text to measure.") }),
  outputSchema: z.object({
    grade: z.number().describe("US school grade, 0 and up; 12 and more is hard. 0 for a text without words."),
    words: z.int().min(0).describe("Words of its sentences."),
    sentences: z.int().min(0).describe("Sentences; headings and tables are none."),
    ...evidenceShape(["flesch-kincaid", "lix", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "readability",
      "how readable",
      "how readable is it",
      "measure the readability",
      "reading level",
      "reading grade",
      "how hard is it to read",
      "how difficult is it to read",
      "how easy is it to read",
      "reading difficulty",
    ],
  },
  async execute({ text }, { signal }) {
    const counts = await countReading(text, signal);
    const { words, sentences } = counts;
    if (words === 0) return { grade: 0, words, sentences, method: "none" as const, confidence: 0 };
    const isEnglish = (await guessByTrigrams(text))?.code === "en";
    const grade = isEnglish ? fleschKincaidGrade(counts) : lixGrade(counts);
    const method = isEnglish ? ("flesch-kincaid" as const) : ("lix" as const);
    const confidence = roundScore((isEnglish ? 0.8 : 0.5) * Math.min(1, words / LEAST_WORDS));
    return { grade: Math.max(0, Math.round(grade * 10) / 10), words, sentences, method, confidence };
  },
});
