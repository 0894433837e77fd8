/** How a tool says "not now, try again". Owns: the one error that makes the runtime retry a tool (KERNEL 13). */
import { PlanwrightError } from "../error/planwright-error.ts";

export interface TransientOptions {
  /** Shortest pause before the next attempt, in milliseconds; the retry policy decides where it is left out. */
  retryAfterMs?: number;
  /** What went wrong underneath. */
  cause?: unknown;
}

/**
 * Makes the error TOOL_TRANSIENT: `throw transient("the registry answered 503")`.
 * Tools with idempotency `pure` or `key` are then tried again; tools with `none` never are.
 */
export function transient(message: string, options: TransientOptions = {}): PlanwrightError {
  return new PlanwrightError("TOOL_TRANSIENT", message, {
    hint: "The failure is expected to pass; it was tried again where the tool allows that.",
    retryAfterMs: options.retryAfterMs ?? null,
    cause: options.cause,
  });
}
