/**
 * What only people may set for a run: retries and time limits of steps, recovery, success criteria, targets,
 * observation points (CONTRACTS 10). Plain data, journalled with the run. Owns: the shapes and their defaults.
 * Must not: judge whether the steps that are named exist (the workflow compiler does).
 */
import { z } from "zod";

/** How often and when a failed attempt of a step is tried again. */
export const retrySchema = z.strictObject({
  /** All attempts, the first included; at most 10. */
  attempts: z.int().min(1).max(10).default(3),
  backoff: z.enum(["exponential", "fixed"]).default("exponential"),
  /** First pause, in milliseconds. */
  baseMs: z.int().min(0).max(3_600_000).default(200),
  /** Longest pause, in milliseconds. */
  maxMs: z.int().min(0).max(86_400_000).default(5_000),
  /** Error codes or categories that are worth another attempt. */
  on: z.array(z.string().min(1)).min(1).max(20).default(["TOOL_TRANSIENT", "TOOL_TIMEOUT"]),
});
export type RetryRule = z.infer<typeof retrySchema>;

export const RECOVERY_VERBS = ["retry", "replan", "skip", "fallback", "compensate", "escalate", "fail"] as const;

/**
 * One rule of recovery; the first that fits a failure wins. `retry`: further attempts as in `retry`; `replan`: ask the
 * runtime's planner; `skip`: go on without; `fallback`: `value`, or what `tool` gives, takes the output's place;
 * `compensate`: undo completed steps in reverse order, then fail; `escalate`: wait for a person; `fail`: end the run.
 */
export const recoveryRuleSchema = z.strictObject({
  /** Id of a step or group; absent: any. */
  step: z.string().optional(),
  /** An error code, a category of errors (`tool`, `limit`, …), or `*`. */
  on: z.string().min(1),
  do: z.enum(RECOVERY_VERBS),
  retry: retrySchema.partial().optional(),
  /** fallback: the output instead. */
  value: z.json().optional(),
  /** fallback: the tool instead; gets `input`, which may hold references, or by default the failed step's own. */
  tool: z.string().optional(),
  input: z.record(z.string(), z.json()).optional(),
});
export type RecoveryRule = z.infer<typeof recoveryRuleSchema>;

/** When the goal is met: a condition on the run's values, a schema of its output, or what a model judges. */
export const criterionSchema = z.union([
  /** Reads like a step's `when`; the root `output` is the run's output. */
  z.strictObject({ name: z.string().min(1).max(100), check: z.record(z.string(), z.json()) }),
  /** JSON Schema of the output, or of what `ref` (a path such as `output.report`) leads to. */
  z.strictObject({
    name: z.string().min(1).max(100),
    schema: z.record(z.string(), z.json()),
    ref: z.string().optional(),
  }),
  /** A question about the output that a model answers with yes or no, and with evidence. Asked last. */
  z.strictObject({ name: z.string().min(1).max(100), judge: z.string().min(1).max(2_000) }),
]);
export type Criterion = z.infer<typeof criterionSchema>;

/** Missed: an event and a metric, never a failure. */
export const targetsSchema = z.strictObject({
  durationMs: z.number().positive().optional(),
  costUsd: z.number().min(0).optional(),
});

export const OBSERVABLES = ["durationMs", "attempts", "usage", "costUsd", "output", "label"] as const;

/** What is recorded once a step (or group) has completed. */
export const observationPointSchema = z.strictObject({
  after: z.string().min(1),
  record: z.array(z.enum(OBSERVABLES)).min(1),
});
export type ObservationPoint = z.infer<typeof observationPointSchema>;

/** Everything of that kind for one run, by ids of the plan's steps. */
export const runRulesSchema = z.strictObject({
  steps: z
    .record(z.string(), z.strictObject({ retry: retrySchema.optional(), timeoutMs: z.int().min(1).optional() }))
    .default({}),
  recovery: z.array(recoveryRuleSchema).max(200).default([]),
  success: z.array(criterionSchema).max(50).default([]),
  targets: targetsSchema.default({}),
  observe: z.array(observationPointSchema).max(200).default([]),
});
export type RunRules = z.infer<typeof runRulesSchema>;

/** As people write them: what is left out has its default. */
export type GivenRules = z.input<typeof runRulesSchema>;

/** A run without any. */
export const NO_RULES: RunRules = { steps: {}, recovery: [], success: [], targets: {}, observe: [] };
