/** Model-backed tool `extract`: data of a given shape out of a text. Owns: its schemas. At most two calls. */
import { z } from "zod";
import { objectSchema } from "../../src/plan/schema-compose.ts";
import { isJsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import { givenSchemaCheck } from "../../src/tool/given-schema-check.ts";
import { findingsToIssues } from "../../src/tool/schema-finding.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { constantOf } from "../constant-of.ts";
import { evidenceShape } from "../text/evidence.ts";
import { refuseSchema } from "./given-schema.ts";
import { literalShare } from "./grounding.ts";
import { CALL_MS, oneCallText } from "./limits.ts";
import { createAsk, type ModelToolParts, type Question, reserveQuestions } from "./model-call.ts";
import { readJsonAnswer } from "./read-json-answer.ts";
import { askUntilUsable, longestRepair, type ReadAnswer } from "./repaired-answer.ts";

const MAX_OUTPUT_TOKENS = 8_192;

const inputSchema = z
  .object({
    text: oneCallText("The text to take it from."),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema of what is wanted, with descriptions."),
  })
  .superRefine(({ schema }, context) => {
    const refused = refuseSchema(schema as JsonSchema);
    if (refused === null) return;
    const params = { hint: refused.hint };
    context.addIssue({ code: "custom", path: ["schema"], message: refused.problem, params });
  });

type Input = z.output<typeof inputSchema>;

/** Throws PROMPT_NOT_FOUND. */
export function createExtractTool(parts: ModelToolParts): Tool {
  const prompt = parts.prompts.get("extract");
  const repair = parts.prompts.get("answer-repair");
  const questionOf = ({ text, schema }: Input): Question => ({
    prompt,
    values: { schema: JSON.stringify(schema), text },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return defineTool({
    name: "extract",
    version: "1",
    description:
      "Takes from a text the data that a JSON Schema asks for, with a language model. For names, dates or amounts alone the extract_ tools cost nothing.",
    inputSchema,
    outputSchema: z.object({
      value: z.unknown().describe("What the schema asks for; it satisfies the schema."),
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
      const read = (answer: string) => readValue(answer, input.schema as JsonSchema);
      const question = questionOf(input);
      const ask = createAsk(parts, context);
      const { value, isFirst } = await askUntilUsable(ask, { tool: "extract", question, repair, read });
      const method = isFirst ? ("model" as const) : ("model-repaired" as const);
      return { value, method, confidence: literalShare(value, input.text) };
    },
  });
}

function readValue(answer: string, schema: JsonSchema): ReadAnswer<JsonValue> {
  const read = readJsonAnswer(answer);
  if (!read.ok) return read;
  const examined = givenSchemaCheck(schema)(read.value);
  if (examined.ok) return read;
  return { ok: false, issues: findingsToIssues(examined.findings, { tool: "extract", side: "output" }) };
}

/** The schema that the plan states is the value's type; one with references is not followed. */
function inferOutput({ schema }: Record<string, JsonSchema>): JsonSchema {
  const stated = constantOf(schema);
  const isPlain = isJsonObject(stated) && !JSON.stringify(stated).includes('"$ref"');
  return objectSchema([
    ["value", isPlain ? stated : {}],
    ["method", { type: "string", enum: ["model", "model-repaired"] }],
    ["confidence", { type: "number", minimum: 0, maximum: 1 }],
  ]);
}
