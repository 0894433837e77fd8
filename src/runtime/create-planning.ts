/**
 * Who plans, and the tools that ask the same model. Owns: what a runtime's options about models come to.
 * Must not: call a model.
 */
import { createModelPlanner } from "../../planners/model-planner.ts";
import { createRulePlanner } from "../../planners/rule-planner.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { createModelJudge } from "../../tools/model/judge-success.ts";
import { createModelTools } from "../../tools/model-tools.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import { createModelCaller } from "../model/call-model.ts";
import type { Model, ModelCaller } from "../model/model.ts";
import { type Environment, openProviderModel } from "../model/open-model.ts";
import type { Judge } from "../planner/judge.ts";
import type { Planner } from "../planner/planner.ts";
import { loadPrompts } from "../prompt/load-prompts.ts";
import type { PromptLibrary } from "../prompt/prompt.ts";
import { pinPrompts } from "../prompt/prompt-library.ts";
import { renderPrompt } from "../prompt/render-prompt.ts";
import type { Clock } from "../shared/clock.ts";
import type { Random } from "../shared/random.ts";
import type { Tool } from "../tool/tool.ts";
import { withStandIn } from "./stand-in-tool.ts";

/** How a runtime plans. */
export interface PlanningOptions {
  /** Who plans; by default the model, where there is one, else the rule planner. */
  planner?: Planner;
  /**
   * The model that plans, and that `generate`, `extract`, `classify`, `summarize` and `answer_question` ask:
   * `anthropic:NAME`, `openai:NAME`, `compatible:NAME@URL` (keys come from the environment), or what `openModel` gives.
   */
  model?: string | Model;
  /**
   * Who stands in, for one more try of a decision, where the planner has no answer (the model is down) or only answers
   * with errors: another planner, or `rule`; none by default: the run fails then.
   */
  fallback?: Planner | "rule";
  /** Prompts to look names up in; the shipped ones by default. `loadPrompts` overlays a folder. */
  prompts?: PromptLibrary;
  /** Versions to use of planners' and tools' prompts, such as `["planning@2"]`; the highest by default. */
  prompt?: readonly string[];
  /** How much of untrusted content a model planner sees; `preview` by default. `shape`: none, and plans stay trusted. */
  visibility?: "preview" | "shape";
}

export interface Planning {
  planner: Planner;
  fallback: Planner | null;
  /** Null without a model. */
  judge: Judge | null;
  /** The model-backed tools; none without a model. */
  tools: Tool[];
}

export interface PlanningParts {
  clock: Clock;
  random: Random;
  /** Where the keys of models are. */
  env: Environment;
}

/** Throws CONFIG_INVALID (a model that can't be opened), PROMPT_NOT_FOUND. */
export function createPlanning(options: PlanningOptions, parts: PlanningParts): Planning {
  const fallback = options.fallback === "rule" ? createRulePlanner() : (options.fallback ?? null);
  const model = checkedModel(options.model);
  const prompts = options.prompt === undefined && model === undefined ? null : promptsOf(options);
  if (model === undefined || prompts === null) {
    return { planner: options.planner ?? createRulePlanner(), fallback, judge: null, tools: [] };
  }
  const caller = createModelCaller(
    typeof model === "string" ? openProviderModel(model, { env: parts.env }) : model,
    parts,
  );
  const planner = options.planner ?? planWith(caller, prompts, options.visibility);
  const tools = createModelTools({ caller, prompts, render: renderPrompt });
  const judge = createModelJudge({ caller, prompts });
  return { planner, fallback, judge, tools: fallback === null ? tools : tools.map(canDoWithout) };
}

/** The word `offline` stands for no model, as on the command line. */
function checkedModel(model: unknown): string | Model | undefined {
  if (model === undefined || model === "offline") return undefined;
  if (typeof model === "string" || isModel(model)) return model;
  throw new PlanwrightError("CONFIG_INVALID", "The runtime's 'model' is no model.", {
    hint: "Pass a word such as compatible:NAME@URL, or what openModel resolves with.",
  });
}

function isModel(value: unknown): value is Model {
  return typeof value === "object" && value !== null && "generate" in value && typeof value.generate === "function";
}

/** Also without a model a prompt that is asked for by name has to be there. */
function promptsOf({ prompts, prompt = [] }: PlanningOptions): PromptLibrary {
  return pinPrompts(prompts ?? loadPrompts(), prompt);
}

/** Where rules may plan for a model that is down, tools without a model may work for it. */
function canDoWithout(tool: Tool): Tool {
  const offline = builtInTools.find(({ name }) => name === tool.name);
  return offline === undefined ? tool : withStandIn(tool, offline);
}

function planWith(caller: ModelCaller, prompts: PromptLibrary, visibility: PlanningOptions["visibility"]): Planner {
  return createModelPlanner({
    caller,
    prompts,
    ...(visibility === undefined ? {} : { visibility }),
  });
}
