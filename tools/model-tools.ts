/**
 * The tools that ask a language model. Owns: the list. All of them read only, send data to the configured model alone
 * (SAFETY, security rule 3), and treat texts as data.
 */
import type { Tool } from "../src/tool/tool.ts";
import { createAnswerQuestionTool } from "./model/answer-question.ts";
import { createClassifyTool } from "./model/classify.ts";
import { createExtractTool } from "./model/extract.ts";
import { createGenerateTool } from "./model/generate.ts";
import type { ModelToolParts } from "./model/model-call.ts";
import { createSummarizeTool } from "./model/summarize.ts";

export type { ModelToolParts } from "./model/model-call.ts";

/**
 * `summarize` (takes the place of the offline one), `answer_question`, `extract`, `classify`, `generate`. Their output
 * is as trusted as what goes in. Throws PROMPT_NOT_FOUND where the library lacks one of their prompts.
 */
export function createModelTools(parts: ModelToolParts): Tool[] {
  return [
    createSummarizeTool(parts),
    createAnswerQuestionTool(parts),
    createExtractTool(parts),
    createClassifyTool(parts),
    createGenerateTool(parts),
  ];
}
