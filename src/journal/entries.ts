/**
 * The entries of a run's journal: the append-only truth. Owns: their shapes and version.
 * Must not: hold a closure, a class instance or anything that cannot be written as JSON.
 */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { errorShapeSchema } from "../error/planwright-error.ts";
import { budgetSchema, grantSchema, nowSchema } from "../goal/run-request.ts";
import { RECOVERY_VERBS, runRulesSchema } from "../goal/run-rules.ts";
import { DECISION_CAUSES } from "../planner/planning-request.ts";
import { labelSchema } from "../policy/label.ts";
import { EFFECTS, IDEMPOTENCIES } from "../tool/tool.ts";
import { forkSchema } from "./fork-data.ts";
import { type StoredValue, storedValueSchema } from "./stored-value.ts";

export type { StoredValue };

/** Version of the entry format; another one is JOURNAL_VERSION. */
export const JOURNAL_FORMAT = 1;

const json = z.json();

const count = z.int().min(0);
const usd = z.number().min(0);
const usageSchema = z.object({ inputTokens: count, outputTokens: count, modelCalls: count });

/** What a call may use at most; `costUsd` is null where the price is unknown. */
const allowanceSchema = z.object({ tokens: z.int(), costUsd: usd.nullable() });

const promptMarkSchema = z.object({ name: z.string(), version: z.int(), hash: z.string() });

/** A model and versions of prompts that a request asks for by words; whoever takes the run up uses the same. */
const askedPlanningSchema = z.object({ model: z.string().nullable(), prompt: z.array(z.string()) });
export type AskedPlanning = z.infer<typeof askedPlanningSchema>;
/** What the models of a tool's attempt used; absent where it called none. */
const spentShape = { usage: usageSchema.optional(), costUsd: usd.nullable().optional() };

export const approvalSchema = z.object({
  id: z.string(),
  kind: z.enum(["step", "plan"]),
  run: z.string(),
  step: z.string().nullable(),
  index: z.int().nullable(),
  tool: z.string().nullable(),
  toolVersion: z.string().nullable(),
  input: json,
  /** Hash of run, step, index, tool, tool version and input: what the approval is bound to. */
  hash: z.string(),
  /** Id of the policy rule that asked for it. */
  rule: z.string(),
  provenance: z.array(z.object({ path: z.string(), ...labelSchema.shape })),
  expiresAt: z.string(),
});
export type Approval = z.infer<typeof approvalSchema>;

export const diffSchema = z.object({
  kept: z.array(z.string()),
  dropped: z.array(z.string()),
  added: z.array(z.string()),
  changed: z.array(z.string()),
});
export type PlanDiff = z.infer<typeof diffSchema>;

/** What folding and resuming must know of a tool. */
export const toolFactsSchema = z.object({
  version: z.string(),
  effect: z.enum(EFFECTS),
  idempotency: z.enum(IDEMPOTENCIES),
  /** Hash of input and output schema. */
  schemas: z.string(),
  /** It says how a completed call is undone. */
  compensates: z.literal(true).optional(),
});
export type ToolFacts = z.infer<typeof toolFactsSchema>;

/** How a run can end. */
export const END_STATUSES = ["completed", "failed", "exhausted", "cancelled"] as const;
export type EndStatus = (typeof END_STATUSES)[number];

/** A decision that passed parser and checker. */
const acceptedSchema = z.object({
  n: z.int(),
  attempt: z.int(),
  revision: z.int(),
  decision: storedValueSchema,
  /** Warnings only. */
  issues: z.array(issueSchema),
  diff: diffSchema,
  /** Label of the plan's own literals. */
  label: labelSchema,
  /** What a failure does where a step does not say. */
  onFailure: z.enum(["replan", "fail"]),
  /** Facts of the tools that the plan names, so that folding never needs the registry (KERNEL 21). */
  tools: z.record(z.string(), toolFactsSchema),
});

