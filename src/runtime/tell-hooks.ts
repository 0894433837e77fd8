/**
 * The application's own listeners: told of every event of the runs that this runtime drives, in order, once it is
 * durable. Owns: that what they throw, and how long they take, is their own affair (SAFETY R15).
 */
import { projectEvent } from "../run/project-result.ts";
import type { RunEvent } from "../run/run-result.ts";
import type { RunListener } from "./observe-runs.ts";

export interface Hooks {
  /**
   * Called with every event once it is durable, in the order of each run, without being waited for: work that takes
   * time belongs into a promise. What it throws, or rejects with, changes nothing for the run.
   */
  onEvent?: (event: RunEvent) => unknown;
  /** The same with the values that were recorded at declared observation points only (`observation.recorded`). */
  onObservation?: (event: RunEvent) => unknown;
}

export function tellHooks({ onEvent, onObservation }: Hooks): RunListener {
  return {
    listen: () => ({
      take(entries) {
        for (const entry of entries) {
          const event = projectEvent(entry);
          if (onEvent !== undefined) call(onEvent, event);
          if (onObservation !== undefined && event.kind === "observation.recorded") call(onObservation, event);
        }
      },
      end() {},
    }),
    settle: async () => undefined,
  };
}

/** A copy each: what a listener does to an event reaches nobody else. */
function call(hook: (event: RunEvent) => unknown, event: RunEvent): void {
  const told = structuredClone(event);
  // In a promise of its own, so that one that throws keeps no other from being called.
  new Promise((resolve) => resolve(hook(told))).catch(() => undefined);
}
