/** The tools of a model, to plan and check with. Owns: that looking at them asks nobody. */
import { createModelTools } from "../../../tools/model-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { ModelCaller } from "../../model/model.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import type { Tool } from "../../tool/tool.ts";

/** Calling one fails. */
export function unaskedModelTools(): Tool[] {
  return createModelTools({ caller: UNASKED, prompts: loadPrompts(), render: renderPrompt });
}

/** Tools are looked at here, never called. */
const UNASKED: ModelCaller = {
  model: {
    ...{ name: "none", provider: "scripted", price: null, maxOutputTokens: 1, formats: ["text"] },
    generate: () => Promise.reject(new PlanwrightError("INTERNAL", "Scoring asks no model.")),
  },
  call: () => Promise.reject(new PlanwrightError("INTERNAL", "Scoring asks no model.")),
};
