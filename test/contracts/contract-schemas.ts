/**
 * CONTRACTS.md once more, as schemas written from the document and from nothing in src: what an application outside
 * may rely on. Every listed field must be there with its type (absent = null); more fields are welcome.
 */
import { z } from "zod";

const time = z.iso.datetime();
const json = z.json();
const object = z.record(z.string(), json);
const hash = z.string().startsWith("sha256:");
const count = z.int().nonnegative();
const label = { integrity: z.enum(["trusted", "untrusted"]), origins: z.array(z.string()) };

/** Issue. */
export const issue = z.looseObject({
  severity: z.enum(["error", "warning"]),
  code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
  path: z.string().regex(/^(\/.*)?$/),
  message: z.string().min(1),
  hint: z.string(),
  fix: z.array(z.looseObject({ op: z.string(), path: z.string() })).nullable(),
});

/** 7: error inside results. */
export const error = z.looseObject({
  code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
  category: z.string(),
  message: z.string().min(1),
  hint: z.string(),
  retryable: z.union([z.literal(false), z.literal("backoff"), z.literal("after")]),
  retryAfterMs: z.number().nullable(),
  runId: z.string().nullable(),
  stepId: z.string().nullable(),
  issues: z.array(issue),
});

/** Approval. */
export const approval = z.looseObject({
  id: z.string().startsWith("apr_"),
  kind: z.enum(["step", "plan"]),
  run: z.string().startsWith("run_"),
  step: z.string().nullable(),
  index: z.int().nullable(),
  tool: z.string().nullable(),
  toolVersion: z.string().nullable(),
  input: json,
  hash,
  rule: z.string().min(1),
  provenance: z.array(z.looseObject({ path: z.string().startsWith("/"), ...label })),
  expiresAt: time,
});

/** A step of the plan language; its optional fields stay optional. */
const planStep = z.looseObject({ id: z.string(), tool: z.string(), input: object });

const decision = z.union([
  z.looseObject({
    kind: z.literal("plan"),
    rationale: z.string(),
    steps: z.array(planStep),
    then: z.enum(["finish", "replan"]),
  }),
  z.looseObject({ kind: z.literal("finish"), rationale: z.string(), output: json }),
  z.looseObject({ kind: z.literal("ask"), rationale: z.string(), question: z.string() }),
  z.looseObject({ kind: z.literal("abandon"), rationale: z.string(), reason: z.string() }),
]);

const stepRow = z.looseObject({
  id: z.string(),
  index: z.int().nullable(),
  tool: z.string(),
  toolVersion: z.string().nullable(),
  revision: count,
  attempts: count,
  durationMs: z.number().nonnegative().nullable(),
  status: z.enum(["pending", "running", "waiting", "completed", "failed", "unmet", "skipped", "unknown", "cancelled"]),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  output: json,
  error: error.nullable(),
  label: z.looseObject(label).nullable(),
});

const usage = { inputTokens: count, outputTokens: count, modelCalls: count };

/** 1: RunResult, as a list of fields. */
export const runResultFields = z.looseObject({
  v: z.literal(1),
  id: z.string().startsWith("run_"),
  goal: z.string(),
  workflow: z.looseObject({ name: z.string(), version: z.number(), hash: z.string() }).nullable(),
  status: z.enum([
    "queued",
    "planning",
    "running",
    "waiting",
    "interrupted",
    "completed",
    "failed",
    "exhausted",
    "cancelled",
  ]),
  output: json,
  missing: z.array(z.looseObject({ path: z.string(), ref: z.string() })),
  reason: z.string().nullable(),
  error: error.nullable(),
  waiting: z
    .looseObject({
      reason: z.enum(["approval", "answer", "retry-at", "needs-attention"]),
      approvals: z.array(approval),
      question: z.string().nullable(),
      until: time.nullable(),
      error: error.nullable(),
    })
    .nullable(),
  plan: z
    .looseObject({ revision: count, steps: z.array(planStep), then: z.enum(["finish", "replan"]), output: json })
    .nullable(),
  steps: z.array(stepRow),
  decisions: count,
  replans: count,
  planner: z.string(),
  model: z.string().nullable(),
  forkedFrom: z.string().nullable(),
  fork: z
    .strictObject({
      run: z.string(),
      atDecision: z.int(),
      inherited: z.strictObject({
        steps: z.int(),
        usage: z.looseObject({ ...usage, toolCalls: count }),
        costUsd: z.number().nullable(),
      }),
      mayRepeat: z.array(
        z.strictObject({
          step: z.string(),
          index: z.int().nullable(),
          tool: z.string(),
          effect: z.enum(["read", "write", "external", "irreversible"]).nullable(),
          outcome: z.enum(["completed", "failed", "unknown", "running"]),
        }),
      ),
    })
    .nullable(),
  createdAt: time,
  endedAt: time.nullable(),
  durationMs: z.number().nonnegative(),
  usage: z.looseObject({ ...usage, toolCalls: count }),
  costUsd: z.number().nullable(),
  budget: z.looseObject({
    maxSteps: count,
    maxReplans: count,
    maxTokens: count,
    maxCostUsd: z.number(),
    maxSeconds: z.number(),
  }),
  success: z.array(z.looseObject({ name: z.string(), met: z.boolean(), evidence: z.string() })),
  journalHead: hash,
});

