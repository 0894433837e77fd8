/**
 * Runs that were accepted and wait for a place. Owns: their order, and that a waiting run costs an id: its journal is
 * closed and nothing of it is in memory. Must not: know how a run is driven.
 */
import { PlanwrightError } from "../error/planwright-error.ts";

/** Gives a place back; calling it twice does nothing. */
export type Leave = () => void;

export interface RunQueueOptions {
  /** Runs that may have a place at the same time. */
  places: number;
  /** Starts a run that has got a place; rejects where it cannot be started. The queue goes on either way. */
  start: (run: string, leave: Leave) => Promise<void>;
}

export interface RunQueue {
  /** A place, where one is free and nobody waits for it; null otherwise. */
  take(): Leave | null;
  /** Puts a run at the end. */
  add(run: string): void;
  /** Takes a run out, wherever it stands; false where it does not wait. */
  remove(run: string): boolean;
  has(run: string): boolean;
  /** How many wait. */
  size(): number;
  /** Resolves once the run waits no more, whatever became of it; rejects with SHUTTING_DOWN, or why it could not start. */
  left(run: string): Promise<void>;
  /** Nobody gets a place any more. */
  close(): void;
}

interface Waiting {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export function createRunQueue({ places, start }: RunQueueOptions): RunQueue {
  const waiting = new Map<string, Waiting | null>();
  /** Listeners of runs that are being started. */
  const starting = new Map<string, Promise<void>>();
  let free = places;
  let isClosed = false;
  const grant = (): Leave => {
    free -= 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      free += 1;
      goOn();
    };
  };
  const goOn = (): void => {
    for (const [run, listeners] of waiting) {
      if (isClosed || free <= 0) return;
      waiting.delete(run);
      const leave = grant();
      const started = start(run, leave).finally(() => starting.delete(run));
      starting.set(run, started);
      started.then(listeners?.resolve, (error: unknown) => {
        leave();
        listeners?.reject(error);
      });
    }
  };
  return {
    take: () => (isClosed || free <= 0 || waiting.size > 0 ? null : grant()),
    add(run) {
      if (isClosed || waiting.has(run) || starting.has(run)) return;
      waiting.set(run, null);
      goOn();
    },
    remove(run) {
      const listeners = waiting.get(run);
      listeners?.resolve();
      return waiting.delete(run);
    },
    has: (run) => waiting.has(run),
    size: () => waiting.size,
    left(run) {
      const known = waiting.get(run);
      if (known === undefined) return starting.get(run) ?? Promise.resolve();
      const listeners = known ?? listen();
      waiting.set(run, listeners);
      return listeners.promise;
    },
    close() {
      isClosed = true;
      for (const listeners of waiting.values()) listeners?.reject(shuttingDown());
      waiting.clear();
    },
  };
}

/** Made for runs that somebody waits for only. */
function listen(): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {}); // Whoever waits may have gone.
  return { promise, resolve, reject };
}

function shuttingDown(): PlanwrightError {
  return new PlanwrightError("SHUTTING_DOWN", "The runtime is closing.", {
    hint: "The run goes on at the next start.",
  });
}
