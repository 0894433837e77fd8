/** What an application asks of the runtime. Owns: the request's shape in code, its checks and defaults. */
import { z } from "zod";
import { jsonPointer } from "../error/issue.ts";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { type Document, type DocumentInput, documentSchema } from "../goal/document.ts";
import { type Budget, budgetSchema, DEFAULT_BUDGET, type Grant, grantSchema } from "../goal/run-request.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../shared/json.ts";
import { readToolSchema, type ToolSchema } from "../tool/tool-schema.ts";
import { bounded, jsonProblem } from "./bounded-json.ts";

export interface RunRequest {
  /** What is wanted, in words; not empty, at most 10,000 characters. */
  goal: string;
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
}

const GOAL_CHARS = 10_000;

export const goalSchema = z
  .string()
  .trim()
  .min(1, "is empty")
  .max(GOAL_CHARS, `is longer than ${GOAL_CHARS} characters`);

export const planSchema = bounded<JsonValue>().transform(copyJson);

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
function copyJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

const requestSchema = z.strictObject({
  goal: goalSchema,
  documents: z.array(givenDocument).default([]),
  params: bounded<JsonObject>()
    .pipe(z.record(z.string(), z.json(), "is no object"))
    .default({}),
  output: z.custom<ToolSchema>((value) => typeof value === "object" && value !== null).optional(),
  budget: budgetSchema.partial().strict().default({}),
  approve: z.union([z.literal("none"), bounded<Grant[]>().pipe(z.array(grantSchema.strict()))]).default([]),
  idempotencyKey: z.string().min(1).max(256).optional(),
  plan: planSchema.optional(),
});

export interface CheckedRequest {
  goal: string;
  documents: (DocumentInput | Document)[];
  params: JsonObject;
  outputSchema: JsonSchema | null;
  budget: Budget;
  grants: Grant[];
  denyApprovals: boolean;
  idempotencyKey: string | null;
  plan: JsonValue | undefined;
}

/** Throws VALIDATION with one issue per problem. */
export function checkRequest(request: RunRequest, defaults: Partial<Budget>): CheckedRequest {
  const parsed = parse(request);
  if (!parsed.success) throw invalid(parsed.error);
  const { goal, documents, params, output, budget, approve, idempotencyKey, plan } = parsed.data;
  return {
    goal,
    documents,
    params,
    outputSchema: output === undefined ? null : outputSchemaOf(output),
    budget: { ...DEFAULT_BUDGET, ...withoutUndefined(defaults), ...withoutUndefined(budget) },
    grants: approve === "none" ? [] : approve,
    denyApprovals: approve === "none",
    idempotencyKey: idempotencyKey ?? null,
    plan,
  };
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
  try {
    return readToolSchema(output, "output").json;
  } catch (cause) {
    throw refuse(`is no schema: ${describeThrown(cause)}`, cause);
  }
}

export function withoutUndefined<T extends object>(value: T): Partial<Budget> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}

const REQUEST_HINT =
  "A request has a goal, and may have documents, params, output, budget, approve, idempotencyKey, plan.";

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
