/** Model-backed tool `generate`: writes a text to an instruction. Owns: its schemas. One call. */
import { z } from "zod";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { evidenceShape } from "../text/evidence.ts";
import { groundingOf } from "./grounding.ts";
import { CALL_MS, oneCallText } from "./limits.ts";
import { createAsk, type ModelToolParts, type Question, reserveQuestions } from "./model-call.ts";

const MAX_OUTPUT_TOKENS = 8_192;
const LONGEST_INSTRUCTION = 10_000;

/** Throws PROMPT_NOT_FOUND. */
export function createGenerateTool(parts: ModelToolParts): Tool {
  const prompt = parts.prompts.get("generate");
  const questionOf = ({ instruction, text = "" }: { instruction: string; text?: string | undefined }): Question => ({
    prompt,
    values: { instruction, text },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return defineTool({
    name: "generate",
    version: "1",
    description:
      "Writes a text to an instruction with a language model: drafts, rewrites, translations, explanations. Material in `text` is used as a source. Where another tool does the job, prefer that.",
    inputSchema: z.object({
      instruction: z.string().min(1).max(LONGEST_INSTRUCTION).describe("What to write, for whom, how long."),
      text: oneCallText("Material to write from; none by default.").optional(),
    }),
    outputSchema: z.object({
      text: z.string().describe("The text."),
      ...evidenceShape(["model"]),
    }),
    effect: "read",
    idempotency: "pure",
    derive: "inputs",
    uses: ["model"],
    timeoutMs: CALL_MS,
    reserve: (input, left) => reserveQuestions(parts, { sure: [questionOf(input)] }, left),
    async execute(input, context) {
      const text = (await createAsk(parts, context)(questionOf(input))).trim();
      const confidence = groundingOf(text, `${input.instruction}\n${input.text ?? ""}`);
      return { text, method: "model" as const, confidence };
    },
  });
}
