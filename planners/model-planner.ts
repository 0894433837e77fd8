/**
 * The planner that asks a model. Owns: which prompts and dialect it asks in, and what becomes of the answer.
 * Must not: check the decision (the runtime does), retry (the caller does), or know a provider.
 */
import { chooseDialects } from "../src/dialect/choose-dialects.ts";
import { describeDialect } from "../src/dialect/describe-dialect.ts";
import { describeTools } from "../src/dialect/describe-tools.ts";
import type { Dialect } from "../src/dialect/dialect.ts";
import { reserve } from "../src/model/account.ts";
import type { AnswerFormat, ModelCallError, ModelCaller, ModelRequest, ProviderName } from "../src/model/model.ts";
import { isSchemaRejection } from "../src/model/schema-rejection.ts";
import type { Allowance } from "../src/model/usage.ts";
import type { Planner, PlanOptions, Proposal } from "../src/planner/planner.ts";
import type { PlanningRequest, ToolDescription } from "../src/planner/planning-request.ts";
import type { PromptLibrary } from "../src/prompt/prompt.ts";
import type { JsonSchema, JsonValue } from "../src/shared/json.ts";
import { askModel } from "./model/ask-model.ts";
import { createDialectChoice } from "./model/dialect-choice.ts";
import { findPlanningPrompts, type PlanningRole, promptOf } from "./model/planning-prompts.ts";
import { createPromptedRequest, type DialectTexts } from "./model/prompted-request.ts";

/** Output tokens that a decision may have: 50 steps take about 3,500, thinking aloud the rest. */
const MAX_OUTPUT_TOKENS = 8_192;

/** Dialects for a set of tools, and what prompts say about them (src/dialect). */
export interface DialectSource extends DialectTexts {
  chooseDialects(
    tools: readonly ToolDescription[],
    setting: {
      provider: ProviderName;
      /** What the server can do at all. */
      formats: readonly AnswerFormat["kind"][];
      /** What the run's output must satisfy, or null. */
      outputSchema?: JsonSchema | null;
    },
  ): { dialects: readonly Dialect[] };
}

const DIALECT_SOURCE: DialectSource = { chooseDialects, describeTools, describeDialect };

export interface ModelPlannerOptions {
  caller: ModelCaller;
  prompts: PromptLibrary;
  /** Those of `src/dialect` by default. */
  dialects?: DialectSource;
  /** Which prompts, as NAME or NAME@VERSION; by default the highest version of each role's own name. */
  promptReferences?: Partial<Record<PlanningRole, string>>;
  /** `preview` by default. Under `shape` the model sees no content, and its plans stay trusted (KERNEL 17). */
  visibility?: "preview" | "shape";
  /** 8,192 by default; never more than the model can do. */
  maxOutputTokens?: number;
  /** Parameters of the provider, such as `temperature`; none by default. */
  parameters?: Record<string, JsonValue>;
  /** Trial of an eval, from 1. */
  trial?: number;
  /** Whether an error says that the provider does not take the schema: then the next dialect is tried. */
  isSchemaRejection?: (error: ModelCallError) => boolean;
}

/**
 * A planner that asks a model, robustly called.
 *
 * Throws PROMPT_NOT_FOUND, and CONFIG_INVALID where a prompt can't play its role.
 *
 * @example
 * createModelPlanner({ caller: createModelCaller(model), prompts: loadPrompts() });
 */
export function createModelPlanner(options: ModelPlannerOptions): Planner {
  const { caller, dialects: source = DIALECT_SOURCE, visibility = "preview", parameters = {}, trial } = options;
  const { model } = caller;
  const prompts = findPlanningPrompts(options.prompts, options.promptReferences);
  const choice = createDialectChoice(model.name);
  const maxOutputTokens = Math.min(options.maxOutputTokens ?? MAX_OUTPUT_TOKENS, model.maxOutputTokens);
  const dialectsFor = rememberLast(({ tools, outputSchema }) => {
    const provider = model.rulesOf ?? model.provider;
    return source.chooseDialects(tools, { provider, formats: model.formats, outputSchema }).dialects;
  });
  const compose = (request: PlanningRequest, dialect: Dialect, previewScale = 1): ModelRequest => {
    return createPromptedRequest(request, {
      prompts,
      dialect,
      texts: source,
      maxOutputTokens,
      parameters,
      previewScale,
    });
  };
  return {
    name: "model",
    model: model.name,
    visibility,
    reserve(request, left): Allowance | null {
      const reserved = reserve(compose(request, choice.pick(dialectsFor(request))), model.price, left);
      return reserved === null ? null : { tokens: reserved.tokens, costUsd: reserved.costUsd };
    },
    async plan(request: PlanningRequest, planOptions: PlanOptions): Promise<Proposal> {
      const reply = await askModel({
        caller,
        dialects: dialectsFor(request),
        choice,
        compose: (dialect, previewScale) => compose(request, dialect, previewScale),
        isSchemaRejection: options.isSchemaRejection ?? isSchemaRejection,
        options: planOptions,
        trial,
      });
      const { value, usage, costUsd, dialect } = reply;
      const { decision, issues } = dialect.decode(value);
      return {
        raw: decision,
        answer: value,
        issues,
        usage,
        costUsd,
        model: model.name,
        dialect: dialect.name,
        prompt: promptOf(request, prompts),
        considered: [],
      };
    },
  };
}

type Asked = Pick<PlanningRequest, "tools" | "outputSchema">;

/** A run asks with the same tools again and again, and its reservation before each call does too. */
function rememberLast(choose: (asked: Asked) => readonly Dialect[]): (asked: Asked) => readonly Dialect[] {
  let last: { key: string; dialects: readonly Dialect[] } | null = null;
  return ({ tools, outputSchema }) => {
    const key = JSON.stringify([tools, outputSchema]);
    if (last?.key !== key) last = { key, dialects: choose({ tools, outputSchema }) };
    return last.dialects;
  };
}
