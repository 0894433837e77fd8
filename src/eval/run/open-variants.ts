/**
 * From the variants of a suite to planners that can be asked. Owns: which model answers (a recording, a recording that
 * grows, or a provider), and each variant's content hash. Must not: ask anybody yet.
 */
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { createRulePlanner } from "../../../planners/rule-planner.ts";
import { createModelTools } from "../../../tools/model-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { type CassetteModel, openCassette } from "../../model/cassette-model.ts";
import type { Model, ModelCaller } from "../../model/model.ts";
import { type Environment, openModel } from "../../model/open-model.ts";
import type { Price } from "../../model/price.ts";
import type { Planner } from "../../planner/planner.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { pinPrompts } from "../../prompt/prompt-library.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import { hashJson } from "../../shared/hash.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Tool } from "../../tool/tool.ts";
import type { Variant } from "../suite.ts";

/** `replay`: only what is recorded; `record`: ask for what cassettes lack; `live`: cassettes replay, models are asked. */
export type ModelMode = "replay" | "record" | "live";

export interface OpeningOptions {
  mode: ModelMode;
  /** Folder that cassettes' paths start from. */
  folder: string;
  /** Prompts to look names up in. */
  library: PromptLibrary;
  env: Environment;
  prices?: Readonly<Record<string, Price>>;
  /** Model that is recorded where a variant names none with `recordWith`. */
  recordWith?: string;
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
export async function openVariants(variants: readonly Variant[], options: OpeningOptions): Promise<OpenVariant[]> {
  const recordings = new Map<string, CassetteModel>();
  const open: OpenVariant[] = [];
  for (const variant of variants) open.push(await openVariant(variant, options, recordings));
  return open;
}

async function openVariant(
  variant: Variant,
  options: OpeningOptions,
  recordings: Map<string, CassetteModel>,
): Promise<OpenVariant> {
  const { id, parameters = {}, visibility, planner } = variant;
  const model = await modelOf(variant, options, recordings);
  const library = pinPrompts(options.library, [variant.prompt ?? []].flat());
  const makePlanner = plannerFactory(variant, { model, library });
  const facts: JsonObject = {
    planner: typeof planner === "function" ? planner().name : (planner ?? (model === null ? "rule" : "model")),
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

/** Those that plans are asked with, by content: what the file is called does not matter. */
function promptFacts(library: PromptLibrary): JsonObject[] {
  return ["planning", "replanning", "repair"].map((role) => {
    const { name, version, hash } = library.get(role);
    return { name, version, hash };
  });
}

async function modelOf(
  { id, model, recordWith }: Variant,
  options: OpeningOptions,
  recordings: Map<string, CassetteModel>,
): Promise<Model | null> {
  const { mode, folder, env, prices } = options;
  if (model === undefined || model === "offline") return null;
  if (typeof model !== "string") return model;
  const given = { env, ...(prices && { prices }) };
  if (!model.startsWith("cassette:")) {
    if (mode !== "replay") return openModel(model, given);
    const hint = `Record it: "model": "cassette:./${id}.jsonl", "recordWith": "${model}", then --record.`;
    throw refuse(`Variant '${id}' asks ${model}, but where CI is set only recordings are replayed.`, hint);
  }
  if (mode !== "record") return openCassette(model, { folder });
  const known = recordings.get(model);
  if (known !== undefined) return known;
  const asked = recordWith ?? options.recordWith;
  if (asked === undefined) {
    throw refuse(`Nobody is named to record '${id}' from.`, `Give the variant a 'recordWith', or pass --model.`);
  }
  const secrets = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "PLANWRIGHT_API_KEY"].map((key) => env[key] ?? "");
  const inner = await openModel(asked, given);
  const recording = await openCassette(model, { folder, mode: "auto", inner, secrets });
  recordings.set(model, recording);
  return recording;
}

function isReplaying(model: Model): boolean {
  return model.provider === "scripted" || ("mode" in model && model.mode === "replay");
}

function refuse(message: string, hint: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", message, { hint });
}
