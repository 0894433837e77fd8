/**
 * What the parts of a run's driver share. Owns: the one way to append (journal, then ledger and machine, then the
 * effects that follow). Must not: await anything.
 */
import type { ErrorShape } from "../error/planwright-error.ts";
import type { BlobCache } from "../journal/blob-cache.ts";
import type { EntryData, JournalEntry, NewEntry, StoredValue } from "../journal/entries.ts";
import type { OwnedJournal } from "../journal/store.ts";
import type { Allowance } from "../model/usage.ts";
import type { Judge } from "../planner/judge.ts";
import type { Planner } from "../planner/planner.ts";
import type { Policy } from "../policy/authorize.ts";
import type { Clock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Random } from "../shared/random.ts";
import type { CallOutcome, RunningCall } from "../step/execute-call.ts";
import type { ModelUse, Tool } from "../tool/tool.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import { address, type Call } from "./ledger.ts";
import type { Mailbox } from "./mailbox.ts";
import type { ReadyQueue } from "./ready-queue.ts";
import type { RunEffect } from "./run-machine.ts";
import type { RunState } from "./run-state.ts";
import { isActive } from "./run-status.ts";

/** Numbers that one runtime gives to all of its runs; defaults: SAFETY.md, "Default limits". */
export interface DriverLimits {
  /** Calls of one run at the same time; 8. */
  parallelSteps: number;
  /** How long one call of a tool without a `timeoutMs` of its own may take, in milliseconds; 30,000. */
  toolTimeoutMs: number;
  /** How long one answer of the planner may take, in milliseconds; 180,000. */
  plannerTimeoutMs: number;
  /** How long aborted tools may take before the run goes on without them, in milliseconds; 2,000. */
  graceMs: number;
  /** Large values that one run may keep, in bytes of JSON; 256 MiB. They are in memory while it is driven. */
  keptBytes: number;
  /** Further tries that a planner has for one decision after an answer with errors; 2. */
  repairs: number;
  /** How long an approval that was asked for can be given, in milliseconds; 86,400,000 (24 hours). */
  approvalTtlMs: number;
}

export interface DriverEnvironment {
  tools: ToolRegistry;
  planner: Planner;
  /** Stands in for one more try where the planner has no good answer; null where the run fails then. */
  fallback: Planner | null;
  /** Goes on where a fixed plan ends and its rules ask for another; null where none does. */
  successor: Planner | null;
  /** Judges success criteria that no condition can; null where there is no model. */
  judge: Judge | null;
  policy: Policy;
  clock: Clock;
  random: Random;
  limits: DriverLimits;
}

/** What reaches the loop from outside. `order` sorts outcomes that arrive together by start (KERNEL 5). */
export type Message =
  | { kind: "entry"; entry: NewEntry }
  | { kind: "may-call"; call: Call }
  | { kind: "streamed-step"; n: number; attempt: number; step: JsonValue }
  | { kind: "call-settled"; call: Call; order: number; outcome: SettledOutcome }
  | { kind: "may-undo"; call: Call; failures: number }
  | { kind: "undone"; call: Call; failures: number; outcome: CallOutcome }
  | { kind: "observed"; values: EntryData<"observation.recorded">["values"] }
  | { kind: "reconciled"; call: Call; outcome: { ok: true; output: StoredValue } | { ok: false } | null }
  | { kind: "call-released" }
  | { kind: "budget-freed" }
  | { kind: "retry-due"; call: Call }
  | { kind: "time-check" }
  | { kind: "go-on" }
  | { kind: "command"; command: Command }
  | { kind: "store-failed"; error: unknown }
  | { kind: "park" };

export type SettledOutcome = { ok: true; output: StoredValue } | { ok: false; error: ErrorShape; isGivenUp: boolean };

/** A person's word; `settle` reports once what followed is durable, or why nothing did. */
export interface Command {
  entries: () => NewEntry[];
  settle: (error: unknown) => void;
}

