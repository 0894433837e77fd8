/**
 * The ledger of one run: the only mutable structure, changed by `applyEntry` alone and by nothing but journal
 * entries (KERNEL 2). Owns: its shape. Must not: perform effects, know the tool registry or the time.
 */

import type { Issue } from "../error/issue.ts";
import type { ErrorShape } from "../error/planwright-error.ts";
import type { Approval, EntryData, StoredValue, ToolFacts } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import type { Allowance, Usage } from "../model/usage.ts";
import type { CompiledStep } from "../plan/compile-plan.ts";
import type { CompiledObject } from "../plan/compile-value.ts";
import type { Decision, OnFailure, PlanDecision } from "../plan/decision.ts";
import type { DecisionCause, Visibility } from "../planner/planning-request.ts";
import type { Label } from "../policy/label.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { Tallies } from "./tallies.ts";

export type CallStatus =
  | "idle" // not ready yet
  | "ready"
  | "running"
  | "retrying" // failed, the next attempt waits for its time
  | "waiting" // for an approval
  | "unknown" // a crash left the outcome open
  | "recovering" // failed; a rule says what comes next
  | "escalated" // failed; a person says what comes next
  | "fanned-out" // parent of a forEach whose elements are under way
  | "completed"
  | "failed"
  | "skipped"
  | "cancelled";

/** One call of a tool: a plain step, the fan-out of a forEach, or one of its elements. */
export interface Call {
  readonly step: StepState;
  /** Place in the forEach list; null for plain steps and fan-outs. */
  readonly index: number | null;
  status: CallStatus;
  /** Attempts started, over all owners. */
  attempts: number;
  /** Attempts that ended in a failure that may be tried again; a crash does not count. */
  failures: number;
  startedAt: string | null;
  endedAt: string | null;
  output: StoredValue | null;
  error: ErrorShape | null;
  /** Join of everything that went in; null before the start. */
  label: Label | null;
  outputLabel: Label | null;
  inputHash: string | null;
  /** What its tool was given, where that may be needed again. */
  given?: EntryData<"step.started">["given"];
  retryAt: string | null;
  /** How long the pause before `retryAt` was meant to be, in milliseconds. */
  pauseMs: number;
  /** Approval that was asked for, by id. */
  approval: string | null;
  /** The rule that answered, or is to answer, its last failure. */
  rule?: number;
  /** The tool that a rule put in its tool's place. */
  standIn?: { tool: string; facts: ToolFacts; input: CompiledObject | null };
  /** Tools that stood in and were called. */
  stoodIn?: { tool: string; facts: ToolFacts }[];
  /** What the models of its last attempt used. */
  used?: CallUse;
  /** Label of what made it ready or kept it from that; derived, never in the snapshot. */
  inputLabel: Label;
}

/** What an attempt's models used. */
export type CallUse = Pick<EntryData<"step.completed">, "usage" | "costUsd">;

export type StepStatus = "pending" | "active" | "completed" | "failed" | "unmet" | "skipped";

export interface StepState {
  readonly id: string;
  readonly compiled: CompiledStep;
  /** Hash of the canonical definition (KERNEL 7). */
  readonly definition: string;
  /** As planned, or as a rule has said since. */
  onFailure: OnFailure;
  readonly facts: ToolFacts | null;
  /** Label of the literals in its definition, joined with that of every plan that asked for it again. */
  literalLabel: Label;
  revision: number;
  /** Place in the plan, and the length of the longest path from here: the order of starting (KERNEL 5). */
  place: number;
  priority: number;
  status: StepStatus;
  isDropped: boolean;
  /** Of a plan that has no verdict yet: its failure does not count. */
  isEarly?: true;
  whenLabel: Label;
  /** Sources that are not settled yet. */
  openSources: number;
  /** Code of its last failure, also after it was planned again. */
  lastFailure: string | null;
  call: Call;
  /** forEach only, from the fan-out on. */
  fanOut: FanOut | null;
  /** Elements of the fan-out before the step was planned again: what they completed is final (SAFETY R3). */
  earlier: Call[];
}

export interface FanOut {
  items: JsonValue[];
  label: Label;
  elements: Call[];
  openElements: number;
  /** First element failure that the step does not skip. */
  error: ErrorShape | null;
  /** The list of outputs once all elements are settled; derived. */
  output: JsonValue | null;
  /** Join of the elements' labels, likewise; else each reader of a long list would join them all. */
  outputLabel: Label | null;
  /** Label of how all elements ended, likewise. */
  fateLabel: Label | null;
  /** Whether the step's own outcome has to be journalled. */
  isDue: boolean;
}

export interface OpenDecision {
  n: number;
  attempt: number;
  cause: DecisionCause;
  visibility: Visibility;
  requestHash: string;
  /** What the planner is asked, in parts. */
  request: EntryData<"decision.requested">["request"];
  raw: StoredValue | null;
  /** The planner threw. */
  error: ErrorShape | null;
  /** The planner that stands in for the run's own, by name. */
  planner?: string;
  /** The planner that goes on where a fixed plan ended, by name. */
  handedTo?: string;
  /** What was wrong with the answer before it could be parsed. */
  issues?: Issue[];
}

export interface ApprovalState {
  approval: Approval;
  status: "requested" | "granted" | "denied" | "expired";
  /** Null where a whole plan is to be approved. */
  call: Call | null;
}

/** A plan that was checked and waits for a person, as its acceptance will say it. */
export interface PlanReview {
  approval: string;
  accepted: EntryData<"decision.accepted">;
  verdict: "open" | "granted" | "denied" | "expired";
  /** Why it was denied. */
  reason: string | null;
  edited: StoredValue | null;
}

