/** How a ledger and its calls begin. Owns: their first state. */
import type { EntryOf } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import { TRUSTED } from "../policy/label.ts";
import type { Call, Ledger, StepState } from "./ledger.ts";
import { emptyTallies } from "./tallies.ts";

/** The ledger after the first entry. `readBlob` must know every blob that later entries refer to. */
export function createLedger(entry: EntryOf<"run.accepted">, readBlob: ReadBlob): Ledger {
  return {
    run: entry.run,
    accepted: entry.data,
    createdAt: entry.at,
    startedAt: null,
    endedAt: null,
    seq: entry.seq,
    at: entry.at,
    head: entry.hash,
    activeMs: 0,
    decisions: 0,
    open: null,
    lastRejection: null,
    lastTry: null,
    lastAnswer: null,
    outputIssues: [],
    revision: 0,
    plan: null,
    lastDecision: null,
    planLabel: { integrity: "trusted", origins: [] },
    steps: new Map(),
    dependents: new Map(),
    statuses: {},
    approvals: new Map(),
    question: null,
    answers: [],
    waiting: null,
    isCancelRequested: false,
    limit: null,
    ended: null,
    usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0, toolCalls: 0 },
    costUsd: 0,
    reservations: new Map(),
    countedSteps: 0,
    inherited: null,
    progress: 0,
    lastProposal: null,
    fruitlessOwners: 0,
    unknownKeys: new Set(),
    tallies: emptyTallies(),
    recovering: new Set(),
    undoable: [],
    compensation: null,
    review: null,
    success: null,
    missedTargets: new Set(),
    toObserve: [],
    due: new Set(),
    readBlob,
    onReady: () => {},
  };
}

export function createCall(step: StepState, index: number | null): Call {
  return {
    step,
    index,
    status: "idle",
    attempts: 0,
    failures: 0,
    startedAt: null,
    endedAt: null,
    output: null,
    error: null,
    label: null,
    outputLabel: null,
    inputHash: null,
    retryAt: null,
    pauseMs: 0,
    approval: null,
    inputLabel: TRUSTED,
  };
}

/** A call of a step that was planned again; it goes on counting attempts, and no tool is called twice that must not be. */
export function repeatCall(step: StepState, index: number | null, before: Call | undefined): Call {
  const { attempts = 0, startedAt = null, stoodIn = [] } = before ?? {};
  const once = stoodIn.filter(({ facts }) => facts.idempotency === "none");
  return { ...createCall(step, index), attempts, startedAt, ...(once.length === 0 ? {} : { stoodIn: once }) };
}
