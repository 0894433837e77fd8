/** Lets callers wait for a change that may also happen unseen, in another process. Owns: the waiting; not the change. */
import type { Clock } from "../shared/clock.ts";

export interface WakeList {
  /** How many times `wake` was called. Take it before looking, hand it to `wait` afterwards. */
  readonly wakes: number;
  /** Resolves at the next `wake` after those counted by `since`, or after the pause; look again then. */
  wait(since: number): Promise<void>;
  wake(): void;
}

/** `pauseMs`: how long a change by another process may go unseen. */
export function createWakeList(clock: Clock, pauseMs: number): WakeList {
  const waiting = new Set<() => void>();
  let wakes = 0;
  return {
    get wakes() {
      return wakes;
    },
    wait(since) {
      if (since !== wakes) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = (): void => {
          cancel();
          waiting.delete(finish);
          resolve();
        };
        const cancel = clock.setTimer(pauseMs, finish);
        waiting.add(finish);
      });
    },
    wake() {
      wakes += 1;
      for (const finish of [...waiting]) finish();
    },
  };
}
