/**
 * Built-in tool `answer_question`, without a model: the sentence that answers best, word for word. Owns: its schemas
 * and hints. Must not: write an answer of its own; where no sentence fits the question, the answer is null.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { chooseAnswer } from "./text/choose-answer.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { splitPassages } from "./text/passages.ts";
import { rankPassages } from "./text/rank-passages.ts";

const PASSAGES = 5;
const EVIDENCE = 3;

/** Passages by full-text search, then the sentence of them that has the question's words and the kind of thing it asks for. */
export const answerQuestion = defineTool({
  name: "answer_question",
  version: "1",
  description:
    "Answers a question from a text with the sentence that fits best, word for word, and the passages it was found in. The answer is null where no sentence fits.",
  inputSchema: z.object({
    text: z.string().describe("The text to answer from."),
    question: z.string().trim().min(1).max(2_000).describe("The question."),
  }),
  outputSchema: z.object({
    answer: z.string().nullable().describe("The sentence that answers; null if none does."),
    evidence: z
      .array(
        z.object({
          text: z.string().describe("A passage, exactly as it stands in the text."),
          offset: z.int().min(0).describe("Where it starts, in UTF-16 code units."),
        }),
      )
      .describe("Passages that show the answer, the one with the answer first."),
    ...evidenceShape(["best-sentence", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "answer the question",
      "answer this question",
      "answer my question",
      "answer questions",
      "question and answer",
      "give an answer to the question",
      "find the answer to the question",
      "what is the answer to the question",
    ],
    inputs: { question: "quote" },
    answer: "answer",
  },
  async execute({ text, question }, { signal }) {
    signal.throwIfAborted();
    const ranked = await rankPassages(splitPassages(text), { query: question, max: PASSAGES, signal });
    const chosen = chooseAnswer(ranked, question);
    if (chosen === null) return { answer: null, evidence: [], method: "none" as const, confidence: 0 };
    const others = ranked.filter((passage) => passage !== chosen.passage);
    const evidence = [chosen.passage, ...others]
      .slice(0, EVIDENCE)
      .map(({ text: quote, offset }) => ({ text: quote, offset }));
    return {
      answer: chosen.sentence.replace(/\s+/g, " "),
      evidence,
      method: "best-sentence" as const,
      confidence: roundScore(chosen.score * 0.8),
    };
  },
});
