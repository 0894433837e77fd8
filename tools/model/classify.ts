/** Model-backed tool `classify`: the one label that fits a text. Owns: its schemas, and reading the label. At most two calls. */
import { z } from "zod";
import { objectSchema } from "../../src/plan/schema-compose.ts";
import { didYouMean } from "../../src/shared/did-you-mean.ts";
import type { JsonSchema } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { constantOf } from "../constant-of.ts";
import { evidenceShape } from "../text/evidence.ts";
import { CALL_MS, oneCallText } from "./limits.ts";
import { createAsk, type ModelToolParts, type Question, reserveQuestions } from "./model-call.ts";
import { answerIssue, askUntilUsable, longestRepair, type ReadAnswer } from "./repaired-answer.ts";

const MAX_OUTPUT_TOKENS = 1_024;
const MOST_LABELS = 100;

const inputSchema = z
  .object({
    text: oneCallText("The text to classify."),
    labels: z.array(z.string().trim().min(1).max(200)).min(1).max(MOST_LABELS).describe("The labels to choose from."),
  })
  .superRefine(({ labels }, context) => {
    const twice = labels.findIndex((label, place) => labels.findIndex((one) => isSame(one, label)) < place);
    if (twice < 0) return;
    const params = { hint: "Give each label once." };
    context.addIssue({ code: "custom", path: ["labels", twice], message: `'${labels[twice]}' is there twice`, params });
  });

/** Throws PROMPT_NOT_FOUND. */
export function createClassifyTool(parts: ModelToolParts): Tool {
  const prompt = parts.prompts.get("classify");
  const repair = parts.prompts.get("answer-repair");
  const questionOf = ({ text, labels }: { text: string; labels: string[] }): Question => ({
    prompt,
    values: { labels: labels.map((label) => `- ${label.replace(/\s+/g, " ")}`).join("\n"), text },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return defineTool({
    name: "classify",
    version: "1",
    description: "Chooses the one of the given labels that fits a text best, with a language model.",
    inputSchema,
    outputSchema: z.object({
      label: z.string().describe("One of the given labels, exactly as given."),
      ...evidenceShape(["model", "model-repaired"]),
    }),
    effect: "read",
    idempotency: "pure",
    derive: "inputs",
    uses: ["model"],
    timeoutMs: 2 * CALL_MS,
    inferOutput,
    reserve(input, left) {
      const question = questionOf(input);
      return reserveQuestions(parts, { sure: [question], perhaps: [longestRepair(question, repair)] }, left);
    },
    async execute(input, context) {
      const read = (answer: string): ReadAnswer<string> => readLabel(answer, input.labels);
      const question = questionOf(input);
      const { value, isFirst } = await askUntilUsable(createAsk(parts, context), {
        tool: "classify",
        question,
        repair,
        read,
      });
      // One over the number of answers that it took; it does not say that the label is right.
      return isFirst
        ? { label: value, method: "model" as const, confidence: 1 }
        : { label: value, method: "model-repaired" as const, confidence: 0.5 };
    },
  });
}

/** Capitals, quotation marks, list marks and a full stop around it do no harm. */
function readLabel(answer: string, labels: readonly string[]): ReadAnswer<string> {
  const bare = bareLabel(answer);
  const found = labels.find((label) => label === answer.trim()) ?? labels.find((label) => isSame(label, bare));
  if (found !== undefined) return { ok: true, value: found };
  const near = didYouMean(bare.slice(0, 200), labels);
  const message = `'${bare.slice(0, 200)}' is none of the labels.${near === null ? "" : ` Did you mean '${near}'?`}`;
  return { ok: false, issues: [answerIssue(message, `Answer with one of: ${labels.join(", ")}.`)] };
}

function bareLabel(answer: string): string {
  return answer
    .trim()
    .slice(0, 400)
    .replace(/\s+/g, " ")
    .replace(/^[-*•"'“‘` ]+|["'”’`. ]+$/g, "");
}

function isSame(left: string, right: string): boolean {
  return bareLabel(left).toLowerCase() === bareLabel(right).toLowerCase();
}

/** The label is one of those that the plan states, where it states them. */
function inferOutput({ labels }: Record<string, JsonSchema>): JsonSchema {
  const stated = constantOf(labels);
  const isStated = Array.isArray(stated) && stated.every((label) => typeof label === "string");
  return objectSchema([
    ["label", isStated ? { type: "string", enum: stated } : { type: "string" }],
    ["method", { type: "string", enum: ["model", "model-repaired"] }],
    ["confidence", { type: "number", minimum: 0, maximum: 1 }],
  ]);
}
