/**
 * A full journal ends its run (KERNEL 15, LIMIT_JOURNAL). An entry that does not fit changes nothing, so whatever was
 * going to follow from it has not happened. Owns: that end, and what is left out after it. Must not: decide how much fits
 * (the store does).
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { END_STATUSES, type NewEntry } from "../journal/entries.ts";
import { append, type DriverCore } from "./driver-core.ts";

/** From here on only entries follow that a full journal still takes. */
const STOPPED: ReadonlySet<unknown> = new Set(["stopping", "ending", ...END_STATUSES]);

export function isJournalFull(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && thrown.code === "LIMIT_JOURNAL";
}

/**
 * Appends what a run can end without: false where it is being stopped, and the entry does not fit. Before that a full
 * journal is a reason to stop.
 */
export function appendIfRoom(core: DriverCore, entry: NewEntry): boolean {
  try {
    append(core, entry);
    return true;
  } catch (thrown) {
    if (!isJournalFull(thrown) || !STOPPED.has(core.state.phase())) throw thrown;
    return false;
  }
}

/** Does the work; where the journal is full, the run is stopped instead. Anything else that is thrown goes on. */
export function withinJournal(core: DriverCore, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || !isJournalFull(thrown) || STOPPED.has(core.state.phase())) throw thrown;
    core.effects.length = 0;
    append(core, { kind: "budget.settled", data: { limit: thrown.code, message: thrown.message } });
  }
}
