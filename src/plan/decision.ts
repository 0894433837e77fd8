/**
 * The plan language: what every planner returns, described by zod. Owns: shapes and names.
 * Must not: judge references, types or tools (the checker does), nor evaluate anything (the resolver does).
 */
import { z } from "zod";
import type { JsonObject, JsonValue } from "../shared/json.ts";

/** Step ids: a letter, then up to 63 letters, digits and underscores; no root name (KERNEL 7). */
export const STEP_ID = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Names that a path may start with besides step and group ids. */
export const ROOTS = ["goal", "document", "documents", "params", "item", "index", "now", "status"] as const;

/** Operators of a condition; each takes one operand, which is a value. */
export const OPERATORS = [
  "is",
  "not",
  "in",
  "contains",
  "startsWith",
  "endsWith",
  "gt",
  "gte",
  "lt",
  "lte",
  "exists",
  "empty",
] as const;
export type Operator = (typeof OPERATORS)[number];
export const QUANTIFIERS = ["some", "every"] as const;
export type Quantifier = (typeof QUANTIFIERS)[number];
export const COMBINATORS = ["all", "any", "none"] as const;
export type Combinator = (typeof COMBINATORS)[number];

/**
 * A value: JSON in which an object with exactly the keys `ref` or `ref, default` is a reference,
 * `{"template": "…"}` a text and `{"literal": …}` anything as it is.
 */
const valueSchema: z.ZodType<JsonValue, JsonValue> = z.json();
const inputSchema: z.ZodType<JsonObject, JsonObject> = z.record(z.string(), valueSchema);

/** `{"ref": "a.b", "is": 1}`, `{"field": "b", "gt": 1}` (inside quantifiers and `select`), `{"all": […]}`; one operator each. */
const conditionSchema: z.ZodType<JsonObject, JsonObject> = z.record(z.string(), valueSchema);

export const stepSchema = z.strictObject({
  id: z.string().describe("Unique over the run; letters, digits, underscores; starts with a letter."),
  tool: z.string().describe("Name of a registered tool."),
  input: inputSchema.describe("One entry per input of the tool; values may hold references."),
  after: z.array(z.string()).optional().describe("Ids of steps that must be settled before this one starts."),
  when: conditionSchema.optional().describe("The step runs only if this holds; else it is unmet."),
  forEach: z
    .strictObject({
      items: valueSchema.describe("A reference to a list, or a list."),
      max: z.int().min(1).optional().describe("Required: the most elements that may be run."),
    })
    .optional(),
  onFailure: z.enum(["replan", "skip", "fail"]).optional().describe("What a failure does; replan by default."),
});

const rationale = z.string().describe("Why this decision, in a sentence or two.");

export const planDecisionSchema = z.strictObject({
  kind: z.literal("plan"),
  rationale,
  steps: z.array(stepSchema),
  then: z.enum(["finish", "replan"]).default("finish"),
  output: valueSchema.optional().describe("The result, built from references; only with then: finish."),
});
export const finishDecisionSchema = z.strictObject({ kind: z.literal("finish"), rationale, output: valueSchema });
export const askDecisionSchema = z.strictObject({ kind: z.literal("ask"), rationale, question: z.string().min(1) });
export const abandonDecisionSchema = z.strictObject({
  kind: z.literal("abandon"),
  rationale,
  reason: z.string().min(1),
});

export const decisionSchema = z.discriminatedUnion("kind", [
  planDecisionSchema,
  finishDecisionSchema,
  askDecisionSchema,
  abandonDecisionSchema,
]);

export type Step = z.infer<typeof stepSchema>;
export type PlanDecision = z.infer<typeof planDecisionSchema>;
export type FinishDecision = z.infer<typeof finishDecisionSchema>;
export type Decision = z.infer<typeof decisionSchema>;

/** What a failed step does where the plan does not say (fixed planners: `fail`). */
export type OnFailure = NonNullable<Step["onFailure"]>;