/** What each kind of entry holds in `data`. */
export const entryData = {
  "run.accepted": z.object({
    goal: z.string(),
    params: z.record(z.string(), json),
    documents: z.array(z.object({ name: z.string(), type: z.string(), chars: z.int(), document: storedValueSchema })),
    outputSchema: z.record(z.string(), json).nullable(),
    budget: budgetSchema,
    grants: z.array(grantSchema),
    /** True where approvals are denied at once instead of waiting (`approve: "none"`). */
    denyApprovals: z.boolean(),
    planner: z.string(),
    model: z.string().nullable(),
    /** Absent: the runtime's own. */
    asked: askedPlanningSchema.optional(),
    workflow: z.object({ name: z.string(), version: z.number(), hash: z.string() }).nullable(),
    /** Plan of a fixed planner, so that another process can resume the run. */
    fixedPlan: storedValueSchema.nullable(),
    /** Whether the planner held a person's plan; `isPersonalRun` reads it. */
    isPersonal: z.boolean().optional(),
    /** What a workflow or the request says of recovery, success, targets and observation. */
    rules: runRulesSchema.optional(),
    /** A tool stands in once for each call. Absent: once that any rule before has named it, as older versions read rules. */
    standsInPerCall: z.literal(true).optional(),
    /** A person approves, or edits, each plan before any of it runs. */
    reviewPlan: z.literal(true).optional(),
    /** `RUN@N` */
    forkedFrom: z.string().nullable(),
    fork: forkSchema.optional(),
    now: nowSchema,
    planwright: z.string(),
  }),
  "run.started": z.object({}),
  "run.waiting": z.object({
    reason: z.enum(["approval", "answer", "retry-at", "needs-attention"]),
    until: z.string().nullable(),
    error: errorShapeSchema.nullable(),
    /** Nothing starts until a person resumes the run. */
    hold: z.boolean(),
  }),
  /** First entry of an epoch above 0 seals the file before it: its length in bytes and its last entry. */
  "run.resumed": z.object({
    seal: z.object({ epoch: z.int(), bytes: z.int() }).nullable(),
    by: z.string(),
  }),
  "run.ended": z.object({
    status: z.enum(END_STATUSES),
    output: storedValueSchema.nullable(),
    missing: z.array(z.object({ path: z.string(), ref: z.string() })),
    reason: z.string().nullable(),
    error: errorShapeSchema.nullable(),
  }),
  "cancel.requested": z.object({ by: z.string() }),
  "decision.requested": z.object({
    n: z.int().min(1),
    attempt: z.int().min(1),
    cause: z.enum(DECISION_CAUSES),
    visibility: z.enum(["preview", "shape", "none"]),
    /** With cause output-invalid: what was wrong with the output. */
    outputIssues: z.array(issueSchema).optional(),
    /** The planner that stands in for the run's own, where one does. */
    planner: z.string().optional(),
    /** The planner that goes on where a fixed plan ended, by name. */
    handedTo: z.string().optional(),
    /** What the answer may use at most, where the planner reserves (KERNEL 15). */
    reservation: allowanceSchema.optional(),
    /** Hash of the planning request. */
    requestHash: z.string(),
    request: z.object({
      catalogue: storedValueSchema,
      documents: storedValueSchema,
      history: storedValueSchema,
      parameters: storedValueSchema,
    }),
  }),
  /** A step of an answer that is still being written, which starts before the rest is known (KERNEL 12). */
  "decision.step": z.object({
    n: z.int(),
    attempt: z.int(),
    step: storedValueSchema,
    /** Hash of its canonical definition. */
    definition: z.string(),
    /** Label of its literals. */
    label: labelSchema,
    onFailure: z.enum(["replan", "fail"]),
    facts: toolFactsSchema,
  }),
  "decision.received": z.object({
    n: z.int(),
    attempt: z.int(),
    raw: storedValueSchema,
    /** What the model wrote, exactly, where `raw` was decoded from it. */
    answer: storedValueSchema.optional(),
    /** What was wrong with the answer before it could be parsed. */
    issues: z.array(issueSchema).optional(),
    usage: usageSchema,
    costUsd: usd.nullable(),
    durationMs: z.number(),
    dialect: z.enum(["variants", "entries", "tool", "text", "none"]),
    model: z.string().nullable(),
    prompt: promptMarkSchema.nullable(),
    considered: z.array(z.object({ tool: z.string(), score: z.number(), why: z.string() })),
    /** The planner threw instead of answering. */
    error: errorShapeSchema.nullable(),
  }),
  "decision.rejected": z.object({
    n: z.int(),
    attempt: z.int(),
    issues: z.array(issueSchema),
    /** No further try follows; `error` is what the run fails with. */
    error: errorShapeSchema.nullable(),
    /** The next try is made by the planner that stands in for the run's own. */
    fallback: z.boolean().optional(),
  }),
  "decision.accepted": acceptedSchema,
  "step.started": z.object({
    /** Policy rule that allowed the call. */
    rule: z.string(),
    /** Approval that was used, where the rule asked for one. */
    approval: z.string().optional(),
    inputHash: z.string(),
    /**
     * What the tool was given (defaults and transforms of its schema included), where it says how to undo a call or how
     * to find out how one ended. Without `value` it is too large, or no JSON; `hash` is null where no one can make it again.
     */
    given: z.object({ hash: z.string().nullable(), value: json.optional() }).optional(),
    /** Join of everything that went in. */
    label: labelSchema,
    /** What its model calls may use at most, where the tool reserves (KERNEL 15). */
    reservation: allowanceSchema.optional(),
    /** Parent of a forEach: how many elements, and the hash of the list. */
    items: z.object({ count: z.int(), hash: z.string() }).optional(),
  }),
  "step.completed": z.object({
    /** Absent for the parent of a forEach, whose output is the list of its elements' outputs. */
    output: storedValueSchema.optional(),
    /** Label of the output, where it differs from the input's. */
    label: labelSchema.optional(),
    ...spentShape,
    /** Models that it called, and the prompts that they were given. */
    models: z.array(z.string()).optional(),
    prompts: z.array(promptMarkSchema).optional(),
  }),
  "step.failed": z.object({
    error: errorShapeSchema,
    /** When the next attempt is due; null where none follows. */
    retryAt: z.string().nullable(),
    ...spentShape,
  }),
  "step.unknown": z.object({ error: errorShapeSchema, ...spentShape }),
  /** How a rule answers a failure; what `retry`, `fallback` and `compensate` come to follows in entries of their own. */
  "recovery.applied": z.object({
    /** Place in the run's rules, from 0. */
    rule: z.int(),
    verb: z.enum(RECOVERY_VERBS),
    /** Code of the failure. */
    code: z.string(),
    /** retry: when the next attempt is due; null: at once. */
    retryAt: z.string().nullable().optional(),
    /** fallback: what takes the output's place. */
    output: storedValueSchema.optional(),
    /** fallback: the tool that takes the tool's place. */
    tool: z.object({ name: z.string(), facts: toolFactsSchema }).optional(),
  }),
  /** A completed step is being undone, newest first. */
  "compensation.started": z.object({}),
  "compensation.completed": z.object({}),
  "compensation.failed": z.object({ error: errorShapeSchema }),
  /** Nothing is left to undo; the failure that asked for it ends the run. */
  "compensation.settled": z.object({}),
  /** Verdicts on the success criteria; `met: null` where a model has still to judge. */
  "success.checked": z.object({
    n: z.int(),
    met: z.boolean().nullable(),
    results: z.array(z.object({ name: z.string(), met: z.boolean().nullable(), evidence: z.string() })),
    /** What judging may use at most, while it is awaited. */
    reservation: allowanceSchema.optional(),
    ...spentShape,
    models: z.array(z.string()).optional(),
    prompts: z.array(promptMarkSchema).optional(),
  }),
  "target.missed": z.object({ target: z.enum(["durationMs", "costUsd"]), limit: z.number(), actual: z.number() }),
  "observation.recorded": z.object({ after: z.string(), values: z.record(z.string(), storedValueSchema) }),
  /** `plan`: what accepting the plan will journal, where a whole plan is to be approved. */
  "approval.requested": z.object({ approval: approvalSchema, plan: acceptedSchema.optional() }),
  "approval.granted": z.object({ approval: z.string(), by: z.string() }),
  "approval.denied": z.object({ approval: z.string(), reason: z.string().nullable() }),
  "approval.expired": z.object({ approval: z.string() }),
  /** A person's plan instead of the one that was shown; checked like any other. */
  "plan.edited": z.object({ n: z.int(), approval: z.string(), plan: storedValueSchema, by: z.string() }),
  "question.asked": z.object({ n: z.int(), question: z.string() }),
  /** `settles`: the answer is the output of a step whose outcome was unknown. */
  "question.answered": z.object({
    answer: storedValueSchema,
    settles: z.object({ step: z.string(), index: z.int().nullable() }).nullable(),
  }),
  /** A limit ends the run; the two that the machine finds itself (steps, replans) need no entry. */
  "budget.settled": z.object({ limit: z.string(), message: z.string() }),
} as const;

