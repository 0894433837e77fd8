/**
 * A workflow: a plan that a person wrote, with what only people may set (CONTRACTS 10, DESIGN "Workflows"). Owns: its
 * shapes. Must not: judge names, references or types (the compiler and the plan checker do).
 */
import { z } from "zod";
import { budgetSchema } from "../goal/run-request.ts";
import {
  criterionSchema,
  observationPointSchema,
  recoveryRuleSchema,
  retrySchema,
  targetsSchema,
} from "../goal/run-rules.ts";
import { planDecisionSchema, stepSchema } from "../plan/decision.ts";

/** Names of workflows: a letter, then up to 63 letters, digits, hyphens and underscores, in lower case. */
export const WORKFLOW_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

export const PARAM_TYPES = ["string", "number", "integer", "boolean", "array", "object", "null"] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

/** What a caller may set; one without `default` has to be given. */
export const paramSchema = z.strictObject({
  type: z.enum(PARAM_TYPES),
  default: z.json().optional(),
  enum: z.array(z.json()).min(1).max(200).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  description: z.string().optional(),
});
export type Param = z.infer<typeof paramSchema>;

const { after, when, forEach, id } = stepSchema.shape;

export const workflowStepSchema = stepSchema.extend({
  input: stepSchema.shape.input.optional(),
  retry: retrySchema.optional(),
  /** Longest time of one attempt, in milliseconds. */
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
});

/** Steps that belong together: `after: [group]` waits for all, `group.member.path` reads one of them. */
export const groupSchema = z.strictObject({
  id,
  parallel: z.array(workflowStepSchema).min(1).max(500),
  after,
  when,
});

/** Another workflow in the place of a step. */
export const nestedSchema = z.strictObject({
  id,
  workflow: z.string(),
  params: z.record(z.string(), z.json()).optional(),
  after,
  when,
  forEach,
});

/** What `steps` holds; which of the three by its key `parallel` or `workflow`. */
const nodeSchema = z.union([workflowStepSchema, groupSchema, nestedSchema]);

export const workflowSchema = z.strictObject({
  name: z.string().regex(WORKFLOW_NAME),
  version: z.int().min(1),
  description: z.string().optional(),
  params: z.record(z.string(), paramSchema).optional(),
  budget: budgetSchema.partial().strict().optional(),
  targets: targetsSchema.optional(),
  steps: z.array(nodeSchema).min(1).max(1_000),
  output: planDecisionSchema.shape.output,
  recovery: z.array(recoveryRuleSchema).max(200).optional(),
  success: z.array(criterionSchema).max(50).optional(),
  observe: z.array(observationPointSchema).max(200).optional(),
});

/** As written: defaults are filled in by the compiler, so that the same text has the same hash in every version. */
export type Workflow = z.input<typeof workflowSchema>;
export type WorkflowStep = z.input<typeof workflowStepSchema>;
export type Group = z.input<typeof groupSchema>;
export type Nested = z.input<typeof nestedSchema>;
export type WorkflowNode = WorkflowStep | Group | Nested;

export function isGroup(node: WorkflowNode): node is Group {
  return "parallel" in node;
}

export function isNested(node: WorkflowNode): node is Nested {
  return "workflow" in node;
}

/** Name, version and hash, as runs carry them. */
export interface WorkflowMark {
  name: string;
  version: number;
  /** `sha256:…` of the canonical file and of all that are nested in it. */
  hash: string;
}
