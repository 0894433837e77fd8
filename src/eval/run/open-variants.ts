/**
 * From the variants of a suite to planners that can be asked. Owns: each variant's content hash. Must not: ask anybody
 * yet.
 */
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { createRulePlanner } from "../../../planners/rule-planner.ts";
import { createModelTools } from "../../../tools/model-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Model, ModelCaller } from "../../model/model.ts";
import type { Planner } from "../../planner/planner.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { pinPrompts } from "../../prompt/prompt-library.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import { hashJson } from "../../shared/hash.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Tool } from "../../tool/tool.ts";
import type { Variant } from "../suite.ts";
import { isReplaying, type OpenSuiteModel } from "./open-suite-model.ts";

export interface VariantOptions {
  /** Prompts to look names up in. */
  library: PromptLibrary;
  openModel: OpenSuiteModel;
  /** Only recordings may answer. */
  isReplayOnly: boolean;
}

export interface OpenVariant {
  id: string;
  hash: string;
  /** What the hash is of, for reports. */
  facts: JsonObject;
  model: Model | null;
  /** Every answer comes from a recording. */
  isReplay: boolean;
  createPlanner(caller: ModelCaller | null): Planner;
  /** The tools that ask the variant's model; none without one. */
  createTools(caller: ModelCaller | null): Tool[];
}

/** Throws CONFIG_INVALID, PROMPT_NOT_FOUND. */
export async function openVariants(variants: readonly Variant[], options: VariantOptions): Promise<OpenVariant[]> {
  const open: OpenVariant[] = [];
  for (const variant of variants) open.push(await openVariant(variant, options));
  return open;
}

async function openVariant(variant: Variant, options: VariantOptions): Promise<OpenVariant> {
  const { id, parameters = {}, visibility, planner } = variant;
  const model = await options.openModel({ ...variant, who: `Variant '${id}'` });
  const library = pinPrompts(options.library, [variant.prompt ?? []].flat());
  const makePlanner = plannerFactory(variant, { model, library });
  const named = typeof planner === "function" ? nameOwn(planner(), { id, ...options }) : planner;
  const facts: JsonObject = {
    planner: named ?? (model === null ? "rule" : "model"),
    model: model?.name ?? null,
    prompts: model === null ? [] : promptFacts(library),
    parameters,
    visibility: visibility ?? "preview",
  };
  return {
    id,
    hash: hashJson(facts),
    facts,
    model,
    isReplay: model === null || isReplaying(model),
    createPlanner: makePlanner,
    createTools: (caller) =>
      caller === null ? [] : createModelTools({ caller, prompts: library, render: renderPrompt }),
  };
}

function plannerFactory(
  { id, planner, parameters = {}, visibility }: Variant,
  { model, library }: { model: Model | null; library: PromptLibrary },
): OpenVariant["createPlanner"] {
  if (typeof planner === "function") return () => planner();
  if (planner === "rule" || (planner === undefined && model === null)) return () => createRulePlanner();
  if (model === null) throw refuse(`Variant '${id}' plans with a model, but names none.`, "Give it a 'model'.");
  return (caller) => {
    if (caller === null) throw new PlanwrightError("INTERNAL", `Variant '${id}' has no caller.`);
    return createModelPlanner({ caller, prompts: library, parameters, ...(visibility && { visibility }) });
  };
}

/** Whether a planner of one's own asks anybody can't be seen; one that names a model says so. Throws CONFIG_INVALID. */
function nameOwn({ name, model }: Planner, { id, isReplayOnly }: { id: string; isReplayOnly: boolean }): string {
  if (!isReplayOnly || model == null || model === "scripted") return name;
  throw refuse(
    `Variant '${id}' plans with ${model}, but where CI is set only recordings are replayed.`,
    `Give the variant "planner": "model" and "model": "cassette:./${id}.jsonl" in place of the function.`,
  );
}

/** Those that plans are asked with, by content: what the file is called does not matter. */
function promptFacts(library: PromptLibrary): JsonObject[] {
  return ["planning", "replanning", "repair"].map((role) => {
    const { name, version, hash } = library.get(role);
    return { name, version, hash };
  });
}

function refuse(message: string, hint: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", message, { hint });
}
