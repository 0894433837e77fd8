/**
 * A token bucket: so much a minute, and no more than that at once. Owns: who waits, in the order of asking.
 * Must not: know what is being counted.
 */
import type { Clock } from "../../shared/clock.ts";

export interface TokenBucket {
  /** Resolves once so much may be used; an amount above the capacity waits for a full bucket. Rejects with the signal's reason. */
  take(amount: number, signal: AbortSignal): Promise<void>;
  /** Gives back what was taken and not used; a negative amount takes more, and makes the next one wait longer. */
  giveBack(amount: number): void;
}

const MINUTE_MS = 60_000;

interface Waiting {
  amount: number;
  resolve: () => void;
}

/** Full at first; refills evenly, so that no window of a minute sees more than twice the capacity. */
export function createTokenBucket({ perMinute, clock }: { perMinute: number; clock: Clock }): TokenBucket {
  const queue: Waiting[] = [];
  let level = perMinute;
  let filledAt = clock.monotonic();
  let cancelTimer: (() => void) | null = null;
  const fill = (): void => {
    const now = clock.monotonic();
    level = Math.min(perMinute, level + ((now - filledAt) * perMinute) / MINUTE_MS);
    filledAt = now;
  };
  const serve = (): void => {
    cancelTimer?.();
    cancelTimer = null;
    fill();
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const needed = Math.min(first.amount, perMinute);
      // Filling adds fractions: without the small slack a timer could fire a hair too early, again and again.
      if (level + 1e-9 < needed) {
        cancelTimer = clock.setTimer(Math.ceil(((needed - level) * MINUTE_MS) / perMinute), serve);
        return;
      }
      level -= first.amount;
      queue.shift();
      first.resolve();
    }
  };
  return {
    take(amount, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const leave = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal.reason as Error);
          serve();
        };
        const waiting: Waiting = {
          amount,
          resolve: () => {
            signal.removeEventListener("abort", leave);
            resolve();
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.push(waiting);
        if (queue.length === 1) serve();
      });
    },
    giveBack(amount) {
      fill();
      level = Math.min(perMinute, level + amount);
      if (queue.length > 0) serve();
    },
  };
}
