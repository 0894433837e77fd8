/** What an application asks of the runtime. Owns: the request's shape in code, its checks and defaults. */
import { z } from "zod";
import { jsonPointer } from "../error/issue.ts";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { type Document, type DocumentInput, documentSchema } from "../goal/document.ts";
import { type Budget, budgetSchema, DEFAULT_BUDGET, type Grant, grantSchema } from "../goal/run-request.ts";
import {
  type Criterion,
  criterionSchema,
  type GivenRules,
  NO_RULES,
  type RunRules,
  runRulesSchema,
} from "../goal/run-rules.ts";
import type { AskedPlanning } from "../journal/entries.ts";
import { compileCondition } from "../plan/compile-condition.ts";
import { parsePath } from "../plan/path.ts";
import { parseReference } from "../prompt/prompt-library.ts";
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import { givenSchemaProblem } from "../tool/given-schema-check.ts";
import { readToolSchema, type ToolSchema } from "../tool/tool-schema.ts";
import type { Workflow, WorkflowMark } from "../workflow/workflow.ts";
import { bounded, jsonProblem } from "./bounded-json.ts";
import { requestHash } from "./request-hash.ts";

export interface RunRequest {
  /** What is wanted, in words; not empty, at most 10,000 characters. With a workflow it may be left out. */
  goal?: string;
  /** What it is about: texts or bytes with a name, or documents that were read before. */
  documents?: (DocumentInput | Document)[];
  /** Values that plans read as `params`. */
  params?: JsonObject;
  /** What the run's output must satisfy: Zod 4, Zod 3 or JSON Schema. */
  output?: ToolSchema;
  /** Limits; what is left out has its default (100 steps, 8 replans, 500,000 tokens, 1 USD, 1,800 s). */
  budget?: Partial<Budget>;
  /** Grants for irreversible tools; `"none"` denies whatever needs an approval instead of waiting. */
  approve?: Grant[] | "none";
  /** Same key and request: the same run, also after a restart (SAFETY R12). At most 256 characters. */
  idempotencyKey?: string;
  /** A plan to carry out as it is instead of asking the planner. */
  plan?: JsonValue;
  /** When the goal is met: conditions on the run's values, schemas of its output, questions for a model to judge. */
  success?: Criterion[];
  /** What a workflow file says besides its steps, for the given plan: retries, recovery, targets, observation points. */
  rules?: GivenRules;
  /** A person approves, or edits, each plan before any of it runs. */
  reviewPlan?: boolean;
  /** A workflow to carry out: the name of one in the runtime's library, or the workflow itself. */
  workflow?: string | JsonObject | Workflow;
  /** The model that plans this run, and that its tools ask, instead of the runtime's: a word such as `anthropic:NAME`. */
  model?: string;
  /** Versions of prompts that this run is planned with, such as `planning@2`. */
  prompt?: string | string[];
}

const GOAL_CHARS = 10_000;
const REQUEST_HINT =
  "A request has a goal or a workflow, and may have documents, params, output, budget, approve, idempotencyKey, plan, rules, success, reviewPlan, model, prompt.";

export const goalSchema = z
  .string()
  .trim()
  .min(1, "is empty")
  .max(GOAL_CHARS, `is longer than ${GOAL_CHARS} characters`);

export const approveSchema = z.union([z.literal("none"), bounded<Grant[]>().pipe(z.array(grantSchema.strict()))]);

export const planSchema = bounded<JsonValue>().transform(copyJson<JsonValue>);

const documentInputSchema = z.strictObject({
  name: z.string().min(1, "is empty"),
  type: z.string().optional(),
  text: z.string().optional(),
  bytes: z.instanceof(Uint8Array).optional(),
});

/** By its shape: one that was read before has `chars`. Kept as it is, since it may be large. */
const givenDocument = z.custom<DocumentInput | Document>().superRefine((given, context) => {
  const isRead = typeof given === "object" && given !== null && "chars" in given;
  const { error } = (isRead ? documentSchema.strict() : documentInputSchema).safeParse(given);
  for (const { message, path } of error?.issues ?? []) context.addIssue({ code: "custom", message, path });
});

/** What is bounded JSON already, but still in the hands of the application. Large plans make this worth its own way. */
function copyJson<T extends JsonValue>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Copied by way of text: a schema that looked at each value once more would take longest of all that a start does. */
function boundedObject(refusal: string) {
  return bounded<JsonObject>()
    .refine(isJsonObject, { message: refusal, when: ({ issues }) => issues.length === 0 })
    .transform(copyJson<JsonObject>);
}