/** Completed calls being undone, newest first, for the call whose failure asked for it. */
export interface Compensation {
  call: Call;
  /** The call that is being undone. */
  current: Call | null;
  undone: { step: string; index: number | null }[];
  /** What could not be undone, and why. */
  left: { step: string; index: number | null; error: ErrorShape }[];
}

export interface Ledger {
  readonly run: string;
  accepted: EntryData<"run.accepted">;
  readonly createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  /** Last entry: number, time and hash. */
  seq: number;
  at: string;
  head: string;
  /** Wall time spent while not waiting, in milliseconds, up to `at`. */
  activeMs: number;
  decisions: number;
  open: OpenDecision | null;
  /** Issues and raw answer of the last rejected try, for the next one. */
  lastRejection: EntryData<"decision.rejected"> | null;
  lastTry: StoredValue | null;
  /** What the model wrote at the last try, where `lastTry` was decoded from it. */
  lastAnswer: StoredValue | null;
  /** What was wrong with the last output, for the replan that it caused. */
  outputIssues: Issue[];
  revision: number;
  plan: PlanDecision | null;
  /** Last accepted decision of any kind. */
  lastDecision: Decision | null;
  planLabel: Label;
  /** By id, in order of first mention. */
  steps: Map<string, StepState>;
  /** Ids of the current plan's steps that read or follow a step. */
  dependents: Map<string, string[]>;
  /** Outputs' settled view for the `status` root. */
  statuses: JsonObject;
  approvals: Map<string, ApprovalState>;
  question: { n: number; question: string } | null;
  answers: { question: string; answer: StoredValue }[];
  waiting: EntryData<"run.waiting"> | null;
  isCancelRequested: boolean;
  limit: EntryData<"budget.settled"> | null;
  ended: EntryData<"run.ended"> | null;
  usage: Usage & { toolCalls: number };
  /** Null once a price was unknown. */
  costUsd: number | null;
  /** What calls that are under way may still use, by `ReservationKey`. */
  readonly reservations: Map<string, Allowance>;
  /** Steps and elements that were started, each counted once. */
  countedSteps: number;
  /** What the source of a fork had used, beside what counts here; null for other runs. */
  inherited: Inherited | null;
  /** Rises whenever something settles that was not settled that way before (PLAN_STUCK). */
  progress: number;
  /** Unfinished definitions and progress at the last accepted plan. */
  lastProposal: { unfinished: string; progress: number } | null;
  /** Owners since the last outcome (KERNEL 13). */
  fruitlessOwners: number;
  /** Tool and input of calls whose outcome nobody knows (KERNEL 14), as `unknownKey` writes them. */
  unknownKeys: Set<string>;
  tallies: Tallies;
  /** Failed calls that a rule has to answer. */
  recovering: Set<Call>;
  /** Completed calls whose tool says how to undo them, in the order of their completion. */
  undoable: Call[];
  compensation: Compensation | null;
  /** The plan that a person looks at. */
  review: PlanReview | null;
  /** The last look at the success criteria. */
  success: EntryData<"success.checked"> | null;
  missedTargets: Set<string>;
  /** Steps that have settled and have something to be recorded. */
  toObserve: { point: number; step: StepState }[];
  /** forEach steps whose own outcome is to be journalled. */
  due: Set<StepState>;
  readonly readBlob: ReadBlob;
  /** Told of every call that becomes ready; the driver's queue listens. */
  onReady: (call: Call) => void;
}

/** Use of a fork's source up to the decision that is asked again: shown, and not held against the fork's budget. */
export interface Inherited {
  decisions: number;
  steps: number;
  usage: Usage & { toolCalls: number };
  /** Null once a price was unknown. */
  costUsd: number | null;
}

/** The call that an entry's `step` and `index` name; undefined where there is none. */
export function findCall(ledger: Ledger, at: { step: string; index: number | null }): Call | undefined {
  const step = ledger.steps.get(at.step);
  return at.index === null ? step?.call : step?.fanOut?.elements[at.index];
}

/** All calls of a step that reach its tool. */
export function toolCalls(step: StepState): Call[] {
  return step.compiled.items === null ? [step.call] : (step.fanOut?.elements ?? []);
}

/** Every call of the current plan's steps, fan-outs before their elements, in order of first mention. */
export function liveCalls(ledger: Ledger): Call[] {
  const live = [...ledger.steps.values()].filter((step) => !step.isDropped);
  return live.flatMap((step) => [step.call, ...(step.fanOut?.elements ?? [])]);
}

/** Approvals that a person can still decide. */
export function openApprovals(ledger: Ledger): ApprovalState[] {
  return [...ledger.approvals.values()].filter(isOpenApproval);
}

/** One whose call does not wait any more, or waits for another one by now, is void. */
export function isOpenApproval({ status, call, approval }: ApprovalState): boolean {
  return status === "requested" && (call === null || (call.status === "waiting" && call.approval === approval.id));
}

/** Called at most once for each step (SAFETY R4). A tool of which nothing is known counts as such. */
export function mustNotRepeat(call: Call): boolean {
  const facts = factsOf(call);
  return facts === null || facts.idempotency === "none";
}

/** The tool that the call is made with: the plan's, or the one that a rule put in its place. */
export function toolOf(call: Call): string {
  return call.standIn?.tool ?? call.step.compiled.step.tool;
}

export function factsOf(call: Call): ToolFacts | null {
  return call.standIn?.facts ?? call.step.facts;
}

/** How entries name a call. */
export function address(call: Call): { step: string; index?: number } {
  return call.index === null ? { step: call.step.id } : { step: call.step.id, index: call.index };
}
