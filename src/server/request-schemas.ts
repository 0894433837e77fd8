/**
 * What requests may hold (CONTRACTS 5). Owns: the shapes of bodies and queries, and how documents arrive. Must not:
 * check what the runtime checks (goals, plans, schemas of outputs).
 */
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import type { DocumentInput } from "../goal/document.ts";
import { budgetSchema, grantSchema } from "../goal/run-request.ts";
import type { Criterion } from "../goal/run-rules.ts";
import { RUN_STATUSES } from "../run/run-result.ts";
import type { RunRequest } from "../runtime/run-request.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { type BodyRules, DOCUMENT_BODY_BYTES, type ReadBody } from "./read-body.ts";

/** JSON that was examined when it was read. */
const jsonValue = z.custom<JsonValue>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(isJsonObject, "must be an object").meta({ type: "object" });

const MOST_DOCUMENTS = 100;

export const documentBodySchema = z
  .strictObject({
    name: z.string().min(1).max(500),
    /** Media type; by default what the name tells. */
    type: z.string().max(200).optional(),
    text: z.string().optional(),
    base64: z.string().optional(),
  })
  .refine(({ text, base64 }) => (text === undefined) !== (base64 === undefined), "needs either text or base64")
  .meta({ description: "A document: `text`, or `base64` of its bytes." });

const reference = z.string().min(1).max(200);

const approveWord = z.union([z.literal("none"), z.array(grantSchema.strict()).max(1_000)]);

export const startBodySchema = z.strictObject({
  goal: z.string().min(1).max(10_000).optional().meta({ description: "May be left out where a workflow is named." }),
  workflow: z
    .union([reference, jsonObject])
    .optional()
    .meta({ description: "A workflow to carry out: a name, or the workflow itself." }),
  document: documentBodySchema.optional(),
  documents: z.array(documentBodySchema).max(MOST_DOCUMENTS).optional(),
  params: jsonObject.optional(),
  output: jsonObject.optional().meta({ description: "JSON Schema that the run's output must satisfy." }),
  budget: budgetSchema.partial().strict().optional(),
  approve: approveWord.optional(),
  success: z.array(jsonObject).max(50).optional().meta({ description: "Success criteria: when the goal is met." }),
  plan: jsonObject.optional().meta({ description: "A plan to carry out instead of asking the planner." }),
  reviewPlan: z.boolean().optional().meta({ description: "A person approves, or edits, each plan before it runs." }),
  model: z.string().min(1).max(500).optional().meta({ description: "The model that plans this run." }),
  prompt: z
    .union([reference, z.array(reference).min(1).max(20)])
    .optional()
    .meta({ description: "NAME@VERSION" }),
});
export type StartBody = z.infer<typeof startBodySchema>;

/** Where documents may be posted. */
export const START_BODY_RULES: BodyRules = {
  maxBytes: DOCUMENT_BODY_BYTES,
  isMultipart: true,
  withoutDocuments(json) {
    if (!isJsonObject(json)) return json;
    const { document, documents } = json;
    return {
      ...json,
      ...(document === undefined ? {} : { document: withoutContent(document) }),
      ...(Array.isArray(documents) ? { documents: documents.map(withoutContent) } : {}),
    };
  },
};

function withoutContent(document: JsonValue): JsonValue {
  if (!isJsonObject(document)) return document;
  const { text, base64, ...rest } = document;
  return { ...rest, ...(typeof text === "string" ? {} : { text }), ...(typeof base64 === "string" ? {} : { base64 }) };
}

export const startQuerySchema = z.strictObject({
  wait: z.enum(["true", "false"]).optional(),
  timeoutSeconds: numeric(1, 3_600).optional(),
});

export const listQuerySchema = z.strictObject({
  status: z.enum(RUN_STATUSES).optional(),
  q: z.string().max(1_000).optional(),
  workflow: z.string().max(200).optional(),
  limit: numeric(1, 1_000).optional(),
  cursor: z.string().max(100).optional(),
});

export const approveBodySchema = z.strictObject({
  approval: reference.optional(),
  hash: reference.optional(),
  plan: jsonObject.optional().meta({ description: "For a plan's approval: the plan that is to run instead." }),
});
export const rejectBodySchema = z.strictObject({
  approval: reference.optional(),
  reason: z.string().max(10_000).optional(),
});
export const answerBodySchema = z.strictObject({ answer: jsonValue });
export const forkBodySchema = z.strictObject({
  atDecision: z.int().min(1).meta({ description: "Number of the decision that is asked again." }),
  goal: z.string().min(1).max(10_000).optional(),
  plan: jsonObject.optional().meta({ description: "A person's plan that is taken as that decision, once checked." }),
  approve: approveWord
    .optional()
    .meta({ description: "Grants of the new run; those of its source are not taken over." }),
});
export const emptyBodySchema = z.strictObject({});

function numeric(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: "integer", minimum: least, maximum: most });
}

/** The request as the runtime takes it. Throws VALIDATION for what is no base64. */
export function runRequestOf(body: StartBody, files: ReadBody["files"]): RunRequest {
  const { document, documents = [], budget, success, ...rest } = body;
  const given = [...(document === undefined ? [] : [document]), ...documents].map(documentOf);
  return {
    ...definedOnly(rest),
    ...(success === undefined ? {} : { success: success as unknown as Criterion[] }), // Checked by the runtime.
    ...(budget === undefined ? {} : { budget: definedOnly(budget) }),
    documents: [...given, ...files.map(fileOf)],
  };
}

function documentOf(
  { name, type, text, base64 = "" }: z.infer<typeof documentBodySchema>,
  place: number,
): DocumentInput {
  const head = { name, ...(type === undefined ? {} : { type }) };
  if (text !== undefined) return { ...head, text };
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new PlanwrightError("VALIDATION", `Document ${place + 1} ('${name.slice(0, 80)}') is not valid base64.`, {
      hint: "Use the standard alphabet with padding, without line breaks.",
    });
  }
  return { ...head, bytes: Buffer.from(base64, "base64") };
}

function fileOf({ name, type, bytes }: ReadBody["files"][number]): DocumentInput {
  return { name: name === "" ? "document" : name.slice(0, 500), ...(type === "" ? {} : { type }), bytes };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(value: T): Defined<T> & Pick<T, RequiredKeys<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T> &
    Pick<T, RequiredKeys<T>>;
}

type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
