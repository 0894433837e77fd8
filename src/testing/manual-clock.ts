/**
 * A clock that stands still until a test moves it. Owns: simulated time and its timers.
 * Must not: use real time, except to let promises settle between two timers.
 */
import type { CancelTimer, Clock } from "../shared/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time on, firing timers in the order they are due (ties: in the order they were set); synchronous. */
  advance(ms: number): void;
  /** Like `advance`, but lets promise chains settle before each timer and after the last one. */
  advanceAsync(ms: number): Promise<void>;
  /** Moves time to the next timer and fires it; false where none is set. */
  advanceToNext(): Promise<boolean>;
  /** Makes the wall clock jump (backwards with negative values) while durations go on undisturbed. */
  jump(ms: number): void;
  /** How many timers are set; 0 once everything has been cleaned up. */
  readonly timers: number;
  /** Milliseconds until the next timer is due, null where none is set. */
  readonly nextInMs: number | null;
}

interface Timer {
  due: number;
  order: number;
  fire: () => void;
}

/** 2026-01-01T00:00:00Z, so that tests show a plausible date. */
const START_MS = 1_767_225_600_000;

/** Turns of the event loop that `advanceAsync` waits for: enough for chains of immediate and file work in memory. */
const SETTLE_TURNS = 5;

/** `startMs` is the wall clock's first value; durations start at 0. */
export function createManualClock({ startMs = START_MS } = {}): ManualClock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let offset = startMs;
  let orders = 0;

  const next = (until: number): Timer | null => {
    let found: Timer | null = null;
    for (const timer of timers) {
      if (timer.due > until) continue;
      if (found === null || timer.due < found.due || (timer.due === found.due && timer.order < found.order))
        found = timer;
    }
    return found;
  };
  const run = (timer: Timer): void => {
    timers.delete(timer);
    elapsed = Math.max(elapsed, timer.due);
    timer.fire();
  };

  return {
    now: () => Math.floor(elapsed + offset),
    monotonic: () => elapsed,
    setTimer(delayMs, fire): CancelTimer {
      const timer: Timer = { due: elapsed + Math.max(0, delayMs), order: orders++, fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = next(until); timer !== null; timer = next(until)) run(timer);
      elapsed = Math.max(elapsed, until); // What was fired may have moved it further.
    },
    async advanceAsync(ms) {
      const until = elapsed + ms;
      await settle();
      for (let timer = next(until); timer !== null; timer = next(until)) {
        run(timer);
        await settle();
      }
      elapsed = Math.max(elapsed, until); // What was fired may have moved it further.
    },
    async advanceToNext() {
      await settle();
      const timer = next(Number.POSITIVE_INFINITY);
      if (timer === null) return false;
      run(timer);
      await settle();
      return true;
    },
    jump(ms) {
      offset += ms;
    },
    get timers() {
      return timers.size;
    },
    get nextInMs() {
      const timer = next(Number.POSITIVE_INFINITY);
      return timer === null ? null : timer.due - elapsed;
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
