/**
 * What a model would be asked for a case: the messages, in the dialect that is plain JSON. Owns: catching the request
 * before it goes anywhere. Asks nobody.
 */
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { createModelTools } from "../../../tools/model-tools.ts";
import { createRuntime } from "../../create-runtime.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { DEFAULT_BUDGET } from "../../goal/run-request.ts";
import { createMemoryStore } from "../../journal/memory-store.ts";
import { type Model, ModelCallError, type ModelCaller, type ModelRequest } from "../../model/model.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { pinPrompts } from "../../prompt/prompt-library.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import { systemClock } from "../../shared/clock.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import type { Variant } from "../suite.ts";
import { toolsOfTrial } from "./trial-tools.ts";

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Whose prompts are asked for: the first variant that asks a model, else the first. */
export function exportedVariant({ variants }: Pick<LoadedSuite, "variants">): Variant | null {
  return variants.find(({ model, planner }) => model !== undefined || planner === "model") ?? variants[0] ?? null;
}

/** What a trial of the suite's exported variant asks first. Throws what looking up prompts and tools throws. */
export async function capturePrompt(
  suite: LoadedSuite,
  loaded: LoadedCase,
  prompts: PromptLibrary,
): Promise<ChatMessage[]> {
  const { prompt = [], visibility } = exportedVariant(suite) ?? {};
  const library = pinPrompts(prompts, [prompt].flat());
  let caught: ModelRequest | null = null;
  const caller: ModelCaller = {
    model: MODEL,
    call(request) {
      caught = request;
      return Promise.reject(
        new ModelCallError("MODEL_UNAVAILABLE", "Nobody is asked.", { usage: NO_USAGE, costUsd: 0 }),
      );
    },
  };
  const modelTools = createModelTools({ caller, prompts: library, render: renderPrompt });
  const { tools } = await toolsOfTrial({ suite, loaded, modelTools });
  const nowMs = Date.parse(suite.now);
  const runtime = createRuntime({
    store: createMemoryStore(),
    planner: createModelPlanner({ caller, prompts: library, ...(visibility && { visibility }) }),
    tools,
    builtInTools: false,
    clock: { ...systemClock, now: () => nowMs },
  });
  const { goal, params = {}, outputSchema } = loaded.evalCase;
  const request = {
    ...{ goal, params, documents: loaded.documents, ...(outputSchema && { output: outputSchema }) },
    budget: { ...DEFAULT_BUDGET, maxSeconds: suite.caseTimeoutSeconds },
  };
  await runtime.plan(request).catch(() => undefined); // It ends where the request was caught.
  await runtime.close();
  if (caught === null) throw new PlanwrightError("INTERNAL", `Case '${loaded.id}' led to no request.`);
  return messagesOf(caught);
}

const MODEL: Model = {
  ...{ name: "export", provider: "scripted", price: null, maxOutputTokens: 8_192, formats: ["text"] },
  generate: () => Promise.reject(new PlanwrightError("INTERNAL", "Nobody is asked.")),
};

function messagesOf({ system, messages }: ModelRequest): ChatMessage[] {
  const textOf = (parts: readonly { text: string }[]): string => parts.map(({ text }) => text).join("");
  const asked = messages.map(({ role, parts }) => ({ role, content: textOf(parts) }));
  return [{ role: "system", content: textOf(system) }, ...asked];
}
