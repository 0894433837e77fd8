/** When a failed attempt is tried again (KERNEL 13). Owns: the default policy for tools. */
import type { ErrorShape } from "../error/planwright-error.ts";
import type { Idempotency } from "../tool/tool.ts";

export interface RetryPolicy {
  /** All attempts, the first included. */
  attempts: number;
  /** `fixed`: `baseMs` before each attempt. */
  backoff?: "exponential" | "fixed";
  baseMs: number;
  maxMs: number;
  /** Codes or categories of errors that are worth another attempt; `*`: any. */
  on: readonly string[];
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 3,
  baseMs: 200,
  maxMs: 5_000,
  on: ["TOOL_TRANSIENT", "TOOL_TIMEOUT"],
};

/**
 * Pause before the next attempt in milliseconds, or null where none follows. Tools that must not be called twice
 * are never tried again. Exponential with equal jitter (M. Brooker, "Exponential Backoff and Jitter", AWS 2015):
 * half of the pause is fixed, so that pauses grow, half is random, so that clients spread.
 */
export function retryPause(
  failure: { error: ErrorShape; failures: number; idempotency: Idempotency },
  random: () => number,
  policy: RetryPolicy = DEFAULT_RETRY,
): number | null {
  const { error, failures, idempotency } = failure;
  if (idempotency === "none" || !fitsError(policy.on, error)) return null;
  if (failures + 1 >= policy.attempts) return null;
  if (policy.backoff === "fixed") return Math.max(error.retryAfterMs ?? 0, Math.min(policy.maxMs, policy.baseMs));
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** failures);
  return Math.max(error.retryAfterMs ?? 0, Math.round(ceiling / 2 + (ceiling / 2) * random()));
}

/** Codes, categories, or `*`. */
export function fitsError(on: readonly string[], { code, category }: Pick<ErrorShape, "code" | "category">): boolean {
  return on.some((name) => name === "*" || name === code || name === category);
}
