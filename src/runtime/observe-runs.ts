/**
 * What watches the runs that a runtime drives: statistics, the run index, and the application's own listeners. Fed
 * with entries once they are durable. Owns: that no listener changes anything for a run (SAFETY R15).
 * Must not: be waited for by a run.
 */
import type { JournalEntry } from "../journal/entries.ts";
import type { RunCache } from "../journal/store.ts";
import type { RunState } from "../run/run-state.ts";
import type { JsonValue } from "../shared/json.ts";
import type { RunSummary } from "../trace/metric.ts";
import { rowOfRun, tallyOf } from "./run-row.ts";

/** Is told of one run's durable entries, in order. What it throws is its own affair. */
export interface EntryListener {
  take(entries: readonly JournalEntry[]): void;
  /** The run is no longer driven here. */
  end(): void;
}

/** A run as a listener meets it; `recovered` is what the journal held before this process drove it. */
export interface ObservedRun {
  state: RunState;
  recovered: readonly JournalEntry[];
}

export interface RunListener {
  /** Makes the listener of one run. */
  listen(run: ObservedRun): EntryListener;
  /** Resolves once all that was told has been dealt with. */
  settle(): Promise<void>;
}

export interface RunObserver extends EntryListener {
  /** What the run's durable entries came to until now. */
  summary(): RunSummary;
}

export interface RunObservation {
  observe(run: ObservedRun): RunObserver;
  /** Resolves once the rows of ended runs are with the index, and listeners have dealt with what they were told. */
  settle(): Promise<void>;
}

export function createObservation(options: {
  openCache: (() => Promise<RunCache>) | null;
  listeners: readonly RunListener[];
}): RunObservation {
  const { openCache, listeners } = options;
  const opening = new Set<Promise<void>>();
  /** In the background: no run waits for the index, and none fails where it cannot be opened. */
  const keep = (run: string, row: JsonValue): void => {
    if (openCache === null) return;
    const kept = openCache()
      .then((cache) => cache.set(run, row))
      .catch(() => undefined)
      .finally(() => opening.delete(kept));
    opening.add(kept);
  };
  return {
    observe(run) {
      const { state, recovered } = run;
      const tally = tallyOf(state);
      for (const entry of recovered) tally.add(entry);
      const told = listeners.flatMap((listener) => protect(() => listener.listen(run)) ?? []);
      return {
        take(entries) {
          for (const entry of entries) tally.add(entry);
          for (const listener of told) protect(() => listener.take(entries));
          if (entries.at(-1)?.kind !== "run.ended" || openCache === null) return;
          const row = rowOfRun(state, tally.summary());
          if (row !== null) keep(state.ledger.run, row as unknown as JsonValue);
        },
        end() {
          for (const listener of told) protect(() => listener.end());
        },
        summary: () => tally.summary(),
      };
    },
    async settle() {
      await Promise.allSettled([...opening, ...listeners.map((listener) => listener.settle())]);
    },
  };
}

/** Undefined where it threw: what a listener throws must not reach the loop that tells it. */
function protect<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
