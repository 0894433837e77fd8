/**
 * One case of an eval suite: what is asked, with which tools, and what counts as right (CONTRACTS 11).
 * Owns: the shape. Must not: read files (a suite's loader does) or judge anything (scorers do).
 */
import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "../error/codes.ts";
import { planDecisionSchema, stepSchema } from "../plan/decision.ts";
import type { JsonObject } from "../shared/json.ts";
import { EFFECTS, IDEMPOTENCIES } from "../tool/tool.ts";

const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** A path (relative to the suite's file), or the document itself. */
const caseDocumentSchema = z.union([
  z.string().min(1),
  z.strictObject({ name: z.string().min(1), type: z.string().optional(), text: z.string() }),
]);

/** A tool of a foreign tool set: enough to plan with it and to check the plan, nothing to run. */
export const caseToolSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  inputSchema: jsonObjectSchema,
  outputSchema: jsonObjectSchema.optional(),
  effect: z.enum(EFFECTS).default("read"),
  idempotency: z.enum(IDEMPOTENCIES).default("pure"),
  /** `advisory` where the schemas are hearsay. */
  schemaTrust: z.enum(["exact", "advisory"]).default("exact"),
  /** Inputs that steer what a call does (a recipient, an amount), as opposed to its content; all inputs by default. */
  controlInputs: z.array(z.string()).optional(),
});
export type CaseTool = z.infer<typeof caseToolSchema>;

/** How a call of a tool ends. */
const stubOutcomeSchema = z.union([
  z.strictObject({ output: z.json() }),
  z.strictObject({
    error: z.strictObject({
      code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      hint: z.string().optional(),
    }),
  }),
]);
export type StubOutcome = z.infer<typeof stubOutcomeSchema>;

/** Which calls are meant; what is left out is not compared. */
const stubConditionSchema = z.strictObject({
  /** The whole input of the call. */
  input: jsonObjectSchema.optional(),
  step: z.string().optional(),
  /** Place in the list of a forEach. */
  index: z.int().min(0).optional(),
});
export type StubCondition = z.infer<typeof stubConditionSchema>;

/**
 * What stands in for a tool: a list of outputs, in the order of the calls, or calls that are told apart. An object is
 * never a list, so that no output can be taken for the second form.
 */
const stubSchema = z.union([
  z.array(z.json()).min(1),
  z.strictObject({
    /** The first whose `when` fits a call answers it; without `when` it fits all. */
    calls: z
      .array(
        z.strictObject({
          when: stubConditionSchema.optional(),
          /** One after the other; the last one stays. */
          outcomes: z.array(stubOutcomeSchema).min(1),
        }),
      )
      .min(1),
  }),
]);
export type Stub = z.infer<typeof stubSchema>;

/** What else is right for one input of one gold step, besides what the gold itself has. */
export const acceptedInputSchema = z.strictObject({
  /** Id of the gold's step. */
  step: z.string(),
  input: z.string(),
  /** Values of the plan language that are as good. */
  values: z.array(z.json()).default([]),
  /** Numbers this close to the gold's (absolute) are as good; 0 by default. */
  tolerance: z.number().min(0).optional(),
  /** Leaving the input out is as good. */
  absent: z.boolean().default(false),
  /** Any value is as good, such as the wording of a message. */
  anything: z.boolean().default(false),
});
export type AcceptedInput = z.infer<typeof acceptedInputSchema>;

export const goldSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("plan"),
    steps: z.array(stepSchema),
    then: planDecisionSchema.shape.then,
    /** Left out: the output is not looked at. */
    output: z.json().optional(),
    accepted: z.array(acceptedInputSchema).default([]),
  }),
  z.strictObject({ kind: z.literal("ask") }),
  z.strictObject({ kind: z.literal("abandon") }),
  z.strictObject({ kind: z.literal("finish"), output: z.json().optional() }),
]);
export type Gold = z.infer<typeof goldSchema>;

/** A tool that must not be used at all, or not before every step of another tool is settled. */
export const forbiddenSchema = z.union([
  z.string().min(1),
  z.strictObject({ tool: z.string().min(1), before: z.string().min(1) }),
]);

/** A condition of the plan language on `{status, output, state, steps}`, such as `{"field": "output.total", "gt": 0}`. */
export const assertionSchema = z.strictObject({ name: z.string().min(1), check: jsonObjectSchema });

export const evalCaseSchema = z.strictObject({
  /** Unique in its suite; derived from the content where it is left out. */
  id: z
    .string()
    .min(1)
    .refine((id) => id !== "__proto__", "__proto__ is no id: files that list cases by their ids could not hold it"),
  goal: z.string().min(1),
  document: caseDocumentSchema.optional(),
  documents: z.array(caseDocumentSchema).optional(),
  params: jsonObjectSchema.optional(),
  /** Schema that the run's output must satisfy. */
  outputSchema: jsonObjectSchema.optional(),
  /** Names of registered tools, definitions of foreign ones, or both; all registered tools where it is left out. */
  tools: z.array(z.union([z.string().min(1), caseToolSchema])).optional(),
  /** Level loop: what the calls of each tool come to; of a list of outputs the last one stays. */
  stubs: z.record(z.string(), stubSchema).optional(),
  /** Number of the decision that the golds are about; 1 by default, higher ones at the levels loop and outcome. */
  decision: z.int().min(1).optional(),
  tags: z.array(z.string()).default([]),
  /** Cases that resemble each other (one document, one template); the suite's `cluster` says what else to go by. */
  cluster: z.string().optional(),
  forbidden: z.array(forbiddenSchema).default([]),
  /** Alternatives that are all right; null or left out where only outcomes are judged. */
  gold: z.strictObject({ anyOf: z.array(goldSchema).min(1) }).nullish(),
  /** What must hold at the end of a run (levels loop and outcome). */
  assertions: z.array(assertionSchema).default([]),
  /** What the run must come to (levels loop and outcome); fields left out are not compared. */
  endState: z.strictObject({ output: z.json().optional(), state: z.json().optional() }).optional(),
  /** An answer written by a person, for judges. */
  reference: z.string().optional(),
});
export type EvalCase = z.infer<typeof evalCaseSchema>;
/** As written in a suite, before defaults. */
export type EvalCaseInput = z.input<typeof evalCaseSchema>;
