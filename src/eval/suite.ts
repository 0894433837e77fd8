/**
 * A suite of evals: cases, variants of a planner, scorers and gates (CONTRACTS 11). Owns: the one schema behind
 * `NAME.eval.yaml`, `NAME.eval.json` and `NAME.eval.ts`. Must not: read files.
 */
import { z } from "zod";
import type { Model } from "../model/model.ts";
import type { Planner } from "../planner/planner.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import { evalCaseSchema } from "./case.ts";
import { suiteJudgeSchema } from "./judge/suite-judge.ts";
import type { Scorer } from "./score.ts";
import { LEVELS } from "./trial-record.ts";

export const DEFAULT_TIMEOUT_SECONDS = 300;

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const VARIANT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const name = z.string().regex(NAME, "must be lower-case letters, digits and dashes");
const scorer = z.string().min(1).describe("Id of a scorer, such as tool_f1.");
const file = z.string().min(1).describe("A file; relative paths start from the suite's folder.");

export const variantSchema = z.strictObject({
  id: z.string().regex(VARIANT_ID, "must be letters, digits, dots, dashes and underscores"),
  prompt: z
    .union([z.string(), z.array(z.string()).min(1)])
    .exactOptional()
    .describe("Prompts to ask with, as NAME@VERSION; the highest versions by default."),
  planner: z.enum(["rule", "model"]).exactOptional().describe("By default the model where there is one, else rules."),
  model: z.string().min(1).exactOptional().describe("anthropic:NAME, openai:NAME, compatible:NAME@URL, cassette:FILE"),
  recordWith: z.string().min(1).exactOptional().describe("Model that --record asks for what the cassette lacks."),
  parameters: z.record(z.string(), z.json()).exactOptional().describe("Parameters of the provider."),
  visibility: z.enum(["preview", "shape"]).exactOptional().describe("How much of documents the planner sees."),
});

/** A case as it may stand in a suite: its id may be left out. */
const inlineCaseSchema = evalCaseSchema.extend({ id: evalCaseSchema.shape.id.exactOptional() });

export const gateSchema = z.union([
  z.strictObject({
    scorer,
    min: z.number().min(0).max(1).describe("Least value of the lower end of the 95 % interval."),
    variant: z.string().exactOptional().describe("Only this variant; all by default."),
  }),
  z.strictObject({
    scorer,
    noRegression: z
      .number()
      .min(0)
      .max(1)
      .describe("How far below the baseline the lower end of the interval of the difference may lie."),
    variant: z.string().exactOptional().describe("Only this variant; all by default."),
  }),
]);
export type Gate = z.infer<typeof gateSchema>;

const rateSchema = z.strictObject({
  concurrency: z.int().min(1).max(256).exactOptional().describe("Calls at the same time; 4 by default."),
  requestsPerMinute: z.int().min(1).exactOptional(),
  tokensPerMinute: z.int().min(1).exactOptional(),
});
export type ProviderRate = z.infer<typeof rateSchema>;

const suiteFields = {
  name,
  description: z.string().exactOptional(),
  level: z.enum(LEVELS).default("plan"),
  trials: z.int().min(1).max(1_000).default(1).describe("How often each case is tried with each variant."),
  cluster: z
    .string()
    .min(1)
    .default("document")
    .describe("What makes cases depend on each other: document, case, or the part of a tag before its colon."),
  scorers: z.array(scorer).min(1).exactOptional().describe("All deterministic scorers by default."),
  judges: z.array(suiteJudgeSchema).max(20).default([]).describe("Models as scorers, each with a rubric."),
  pass: z
    .array(scorer)
    .min(1)
    .exactOptional()
    .describe("A trial passes where each of these that applies is 1; by default what the level asks for."),
  gates: z.array(gateSchema).max(200).default([]),
  budget: z
    .strictObject({
      maxCostUsd: z.number().min(0).exactOptional(),
      maxTokens: z.int().min(0).exactOptional(),
      maxSeconds: z.number().min(0).exactOptional(),
    })
    .default({})
    .describe("For all trials together; where it is used up, the report is incomplete."),
  rates: z.record(z.string(), rateSchema).default({}).describe("By provider: anthropic, openai, compatible."),
  concurrency: z.int().min(1).max(256).default(4).describe("Trials at the same time."),
  caseTimeoutSeconds: z.number().positive().max(86_400).default(DEFAULT_TIMEOUT_SECONDS),
  now: z.iso.datetime().default("2026-01-01T00:00:00Z").describe("What `now` is in every trial."),
  seed: z.int().min(0).default(1).describe("Of the bootstrap."),
};

/** What a file may say. */
export const suiteFileSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  ...suiteFields,
  cases: z
    .union([file, z.array(z.union([file, inlineCaseSchema])).min(1)])
    .describe("Cases, and paths of .jsonl files, .csv files or other suites with more of them."),
  variants: z
    .array(variantSchema)
    .min(1)
    .max(50)
    .default([{ id: "rule", planner: "rule" }]),
  tools: z.array(file).default([]).describe("Files with tools of your own."),
  prompts: file.exactOptional().describe("Folder with prompts of your own, beside those of the configuration."),
});

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** What `defineSuite` may be given beyond that: models, planners, tools and cases that are made by code. */
export const suiteSchema = suiteFileSchema.extend({
  cases: z.union([suiteFileSchema.shape.cases, z.custom<CaseGenerator>((value) => typeof value === "function")]),
  variants: z
    .array(
      variantSchema.extend({
        planner: z
          .union([
            variantSchema.shape.planner.unwrap(),
            z.custom<() => Planner>((value) => typeof value === "function"),
          ])
          .exactOptional(),
        model: z.union([variantSchema.shape.model.unwrap(), z.custom<Model>(isObject)]).exactOptional(),
      }),
    )
    .min(1)
    .max(50)
    .default([{ id: "rule", planner: "rule" }]),
  judges: z
    .array(suiteJudgeSchema.extend({ model: z.union([suiteJudgeSchema.shape.model, z.custom<Model>(isObject)]) }))
    .max(20)
    .default([]),
  tools: z.array(z.union([file, z.custom<Tool>(isObject)])).default([]),
  scorers: z
    .array(z.union([scorer, z.custom<Scorer>(isObject)]))
    .min(1)
    .exactOptional(),
  world: z.custom<() => World | Promise<World>>((value) => typeof value === "function").exactOptional(),
});
/** A small world for one trial: tools of its own that act on it, and what it is like in the end. */
export interface World {
  tools: Tool[];
  state(): JsonValue | Promise<JsonValue>;
}
export type CaseInput = z.input<typeof inlineCaseSchema>;
/** Makes cases; called once for each run of the suite, and to be the same every time. */
export type CaseGenerator = () => Iterable<CaseInput> | AsyncIterable<CaseInput> | Promise<Iterable<CaseInput>>;

/** A suite as it is written. */
export type SuiteInput = z.input<typeof suiteSchema>;
export type Suite = z.output<typeof suiteSchema>;
export type Variant = Suite["variants"][number];

/**
 * A suite in TypeScript, for the default export of `NAME.eval.ts`; checked when it is run.
 *
 * @example
 * export default defineSuite({ name: "letters", cases: "./letters.jsonl", variants: [{ id: "rule", planner: "rule" }] });
 */
export function defineSuite(suite: SuiteInput): SuiteInput {
  return suite;
}

/** JSON Schema of `NAME.eval.yaml` and `NAME.eval.json`, for editors. */
export function suiteJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(suiteFileSchema, { io: "input" }) as JsonSchema;
  return { ...schema, title: "Planwright suite of evals" };
}