const TERMINAL = ["completed", "failed", "exhausted", "cancelled"];

/** What the fields of a RunResult say of each other. */
export const runResult = runResultFields.superRefine((result, context) => {
  const rules: [boolean, string][] = [
    [(result.error !== null) === ["failed", "exhausted"].includes(result.status), "error iff failed|exhausted"],
    [(result.waiting !== null) === (result.status === "waiting"), "waiting iff waiting"],
    [(result.endedAt !== null) === TERMINAL.includes(result.status), "endedAt iff terminal"],
    [result.replans === Math.max(0, result.decisions - 1), "replans counts the decisions after the first"],
    [result.status !== "completed" || result.output !== null || result.plan === null, "completed runs have output"],
    [result.waiting?.reason !== "approval" || result.waiting.approvals.length > 0, "approvals to give"],
    [result.waiting?.reason !== "answer" || result.waiting.question !== null, "question to answer"],
    [result.waiting?.reason !== "retry-at" || result.waiting.until !== null, "time to wait for"],
    [result.waiting?.reason !== "needs-attention" || result.waiting.error !== null, "reason for attention"],
    [hasParents(result.steps), "forEach: one parent row before its elements, in order"],
  ];
  for (const [holds, message] of rules) if (!holds) context.addIssue({ code: "custom", message });
});

function hasParents(rows: readonly z.infer<typeof stepRow>[]): boolean {
  return rows.every((row, place) => {
    if (row.index === null) return rows.findIndex(({ id }) => id === row.id) === place;
    const before = rows[place - 1];
    return before?.id === row.id && (before.index === null ? -1 : before.index) === row.index - 1;
  });
}

const range = z.looseObject({ low: z.number(), high: z.number() });

/** 2: dry run. */
export const dryRun = z.looseObject({
  v: z.literal(1),
  valid: z.boolean(),
  decision: decision.nullable(),
  issues: z.array(issue),
  repairs: count,
  planner: z.string(),
  model: z.string().nullable(),
  graph: z.looseObject({ edges: z.array(z.tuple([z.string(), z.string()])), criticalPath: z.array(z.string()) }),
  approvals: z.array(z.looseObject({ step: z.string(), rule: z.string() })),
  forecast: z.looseObject({
    steps: range,
    modelCalls: range,
    tokens: range,
    costUsd: range,
    durationMs: range,
    basis: z.looseObject({ calls: count, unmeasured: z.array(z.string()) }),
  }),
  usage: z.looseObject(usage),
  costUsd: z.number().nullable(),
});

/** 3: one entry of the decision log. */
export const decisionLogEntry = z.looseObject({
  v: z.literal(1),
  run: z.string().startsWith("run_"),
  n: z.int().min(1),
  at: time,
  cause: z.enum(["start", "then-replan", "step-failed", "output-invalid", "success-unmet", "answer", "edit", "fork"]),
  revision: count,
  planner: z.string(),
  model: z.string().nullable(),
  prompt: z.looseObject({ name: z.string(), version: z.int(), hash }).nullable(),
  requestHash: hash,
  saw: z.looseObject({
    documents: z.array(z.looseObject({ name: z.string(), type: z.string(), chars: count, previewChars: count })),
    tools: z.array(z.string()),
    history: z.array(z.looseObject({ step: z.string(), status: z.string() })),
    budgetLeft: z.looseObject({}),
    visibility: z.string(),
  }),
  tries: z.array(
    z.looseObject({
      raw: z.string(),
      decision: decision.nullable(),
      issues: z.array(issue),
      dialect: z.enum(["variants", "entries", "tool", "text", "none"]),
      usage: z.looseObject(usage),
      costUsd: z.number().nullable(),
      durationMs: z.number(),
    }),
  ),
  decision: decision.nullable(),
  verdict: z.enum(["accepted", "rejected", "fallback"]),
  considered: z.array(z.looseObject({ tool: z.string(), score: z.number(), why: z.string() })),
  steps: z.array(z.string()),
  diff: z.looseObject({
    kept: z.array(z.string()),
    dropped: z.array(z.string()),
    added: z.array(z.string()),
    changed: z.array(z.string()),
  }),
  usage: z.looseObject(usage),
  costUsd: z.number().nullable(),
  durationMs: z.number(),
});

const KINDS = [
  ..."run.accepted run.started run.waiting run.resumed run.ended cancel.requested".split(" "),
  ..."decision.requested decision.step decision.received decision.rejected decision.accepted".split(" "),
  ..."step.started step.completed step.failed step.unknown".split(" "),
  ..."approval.requested approval.granted approval.denied approval.expired plan.edited".split(" "),
  ..."question.asked question.answered budget.settled recovery.applied success.checked".split(" "),
  ..."target.missed observation.recorded".split(" "),
];

/** 4: run event. */
export const runEvent = z.looseObject({
  v: z.literal(1),
  run: z.string().startsWith("run_"),
  seq: count,
  at: time,
  kind: z.enum(KINDS),
  step: z.string().nullable(),
  index: z.int().nullable(),
  attempt: z.int().nullable(),
  data: object,
});