export type EntryKind = keyof typeof entryData;
export type EntryData<K extends EntryKind> = z.infer<(typeof entryData)[K]>;

/** An entry before the journal has numbered, stamped and chained it. */
export type NewEntry = {
  [K in EntryKind]: {
    kind: K;
    step?: string;
    /** forEach index; absent where there is none. */
    index?: number;
    /** Attempt of the step, from 1. */
    attempt?: number;
    data: EntryData<K>;
  };
}[EntryKind];

/** What the journal adds. */
export interface EntryHeader {
  v: number;
  run: string;
  /** 0, 1, 2 … without gap or repeat (SAFETY R7). */
  seq: number;
  /** Which owner wrote it, counted from 0. */
  epoch: number;
  /** ISO 8601. */
  at: string;
  /** Milliseconds since the entry before by a clock that doesn't jump; only where `at` has jumped meanwhile. */
  spentMs?: number;
  /** Last sequence number known to be synced when this was written; -1 for none. */
  synced: number;
  /** Hash of the entry before, short form; empty for the first. */
  prev: string;
  /** SHA-256 of the line without this field, short form. */
  hash: string;
}

export type JournalEntry = NewEntry & EntryHeader;
export type EntryOf<K extends EntryKind> = Extract<JournalEntry, { kind: K }>;

/** Whether the run carries out a person's plan: one in its request, or that of a planner which holds one. */
export function isPersonalRun(accepted: Pick<EntryData<"run.accepted">, "isPersonal" | "fixedPlan">): boolean {
  return accepted.isPersonal ?? accepted.fixedPlan !== null;
}
