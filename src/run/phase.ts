/**
 * Where a run is in its machine, and where an entry takes it. The machine is a pure function of its phase, the kind of
 * entry, a few fields of it and the answers to its guards' questions; there are few of each, and many entries. So each
 * case is put to the machine once in a process, and what it decided is remembered for all runs.
 * Owns: what makes two cases the same. Must not: decide anything itself.
 */
import { type ExecutableActionsFrom, initialTransition, type SnapshotFrom, transition } from "xstate";
import { guardAnswers } from "./counters.ts";
import { type MachineEvent, type RunEffect, runMachine } from "./run-machine.ts";

type MachineSnapshot = SnapshotFrom<typeof runMachine>;

/** Never changes: runs that are at the same point share it. */
export interface Phase {
  readonly snapshot: MachineSnapshot;
  /** What the machine decided from here, by `caseOf`. */
  readonly decided: Map<string | number, Decided>;
}

interface Decided {
  phase: Phase;
  /** In order. */
  effects: readonly RunEffect[];
}

/** Journals name limits, and may use any text; all else that makes a case is finite. What is beyond is decided anew. */
const MOST_PHASES = 1_000;
const MOST_CASES = 1_000;

const PHASES = new Map<string, Phase>();

/** All other kinds bring nothing but counters. */
const HEARD: ReadonlySet<string> = new Set(runMachine.events);

/** Where every run begins. */
export const FIRST_PHASE = phaseOf(initialTransition(runMachine)[0]);

/** What the machine makes of an entry. */
export function nextPhase(phase: Phase, event: MachineEvent): Decided {
  const name = caseOf(event);
  const known = phase.decided.get(name);
  if (known !== undefined) return known;
  const [snapshot, actions] = transition(runMachine, phase.snapshot, event);
  const decided = { phase: phaseOf(snapshot), effects: actions.flatMap(effectsOf) };
  if (phase.decided.size < MOST_CASES) phase.decided.set(name, decided);
  return decided;
}

/** Everything of an entry that the machine may look at: whatever it brings, and the answers instead of the counters. */
function caseOf(event: MachineEvent): string | number {
  const answers = guardAnswers(event.counters);
  return HEARD.has(event.type) ? JSON.stringify({ ...event, counters: answers }) : answers;
}

/**
 * The phase of that state and context. The order of the state's nodes counts as well: XState keeps that in which they
 * were entered, and takes transitions of parallel regions by it.
 */
function phaseOf(snapshot: MachineSnapshot): Phase {
  const name = JSON.stringify([snapshot._nodes.map(({ id }) => id), snapshot.context]);
  const known = PHASES.get(name);
  if (known !== undefined) return known;
  const phase: Phase = { snapshot, decided: new Map() };
  if (PHASES.size < MOST_PHASES) PHASES.set(name, phase);
  return phase;
}

/** The effect that an action describes; the machine leaves no other actions to be performed. */
function effectsOf({ params }: ExecutableActionsFrom<typeof runMachine>): RunEffect[] {
  const emitted = (params as { event?: { effect?: RunEffect } } | undefined)?.event?.effect;
  return emitted === undefined ? [] : [emitted];
}
