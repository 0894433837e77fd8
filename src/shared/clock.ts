/** The one place that knows the time. Everything else is handed a Clock. */

/** Cancels a timer; calling it twice, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** Where the runtime takes the time from: give your own to run it by a time of your choice. */
export interface Clock {
  /** Milliseconds since 1970 by the wall clock; may jump. */
  now(): number;
  /** Milliseconds that never go backwards, for durations. */
  monotonic(): number;
  /** Calls `fire` once after at least `delayMs` milliseconds (values under 0 count as 0). */
  setTimer(delayMs: number, fire: () => void): CancelTimer;
}

/** The longest delay that Node's own timers take; longer ones would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fire) {
    let timer: NodeJS.Timeout;
    let left = Math.max(0, delayMs);
    const arm = (): void => {
      const part = Math.min(left, LONGEST_TIMER_MS);
      left -= part;
      timer = setTimeout(left > 0 ? arm : fire, part);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Time as it stands in journals and results: ISO 8601, UTC, milliseconds. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
