/**
 * Ledger and machine of one run together: what a journal folds to (KERNEL 4, SAFETY R8).
 * Owns: that both always see the same entries. Must not: perform effects.
 */
import { type Actor, createActor } from "xstate";
import type { EndStatus, EntryOf, JournalEntry } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import { canonicalJson } from "../shared/json.ts";
import { applyEntry, machineEvent } from "./apply-entry.ts";
import { guardAnswers } from "./counters.ts";
import { inherit } from "./inherit.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { ledgerSnapshot } from "./ledger-snapshot.ts";
import { countersOf } from "./ledger-tallies.ts";
import { type MachineValue, type RunEffect, runMachine } from "./run-machine.ts";

export interface RunState {
  readonly ledger: Ledger;
  readonly machine: Actor<typeof runMachine>;
  /** Applies one entry to both and returns the effects that follow from it, in order. */
  apply(entry: JournalEntry): RunEffect[];
  phase(): MachineValue;
  /** Code of the limit that ends the run, where the machine found it. */
  limit(): string | null;
  verdict(): EndStatus;
  /** Canonical JSON of ledger and machine value: the same for the live run and for its folded journal. */
  snapshot(): string;
}

/**
 * Kinds that some state of the machine waits for. Entries of other kinds only bring counters, and where these answer
 * every guard as before, nothing can follow: the machine has come to rest on the same answers (eventless transitions are
 * taken until none is open). It is not asked then, which is most of the entries of a run. In `stopping` it always is.
 */
const HANDLED: ReadonlySet<string> = new Set(runMachine.events);

/** A run's state after its first entry; a fork's after all that it inherits. */
export function createRunState(first: EntryOf<"run.accepted">, readBlob: ReadBlob): RunState {
  const ledger = createLedger(first, readBlob);
  const machine = createActor(runMachine);
  let answers: number | null = null;
  let effects: RunEffect[] = [];
  machine.on("effect", ({ effect }) => effects.push(effect));
  machine.start();
  const tellMachine = (entry: JournalEntry): RunEffect[] => {
    const counters = countersOf(ledger);
    const before = answers;
    answers = guardAnswers(counters);
    effects = [];
    const mayFollow = answers !== before || HANDLED.has(entry.kind) || machine.getSnapshot().value === "stopping";
    if (mayFollow) machine.send(machineEvent(ledger, entry, counters));
    return effects;
  };
  inherit(ledger, tellMachine);
  return {
    ledger,
    machine,
    apply(entry) {
      applyEntry(ledger, entry);
      return tellMachine(entry);
    },
    phase: () => machine.getSnapshot().value,
    limit: () => machine.getSnapshot().context.limit,
    verdict: () => machine.getSnapshot().context.verdict,
    snapshot: () => canonicalJson({ ledger: ledgerSnapshot(ledger), machine: machine.getSnapshot().value }),
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
