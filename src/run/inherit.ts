/**
 * How a fork gets what its source had settled: the inherited entries are applied like its own, before its own. Owns:
 * that they cost the fork nothing: time, steps, replans, tokens and USD of the source are shown, not counted; and that
 * it does not undo them.
 */
import type { JournalEntry } from "../journal/entries.ts";
import { inheritedEntries } from "../journal/fork-prefix.ts";
import { addCost, addUsage } from "../model/usage.ts";
import { applyKind } from "./apply-entry.ts";
import type { Inherited, Ledger } from "./ledger.ts";

/** Applies all inherited entries; to be called once, right after the first entry. `tell` passes each to the machine. */
export function inherit(ledger: Ledger, tell: (entry: JournalEntry) => void): void {
  const { run, createdAt: at, accepted } = ledger;
  const { fork } = accepted;
  if (fork === undefined) return;
  const first = { kind: "run.accepted", run, at, data: accepted } as JournalEntry;
  // Conditions and inputs of then were read under the goal of then.
  ledger.accepted = fork.goal === null ? accepted : { ...accepted, goal: fork.goal };
  ledger.inherited = NOTHING_INHERITED;
  for (const entry of inheritedEntries(first, ledger.readBlob)) {
    applyKind(ledger, entry);
    ledger.inherited = takeUse(ledger, ledger.inherited);
    tell(entry);
  }
  ledger.accepted = accepted;
  ledger.startedAt = null;
  if (fork.undoesOwn === true) ledger.undoable = [];
  // A person who forks wants another try, also of the same steps.
  ledger.lastProposal = null;
}

const NOTHING_INHERITED: Inherited = {
  decisions: 0,
  steps: 0,
  usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0, toolCalls: 0 },
  costUsd: 0,
};

/** After every entry, so that no limit of the fork is met by what its source did. */
function takeUse(ledger: Ledger, { steps, usage, costUsd }: Inherited): Inherited {
  const taken: Inherited = {
    decisions: ledger.decisions,
    steps: steps + ledger.countedSteps,
    usage: { ...addUsage(usage, ledger.usage), toolCalls: usage.toolCalls + ledger.usage.toolCalls },
    costUsd: addCost(costUsd, ledger.costUsd),
  };
  ledger.countedSteps = 0;
  ledger.usage = { ...NOTHING_INHERITED.usage };
  ledger.costUsd = 0;
  return taken;
}
