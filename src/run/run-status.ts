/** A run's status as the outside sees it, derived from ledger and machine (KERNEL 3). */
import type { ErrorShape } from "../error/planwright-error.ts";
import { END_STATUSES, type EntryData } from "../journal/entries.ts";
import { type Ledger, liveCalls } from "./ledger.ts";
import type { MachineValue } from "./run-machine.ts";
import type { RunStatus } from "./run-result.ts";
import type { RunState } from "./run-state.ts";

const TERMINAL: ReadonlySet<string> = new Set(END_STATUSES);
const PLANNING: ReadonlySet<string> = new Set(["planning", "checking", "repairing", "reviewing"]);

/** Status of a run that somebody owns; `isOwned: false` turns unfinished ones into `interrupted`. */
export function runStatus(state: RunState, isOwned: boolean): RunStatus {
  const status = liveStatus(state.phase(), state.ledger);
  if (isOwned || isTerminal(status)) return status;
  const waitsForPerson = status === "waiting" && waitingReason(state.ledger).reason !== "retry-at";
  return waitsForPerson ? status : "interrupted";
}

export function isTerminal(status: RunStatus): boolean {
  return TERMINAL.has(status);
}

/** Between its start and its finish or stop: whoever plans or calls a tool does it here. Not while queued. */
export function isActive(state: RunState): boolean {
  return typeof state.phase() !== "string";
}

function liveStatus(phase: MachineValue, ledger: Ledger): RunStatus {
  if (typeof phase === "string") {
    if (phase === "finishing" || phase === "stopping" || phase === "ending") return "running";
    return phase as RunStatus;
  }
  const { deciding, executing } = phase.active as { deciding: string; executing: string };
  if (executing === "waiting") return "waiting";
  if (PLANNING.has(deciding)) return "planning";
  return ledger.decisions === 0 ? "planning" : "running";
}

/** Why a waiting run waits; a person's reason comes before a timer (KERNEL 3). */
export function waitingReason(ledger: Ledger): EntryData<"run.waiting"> {
  if (ledger.waiting?.hold === true) return ledger.waiting;
  const calls = liveCalls(ledger);
  const unknown = calls.find(({ status }) => status === "unknown" || status === "escalated");
  if (unknown !== undefined) return waiting("needs-attention", unknown.error);
  if (ledger.question !== null) return waiting("answer");
  if (ledger.review?.verdict === "open") return waiting("approval");
  if (calls.some((call) => call.status === "waiting")) return waiting("approval");
  const times = calls.flatMap((call) => (call.status === "retrying" && call.retryAt !== null ? [call.retryAt] : []));
  return { ...waiting("retry-at"), until: times.sort()[0] ?? null };
}

function waiting(
  reason: EntryData<"run.waiting">["reason"],
  error: ErrorShape | null = null,
): EntryData<"run.waiting"> {
  return { reason, until: null, error, hold: false };
}
