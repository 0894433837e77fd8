/** A fixed number of places, taken in order of asking. Owns: who waits. */
import { PlanwrightError } from "../error/planwright-error.ts";

export interface Places {
  /** Resolves with how to give the place back (calling it twice does nothing). */
  take(): Promise<() => void>;
  /** How many wait for one. */
  waiting(): number;
  /** Nobody who waits gets a place any more: SHUTTING_DOWN. */
  close(): void;
}

export function createPlaces(count: number): Places {
  let free = count;
  let isClosed = false;
  const queue: { resolve: (leave: () => void) => void; reject: (error: unknown) => void }[] = [];
  const shuttingDown = (): PlanwrightError =>
    new PlanwrightError("SHUTTING_DOWN", "The runtime is closing.", { hint: "The run goes on at the next start." });
  const grant = (): (() => void) => {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next.resolve(grant());
    };
  };
  return {
    async take() {
      if (isClosed) throw shuttingDown();
      if (free > 0) {
        free -= 1;
        return grant();
      }
      return new Promise((resolve, reject) => queue.push({ resolve, reject }));
    },
    waiting: () => queue.length,
    close() {
      isClosed = true;
      for (const waiting of queue.splice(0)) waiting.reject(shuttingDown());
    },
  };
}