/** With its version: whoever resumes the run later has to find the same text. */
const promptReference = z
  .string()
  .refine((text) => parseReference(text)?.version != null, "is not NAME@VERSION, such as planning@2");

const requestSchema = z.strictObject({
  goal: goalSchema.optional(),
  documents: z.array(givenDocument).default([]),
  params: boundedObject("is no object").default({}),
  output: z.custom<ToolSchema>((value) => typeof value === "object" && value !== null).optional(),
  budget: budgetSchema.partial().strict().default({}),
  approve: approveSchema.default([]),
  idempotencyKey: z.string().min(1).max(256).optional(),
  plan: planSchema.optional(),
  success: bounded<Criterion[]>().pipe(z.array(criterionSchema).max(50)).superRefine(checkCriteria).default([]),
  rules: bounded<GivenRules>()
    .pipe(runRulesSchema)
    .superRefine(({ success }, context) => refuseSchemas(success, context, ["success"]))
    .optional(),
  reviewPlan: z.boolean().default(false),
  workflow: z.union([z.string().min(1, "is empty"), boundedObject("is no workflow")]).optional(),
  model: z.string().min(1).max(500).optional(),
  prompt: z
    .union([promptReference, z.array(promptReference).min(1).max(20)])
    .transform((given) => (typeof given === "string" ? [given] : given))
    .optional(),
});

/** Null where the runtime's own planning is meant. */
function askedOf(model: string | undefined, prompt: string[] | undefined): AskedPlanning | null {
  return model === undefined && prompt === undefined ? null : { model: model ?? null, prompt: prompt ?? [] };
}

/** Null where nothing is said; criteria of the request come after those of the rules. */
function rulesOf(rules: RunRules | undefined, success: Criterion[]): RunRules | null {
  if (rules === undefined && success.length === 0) return null;
  const said = rules ?? NO_RULES;
  return { ...said, success: [...said.success, ...success] };
}

/** Names tell criteria apart; a condition that cannot be read would never hold. */
function checkCriteria(criteria: Criterion[], context: z.core.$RefinementCtx): void {
  for (const [place, criterion] of criteria.entries()) {
    const refuse = (message: string, path: (string | number)[]): void =>
      context.addIssue({ code: "custom", message, path: [place, ...path] });
    if (criteria.findIndex(({ name }) => name === criterion.name) !== place) refuse("is used twice", ["name"]);
    if ("check" in criterion) {
      const { issues } = compileCondition(criterion.check, "", { inside: "when" });
      for (const { message } of issues) refuse(`cannot be read: ${message}`, ["check"]);
    }
    if ("ref" in criterion && criterion.ref !== undefined && !parsePath(criterion.ref).ok)
      refuse("is no path", ["ref"]);
  }
  refuseSchemas(criteria, context);
}

/** Better before the run than at its end. */
function refuseSchemas(criteria: readonly Criterion[], context: z.core.$RefinementCtx, path: string[] = []): void {
  for (const [place, criterion] of criteria.entries()) {
    const problem = "schema" in criterion ? givenSchemaProblem(criterion.schema) : null;
    if (problem === null) continue;
    context.addIssue({ code: "custom", message: `cannot be used: ${problem}`, path: [...path, place, "schema"] });
  }
}

export interface CheckedRequest {
  goal: string;
  documents: (DocumentInput | Document)[];
  params: JsonObject;
  outputSchema: JsonSchema | null;
  budget: Budget;
  /** What the request itself says of the budget. */
  limits: Partial<Budget>;
  grants: Grant[];
  denyApprovals: boolean;
  idempotencyKey: string | null;
  plan: JsonValue | undefined;
  rules: RunRules | null;
  reviewPlan: boolean;
  /** As it was asked for; then the plan is its own, and the rules begin with its own. */
  workflow?: string | JsonObject;
  /** Name, version and hash of the workflow that gave the plan. */
  mark?: WorkflowMark;
  asked: AskedPlanning | null;
  /** Of the request as it was asked; empty without a key. */
  askedHash: string;
}