/** A call whose start is journalled; `call` is null until its tool is called. */
export interface StartedCall {
  call: RunningCall | null;
  /** Place in the order of starts. */
  order: number;
  bound: { tool: Tool; input: unknown };
  /** What was reserved for its models, and what these have used so far. */
  reservation?: Allowance;
  uses: ModelUse[];
}

/** The steps of one try so far. Nothing starts early after the first one that is not in order. */
export interface StreamedPlan {
  n: number;
  attempt: number;
  steps: JsonValue[];
  isOver: boolean;
  /** Ids of steps that were journalled early; they may be read by others. */
  early: Set<string>;
}

export interface DriverCore {
  readonly environment: DriverEnvironment;
  readonly journal: OwnedJournal;
  readonly state: RunState;
  readonly mailbox: Mailbox<Message>;
  readonly ready: ReadyQueue;
  readonly blobs: BlobCache;
  readonly running: Map<Call, StartedCall>;
  /** What is to be recorded of a step, once its large values are stored; null where none is stored for that. */
  observed: EntryData<"observation.recorded">["values"] | "storing" | "no-room" | null;
  /** The call that undoes another, while it runs. */
  undoing: RunningCall | null;
  /** Failed calls whose next attempt is due, and the timers of those whose is not. */
  readonly dueRetries: Call[];
  readonly timers: Map<string, () => void>;
  readonly effects: RunEffect[];
  /** What the planner's side does once a held run is resumed. */
  readonly heldEffects: RunEffect[];
  /** When the newest entry was appended, by the clock that doesn't jump. */
  appendedAtMs: number;
  /** Appended, but not yet told to anyone. */
  readonly unpublished: JournalEntry[];
  /** Calls that hold a place, zombies included. */
  slotsUsed: number;
  started: number;
  abortPlanner: (() => void) | null;
  /** From the call of the planner until what came of it is back in the loop. */
  isAsking: boolean;
  /** The steps of the answer that is being written, so far. */
  streamed: StreamedPlan | null;
  /** Ready calls whose reservation has to wait for others to be settled. */
  readonly awaitingBudget: Call[];
}

/** Appends one entry and applies it; what follows from it is queued as effects. */
export function append(core: DriverCore, entry: NewEntry): JournalEntry {
  const appended = core.journal.append(entry);
  core.appendedAtMs = core.environment.clock.monotonic();
  const effects = core.state.apply(appended);
  core.effects.push(...effects);
  core.unpublished.push(appended);
  return appended;
}

/** Nothing goes on until a person has looked at what is wrong, and resumes the run. */
export function hold(core: DriverCore, error: ErrorShape): void {
  append(core, { kind: "run.waiting", data: { reason: "needs-attention", until: null, error, hold: true } });
}

/** A failure before the tool was called: never retried. */
export function failCallNow(core: DriverCore, call: Call, error: ErrorShape): void {
  const shape = { ...error, runId: core.state.ledger.run, stepId: call.step.id };
  append(core, { kind: "step.failed", ...address(call), data: { error: shape, retryAt: null } });
}

/** Sets, or with null clears, the one timer of that name. */
export function setTimer(core: DriverCore, name: string, timer: { delayMs: number; fire: () => void } | null): void {
  core.timers.get(name)?.();
  core.timers.delete(name);
  if (timer === null) return;
  const cancel = core.environment.clock.setTimer(timer.delayMs, () => {
    core.timers.delete(name);
    timer.fire();
  });
  core.timers.set(name, cancel);
}

/** Gives the loop an entry to append once it is back at its messages, where it may have become untimely. */
export function post(core: DriverCore, entry: NewEntry): void {
  core.mailbox.post({ kind: "entry", entry });
}

/** Runs something slow outside the loop; its entry comes back as a message, its failure as a store failure. */
export function later(core: DriverCore, job: Promise<NewEntry>): void {
  job.then(
    (entry) => post(core, entry),
    (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
  );
}

/** Whether the run is finishing, being stopped or over (or was never started): nothing new starts. */
export function isStopping(core: DriverCore): boolean {
  return !isActive(core.state);
}
