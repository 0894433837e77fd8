/** Lets callers wait for a change that may also happen unseen, in another process. Owns: the waiting; not the change. */
import type { Clock } from "../shared/clock.ts";

export interface WakeList {
  /** Resolves at the next `wake`, or after the pause; look again then. */
  wait(): Promise<void>;
  wake(): void;
}

/** `pauseMs`: how long a change by another process may go unseen. */
export function createWakeList(clock: Clock, pauseMs: number): WakeList {
  const waiting = new Set<() => void>();
  return {
    wait() {
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
      for (const finish of [...waiting]) finish();
    },
  };
}
