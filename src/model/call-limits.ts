/** Limits of a call of a model. Owns: their defaults (SAFETY, "Default limits"), and how long to wait before a retry. */
import type { PlanwrightError } from "../error/planwright-error.ts";
import type { Random } from "../shared/random.ts";
import type { Model } from "./model.ts";

export interface CallLimits {
  /** Attempts after the first one. */
  retries: number;
  /** Until the first byte of a response. */
  firstByteMs: number;
  /** Between two chunks of a response. */
  idleMs: number;
  /** For all attempts and the pauses between them. */
  totalMs: number;
  /** A provider that asks to wait longer than this is not waited for. */
  longestWaitMs: number;
}

export const DEFAULT_CALL_LIMITS: Omit<CallLimits, "firstByteMs"> = {
  retries: 5,
  idleMs: 45_000,
  totalMs: 180_000,
  longestWaitMs: 60_000,
};

/** A server of one's own reads the whole prompt before it sends its first byte, and may take its time for that. */
export function limitsFor({ provider }: Model, given: Partial<CallLimits>): CallLimits {
  const limits = { ...DEFAULT_CALL_LIMITS, ...given };
  return { firstByteMs: provider === "compatible" ? limits.totalMs : limits.idleMs, ...limits };
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Pause before a retry, `attempt` counting those that failed: full jitter under a limit that doubles from 1 to 30 s
 * ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015), and never less than the provider asks for.
 */
export function pauseMs(attempt: number, error: PlanwrightError, random: Random): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.max(error.retryAfterMs ?? 0, random.next() * most);
}
