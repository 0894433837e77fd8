/** Waiting, for doubles that take their time. Owns: that a wait leaves no timer and no listener behind. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Clock } from "../shared/clock.ts";

/** Resolves after the time; rejects at once when the signal aborts, with its reason where that is an error of ours. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    const onAbort = (): void => {
      stop();
      reject(abortError(signal));
    };
    const stop = clock.setTimer(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

export function abortError({ reason }: AbortSignal): PlanwrightError {
  if (reason instanceof PlanwrightError) return reason;
  return new PlanwrightError("CANCELLED", "The call was cancelled.", { cause: reason });
}
