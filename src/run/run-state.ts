/**
 * Ledger and machine of one run together: what a journal folds to (KERNEL 4, SAFETY R8).
 * Owns: that both always see the same entries. Must not: perform effects.
 */
import type { EndStatus, EntryOf, JournalEntry } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import { canonicalJson } from "../shared/json.ts";
import { applyEntry, machineEvent } from "./apply-entry.ts";
import { inherit } from "./inherit.ts";
import type { Ledger } from "./ledger.ts";
import { ledgerSnapshot } from "./ledger-snapshot.ts";
import { countersOf } from "./ledger-tallies.ts";
import { createLedger } from "./new-ledger.ts";
import { FIRST_PHASE, nextPhase } from "./phase.ts";
import type { MachineValue, RunEffect } from "./run-machine.ts";

export interface RunState {
  readonly ledger: Ledger;
  /** Applies one entry to both and returns the effects that follow from it, in order. */
  apply(entry: JournalEntry): readonly RunEffect[];
  phase(): MachineValue;
  /** Code of the limit that ends the run, where the machine found it. */
  limit(): string | null;
  verdict(): EndStatus;
  /** Canonical JSON of ledger and machine value: the same for the live run and for its folded journal. */
  snapshot(): string;
}

/** A run's state after its first entry; a fork's after all that it inherits. */
export function createRunState(first: EntryOf<"run.accepted">, readBlob: ReadBlob): RunState {
  const ledger = createLedger(first, readBlob);
  let phase = FIRST_PHASE;
  const tellMachine = (entry: JournalEntry): readonly RunEffect[] => {
    const decided = nextPhase(phase, machineEvent(ledger, entry, countersOf(ledger)));
    phase = decided.phase;
    return decided.effects;
  };
  inherit(ledger, tellMachine);
  return {
    ledger,
    apply(entry) {
      applyEntry(ledger, entry);
      return tellMachine(entry);
    },
    phase: () => phase.snapshot.value,
    limit: () => phase.snapshot.context.limit,
    verdict: () => phase.snapshot.context.verdict,
    snapshot: () => canonicalJson({ ledger: ledgerSnapshot(ledger), machine: phase.snapshot.value }),
  };
}

/** Folds a journal. Effects are dropped. Throws where the first entry does not open a run. */
export function foldJournal(entries: readonly JournalEntry[], readBlob: ReadBlob): RunState {
  const [first, ...rest] = entries;
  if (first?.kind !== "run.accepted") throw new Error("a journal starts with run.accepted");
  const state = createRunState(first, readBlob);
  for (const entry of rest) state.apply(entry);
  return state;
}
