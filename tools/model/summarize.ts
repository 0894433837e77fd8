/**
 * Model-backed tool `summarize`: inputs and output of the offline one, in the model's own words. Owns: its schemas and
 * bounds: a text of up to 48,000 characters is one call; a longer one is summed up in parts of 24,000, at most 16 of
 * them, four at a time, and the summaries once more: 17 calls at most. Of a text over 384,000 characters 16 parts,
 * evenly spread, stand for the whole; `method` then says `model-sampled`.
 */
import { z } from "zod";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";
import { summarize as offline } from "../summarize.ts";
import { evidenceShape, roundScore } from "../text/evidence.ts";
import { splitSentences } from "../text/sentences.ts";
import { groundingOf } from "./grounding.ts";
import { inLanes } from "./in-lanes.ts";
import { CALL_MS, ONE_CALL_CHARS } from "./limits.ts";
import { type Ask, createAsk, type ModelToolParts, type Question, reserveQuestions } from "./model-call.ts";
import { splitText, spreadParts } from "./split-text.ts";

const DEFAULT_SENTENCES = 5;
const PART_CHARS = 24_000;
const MOST_PARTS = 16;
const LANES = 4;
/** Sentences and bytes of UTF-8 that a part may take in the second round. */
const PART_SENTENCES = 8;
const PART_SUMMARY_BYTES = 2_500;
const PART_OUTPUT_TOKENS = 1_024;
const WHOLE_OUTPUT_TOKENS = 4_096;

/** Parts, and the whole after them. */
const LONGEST_MS = (MOST_PARTS / LANES + 1) * CALL_MS;

/** Throws PROMPT_NOT_FOUND. */
export function createSummarizeTool(parts: ModelToolParts): Tool {
  const questions = questionsOf(parts);
  return defineTool({
    name: "summarize",
    version: "1",
    description:
      "Summarizes a text in a few sentences with a language model, in the text's language. Use it for a summary, the gist or the main points.",
    inputSchema: z.object({
      text: z.string().describe("The text to summarize."),
      sentences: z
        .int()
        .min(1)
        .max(100)
        .default(DEFAULT_SENTENCES)
        .describe("How many sentences at most; 5 by default."),
    }),
    outputSchema: z.object({
      text: z.string().describe("The summary as one text."),
      sentences: z.array(z.string()).describe("Its sentences."),
      ...evidenceShape(["model", "model-parts", "model-sampled", "none"]),
    }),
    effect: "read",
    idempotency: "pure",
    derive: "inputs",
    uses: ["model"],
    timeoutMs: LONGEST_MS,
    planning: offline.planning,
    reserve({ text, sentences }, left) {
      if (text.trim() === "") return { tokens: 0, costUsd: 0 };
      const { chosen } = cut(text);
      if (chosen.length === 1) return reserveQuestions(parts, { sure: [questions.whole(text, sentences)] }, left);
      const longest = "x".repeat(chosen.length * (PART_SUMMARY_BYTES + 2));
      const sure = [...chosen.map(questions.part), questions.whole(longest, sentences)];
      return reserveQuestions(parts, { sure }, left);
    },
    async execute({ text, sentences }, context) {
      if (text.trim() === "") return { text: "", sentences: [], method: "none" as const, confidence: 0 };
      const { chosen, all } = cut(text);
      const ask = createAsk(parts, context, chosen.length === 1 ? 1 : chosen.length + 1);
      const material = chosen.length === 1 ? text : await sumUpParts({ chosen, ask, context }, questions.part);
      const summary = sentencesOf(await ask(questions.whole(material, sentences))).slice(0, sentences);
      const whole = summary.join(" ");
      const confidence = roundScore(groundingOf(whole, chosen.join("")) * (chosen.length / all));
      return { text: whole, sentences: summary, method: methodOf(chosen.length, all), confidence };
    },
  });
}

function methodOf(read: number, all: number): "model" | "model-parts" | "model-sampled" {
  if (all === 1) return "model";
  return read === all ? "model-parts" : "model-sampled";
}

function questionsOf({ prompts }: ModelToolParts) {
  const [part, whole] = [prompts.get("summarize-part"), prompts.get("summarize-whole")];
  return {
    part: (text: string): Question => ({
      prompt: part,
      values: { text, sentences: String(PART_SENTENCES) },
      maxOutputTokens: PART_OUTPUT_TOKENS,
    }),
    whole: (text: string, sentences: number): Question => ({
      prompt: whole,
      values: { text, sentences: String(sentences) },
      maxOutputTokens: WHOLE_OUTPUT_TOKENS,
    }),
  };
}

/** The parts to read, and how many there are at all. */
function cut(text: string): { chosen: string[]; all: number } {
  if (text.length <= ONE_CALL_CHARS) return { chosen: [text], all: 1 };
  const all = splitText(text, PART_CHARS);
  return { chosen: spreadParts(all, MOST_PARTS), all: all.length };
}

async function sumUpParts(
  { chosen, ask, context }: { chosen: readonly string[]; ask: Ask; context: ToolContext },
  question: (text: string) => Question,
): Promise<string> {
  const { signal } = context;
  const summaries = await inLanes(chosen, { lanes: LANES, signal }, (part, either) =>
    ask(question(part), { signal: either }),
  );
  return summaries.map((summary) => cutToBytes(summary.trim(), PART_SUMMARY_BYTES)).join("\n\n");
}

/** What was reserved for the second round counts bytes. */
function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= most
    ? text
    : bytes
        .subarray(0, most)
        .toString()
        .replace(/\uFFFD+$/, "");
}

/** Running text and list items; an answer of neither is one sentence. */
function sentencesOf(answer: string): string[] {
  const tidy = (text: string): string => text.replace(/\s+/g, " ").trim();
  const sentences = splitSentences(answer).map(({ text }) => tidy(text));
  return sentences.length > 0 ? sentences : [tidy(answer)].filter((text) => text !== "");
}
