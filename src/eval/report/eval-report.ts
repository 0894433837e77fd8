/** What a suite came to (CONTRACTS 8). Owns: the shape. Two strict replays are equal byte for byte but for `environment`. */
import { z } from "zod";
import { errorShapeSchema } from "../../error/planwright-error.ts";
import { calibrationSchema } from "../judge/calibrate.ts";
import { VERDICTS } from "../statistics/estimate.ts";
import { LEVELS } from "../trial-record.ts";

const estimateSchema = z.strictObject({
  /** Null where the question arose in no trial. */
  mean: z.number().nullable(),
  /** 95 % interval; null where there are too few clusters to say. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  standardError: z.number().nullable(),
  /** Trials that were scored. */
  n: z.int(),
  /** Trials to which the question does not apply; they count nowhere. */
  notApplicable: z.int(),
  clusters: z.int(),
  method: z.enum(["student-t", "wilson", "none"]),
});
export type ScoreEstimate = z.infer<typeof estimateSchema>;

/** `mean` null where nothing was measured or a price is unknown. */
const measureSchema = z.strictObject({ mean: z.number().nullable(), total: z.number().nullable(), n: z.int() });

export const MEASURES = ["tokens", "costUsd", "modelCalls", "latencyMs", "replans"] as const;
export type MeasureName = (typeof MEASURES)[number];

const variantSchema = z.strictObject({
  id: z.string(),
  hash: z.string(),
  /** What the hash is of: planner, model, prompts, parameters, visibility. */
  facts: z.record(z.string(), z.json()),
  scores: z.record(z.string(), estimateSchema),
  measures: z.record(z.enum(MEASURES), measureSchema),
  passAtK: z.record(z.string(), z.number()),
  passHatK: z.record(z.string(), z.number()),
});

export const comparisonSchema = z.strictObject({
  baseline: z.string(),
  variant: z.string(),
  scorer: z.string(),
  difference: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  p: z.number(),
  pAdjusted: z.number(),
  verdict: z.enum(VERDICTS),
  /** What this suite can show; null with fewer than two clusters. */
  smallestEffect: z.number().nullable(),
  test: z.string(),
  /** Cases that both have, and that the scorer applies to in every trial of both. */
  n: z.int(),
  clusters: z.int(),
  /** Cases that it applies to in other trials on one side: what they may have come to is in the interval and in `p`. */
  unsure: z.int().default(0),
  flips: z.array(z.strictObject({ case: z.string(), from: z.number(), to: z.number() })),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const gateResultSchema = z.strictObject({
  variant: z.string(),
  scorer: z.string(),
  kind: z.enum(["absolute", "no-regression"]),
  threshold: z.number(),
  /** End of the interval that was looked at; null where there is none, and then the gate does not pass. */
  bound: z.number().nullable(),
  passed: z.boolean(),
  /** Trials (absolute) or cases (no regression) that were looked at. */
  n: z.int().default(0),
  /** Those of them that count as 0, since the scorer did not apply where it should have. */
  asZero: z.int().default(0),
  /** No regression: cases with a score that the baseline lacks. */
  unknown: z.int().default(0),
});
export type GateResult = z.infer<typeof gateResultSchema>;

export const reportJudgeSchema = z.strictObject({
  /** Its scorer's id. */
  id: z.string(),
  rubric: z.string(),
  rubricHash: z.string(),
  of: z.enum(["output", "decision"]),
  /** `reference` or a variant, for a judge of pairs; else null. */
  against: z.string().nullable(),
  /** Null where it has never judged. */
  model: z.string().nullable(),
  promptHash: z.string().nullable(),
  judged: z.int(),
  abstained: z.int(),
  /** Of these judgements, when they were made. */
  tokens: z.number(),
  costUsd: z.number().nullable(),
  /** Null: uncalibrated, or its calibration is of another rubric, model or prompt. */
  calibration: calibrationSchema.nullable(),
});
export type ReportJudge = z.infer<typeof reportJudgeSchema>;

const scoreSchema = z.strictObject({ score: z.number().nullable(), evidence: z.array(z.string()) });

export const reportTrialSchema = z.strictObject({
  case: z.string(),
  variant: z.string(),
  trial: z.int(),
  /** Run whose decision log tells the rest, and the number of the decision that was scored. */
  run: z.string(),
  decision: z.int().nullable(),
  scores: z.record(z.string(), scoreSchema),
  error: errorShapeSchema.nullable(),
});
export type ReportTrial = z.infer<typeof reportTrialSchema>;

export const evalReportSchema = z.strictObject({
  v: z.literal(1),
  experiment: z.string(),
  suite: z.string(),
  suiteHash: z.string(),
  level: z.enum(LEVELS),
  status: z.enum(["passed", "failed", "incomplete"]),
  /** What a reader must know, such as that a double answered; shown in every form of the report. */
  notes: z.array(z.string()),
  counts: z.strictObject({
    cases: z.int(),
    trials: z.int(),
    scored: z.int(),
    errors: z.int(),
    skipped: z.int(),
    /** Judgements that are missing. */
    unjudged: z.int().default(0),
  }),
  variants: z.array(variantSchema),
  judges: z.array(reportJudgeSchema).default([]),
  comparisons: z.array(comparisonSchema),
  gates: z.array(gateResultSchema),
  trials: z.array(reportTrialSchema),
  environment: z.strictObject({
    generatedAt: z.string(),
    durationMs: z.number(),
    planwright: z.string(),
    node: z.string(),
  }),
});
export type EvalReport = z.infer<typeof evalReportSchema>;
export type ReportVariant = EvalReport["variants"][number];
