/**
 * The decision at which a fork leaves its source: asked again, or given by a person. Owns: its cause and who makes it.
 */
import type { ForkData } from "../journal/fork-data.ts";
import { storedValue } from "../journal/store.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Planner } from "../planner/planner.ts";
import type { DecisionCause } from "../planner/planning-request.ts";
import type { Ledger } from "./ledger.ts";

/** What a fork comes from, as long as its decision was not asked for. */
export function dueFork({ accepted, decisions }: Ledger): ForkData | null {
  return accepted.fork !== undefined && decisions < accepted.fork.decision ? accepted.fork : null;
}

export function forkCause({ plan }: ForkData): DecisionCause {
  return plan === null ? "fork" : "edit";
}

/** The person whose plan is taken at the decision that is due; null where a planner is asked. */
export function dueEditor(ledger: Ledger, planner: Planner): Planner | null {
  return dueFork(ledger) === null ? null : editor(ledger, planner);
}

/** The same, once the decision is open. */
export function openEditor(ledger: Ledger, planner: Planner): Planner | null {
  return ledger.open?.cause === "edit" ? editor(ledger, planner) : null;
}

/** `planner`: the run's own, which goes on after this decision. */
function editor({ accepted, readBlob }: Ledger, planner: Planner): Planner | null {
  const plan = accepted.fork?.plan ?? null;
  if (plan === null) return null;
  return {
    name: "person",
    isPersonal: true,
    visibility: "none",
    defaultOnFailure: planner.defaultOnFailure ?? "replan",
    plan: async () => ({ raw: structuredClone(storedValue(plan, readBlob)), usage: NO_USAGE, costUsd: 0 }),
  };
}