/** Throws VALIDATION with one issue per problem. */
export function checkRequest(request: RunRequest, defaults: Partial<Budget>): CheckedRequest {
  const parsed = parse(request);
  if (!parsed.success) throw invalid(parsed.error);
  const { goal, documents, params, output, budget, approve, idempotencyKey, plan } = parsed.data;
  const { success, rules, reviewPlan, workflow, model, prompt } = parsed.data;
  if (workflow !== undefined && plan !== undefined) throw twoPlans();
  const checked = {
    goal: goal ?? goalOf(workflow),
    documents,
    params,
    outputSchema: output === undefined ? null : outputSchemaOf(output),
    budget: { ...DEFAULT_BUDGET, ...withoutUndefined(defaults), ...withoutUndefined(budget) },
    limits: withoutUndefined(budget),
    grants: approve === "none" ? [] : approve,
    denyApprovals: approve === "none",
    idempotencyKey: idempotencyKey ?? null,
    plan,
    rules: rulesOf(rules, success),
    reviewPlan,
    ...(workflow === undefined ? {} : { workflow }),
    asked: askedOf(model, prompt),
  };
  return { ...checked, askedHash: idempotencyKey === undefined ? "" : requestHash(checked) };
}

/** What a run of a workflow is for, where nobody says. */
function goalOf(workflow: string | JsonObject | undefined): string {
  if (workflow === undefined) {
    const message = "Request 'goal' is missing.";
    const issue = {
      severity: "error",
      code: "VALIDATION",
      path: "/goal",
      message,
      hint: REQUEST_HINT,
      fix: null,
    } as const;
    throw new PlanwrightError("VALIDATION", message, { issues: [issue], hint: REQUEST_HINT });
  }
  const name = typeof workflow === "string" ? workflow : workflow.name;
  return `workflow ${String(name).slice(0, 64)}`;
}

function twoPlans(): PlanwrightError {
  return new PlanwrightError("VALIDATION", "The request has both a plan and a workflow.", {
    hint: "Give one of them.",
  });
}

/** Objects with getters and proxies of an application may throw whatever they like. */
function parse(request: RunRequest): ReturnType<typeof requestSchema.safeParse> {
  try {
    return requestSchema.safeParse(request);
  } catch (cause) {
    const message = `The request cannot be read: ${describeThrown(cause)}.`;
    throw new PlanwrightError("VALIDATION", message, { hint: "Pass plain data.", cause });
  }
}

function outputSchemaOf(output: ToolSchema): JsonSchema {
  const refuse = (why: string, cause?: unknown): PlanwrightError =>
    new PlanwrightError("VALIDATION", `Request 'output' ${why}.`, { hint: "Pass Zod or JSON Schema.", cause });
  const isZod = "_zod" in output || "_def" in output;
  const problem = isZod ? null : jsonProblem(output);
  if (problem !== null) throw refuse(problem);
  const schema = readOutput(output, refuse);
  const unusable = givenSchemaProblem(schema);
  if (unusable !== null) throw refuse(`cannot be used: ${unusable}`);
  return schema;
}

function readOutput(output: ToolSchema, refuse: (why: string, cause: unknown) => PlanwrightError): JsonSchema {
  try {
    return readToolSchema(output, "output").json;
  } catch (cause) {
    throw refuse(`is no schema: ${describeThrown(cause)}`, cause);
  }
}

export function withoutUndefined<T extends object>(value: T): Partial<Budget> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

/** VALIDATION with one issue per problem. */
export function invalid(error: z.ZodError, what = "Request", hint = REQUEST_HINT): PlanwrightError {
  const issues = error.issues.map((issue) => {
    const path = jsonPointer(issue.path.map((key) => (typeof key === "number" ? key : String(key))));
    const message = `${what} ${path === "" ? "" : `'${path.slice(1)}' `}${describe(issue)}.`;
    return {
      severity: "error" as const,
      code: "VALIDATION" as const,
      path,
      message,
      hint: `Correct the ${what.toLowerCase()}.`,
      fix: null,
    };
  });
  return new PlanwrightError("VALIDATION", issues[0]?.message ?? "The request is not valid.", { issues, hint });
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `has unknown fields: ${issue.keys.join(", ")}`;
  return issue.message
    .replace(/^Invalid input$/, "is invalid")
    .replace(/^Invalid input: /, "is invalid: ")
    .replace(/^Too small: /, "is too small: ")
    .replace(/^Too big: /, "is too big: ");
}
