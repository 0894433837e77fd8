/**
 * Model-backed tool `answer_question`: an answer with the passages that show it. Owns: its schemas, and that every
 * passage stands in the text. At most two calls; of a text over 48,000 characters the model sees the passages that
 * match the question best.
 */
import { z } from "zod";
import { isJsonObject } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { evidenceShape, roundScore } from "../text/evidence.ts";
import { choosePassages } from "./choose-passages.ts";
import { type FoundQuote, quoteFinder } from "./find-quote.ts";
import { CALL_MS, ONE_CALL_CHARS } from "./limits.ts";
import { createAsk, type ModelToolParts, type Question, reserveQuestions } from "./model-call.ts";
import { readJsonAnswer } from "./read-json-answer.ts";
import { answerIssue, askUntilUsable, longestRepair, type ReadAnswer } from "./repaired-answer.ts";

const MAX_OUTPUT_TOKENS = 2_048;
const MOST_QUOTES = 10;
const LONGEST_QUESTION = 2_000;

interface Given {
  text: string;
  question: string;
}

const outputSchema = z.object({
  answer: z.string().nullable().describe("The answer; null if the text doesn't tell."),
  evidence: z
    .array(
      z.object({
        text: z.string().describe("A passage, exactly as it stands in the text."),
        offset: z.int().min(0).describe("Where it starts, in UTF-16 code units."),
      }),
    )
    .describe("Passages that show the answer."),
  ...evidenceShape(["model", "model-passages", "none"]),
});

/** Throws PROMPT_NOT_FOUND. */
export function createAnswerQuestionTool(parts: ModelToolParts): Tool {
  const prompt = parts.prompts.get("answer-question");
  const repair = parts.prompts.get("answer-repair");
  const questionOf = (values: Given): Question => ({
    ...{ prompt, maxOutputTokens: MAX_OUTPUT_TOKENS },
    values: { ...values },
  });
  return defineTool({
    name: "answer_question",
    version: "1",
    description:
      "Answers a question from a text alone, with a language model, and gives the passages that show it. The answer is null where the text doesn't tell, or where no passage for it stands in the text.",
    inputSchema: z.object({
      text: z.string().describe("The text to answer from."),
      question: z.string().trim().min(1).max(LONGEST_QUESTION).describe("The question."),
    }),
    outputSchema,
    effect: "read",
    idempotency: "pure",
    derive: "inputs",
    uses: ["model"],
    timeoutMs: 2 * CALL_MS,
    planning: {
      intents: ["answer the question", "answer this question"],
      inputs: { question: "quote" },
      answer: "answer",
    },
    reserve(input, left) {
      const question = questionOf({ ...input, text: standIn(input.text) });
      return reserveQuestions(parts, { sure: [question], perhaps: [longestRepair(question, repair)] }, left);
    },
    async execute({ text, question }, context) {
      if (text.trim() === "") return { answer: null, evidence: [], method: "none" as const, confidence: 0 };
      const { signal } = context;
      const shown = await choosePassages(text, { question, mostChars: ONE_CALL_CHARS, signal });
      const wanted = {
        tool: "answer_question",
        question: questionOf({ text: shown, question }),
        repair,
        read: readAnswer,
      };
      const { value } = await askUntilUsable(createAsk(parts, context), wanted);
      const { answer, evidence, confidence } = verified(value, { text, shown });
      if (answer === null) return { answer, evidence, method: "none" as const, confidence: 0 };
      return {
        answer,
        evidence,
        method: shown === text ? ("model" as const) : ("model-passages" as const),
        confidence,
      };
    },
  });
}

/** For reserving: as long in bytes as what will be shown may be. */
function standIn(text: string): string {
  if (text.length <= ONE_CALL_CHARS) return text;
  const furtherBytes = Buffer.byteLength(text) - text.length;
  return "x".repeat(ONE_CALL_CHARS + Math.min(furtherBytes, 2 * ONE_CALL_CHARS));
}

interface GivenAnswer {
  answer: string | null;
  quotes: string[];
}

const HOW = 'Answer with one JSON object: {"answer": text or null, "evidence": [texts]}.';

function readAnswer(text: string): ReadAnswer<GivenAnswer> {
  const read = readJsonAnswer(text);
  if (!read.ok) return read;
  const { answer = null, evidence = [] } = isJsonObject(read.value) ? read.value : { answer: 0 };
  const isText = answer === null || typeof answer === "string";
  if (!isText) return { ok: false, issues: [answerIssue("'answer' must be a text or null.", HOW)] };
  const quotes = (Array.isArray(evidence) ? evidence : [evidence]).filter((quote) => typeof quote === "string");
  return { ok: true, value: { answer: answer?.trim() || null, quotes } };
}

/** Confidence: the share of the quotes that stand in the text. Without any there is no answer. */
function verified({ answer, quotes }: GivenAnswer, source: { text: string; shown: string }) {
  const given = [...new Set(quotes)].slice(0, MOST_QUOTES);
  const find = quoteFinder(source);
  const evidence: FoundQuote[] = [];
  for (const found of answer === null ? [] : given.map(find)) {
    if (found !== null && !evidence.some(({ offset }) => offset === found.offset)) evidence.push(found);
  }
  if (evidence.length === 0) return { answer: null, evidence, confidence: 0 };
  return { answer, evidence, confidence: roundScore(evidence.length / given.length) };
}
