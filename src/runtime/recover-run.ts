/** Takes a run over from whoever drove it before. Owns: that what is outstanding is computed from the journal. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { type BlobCache, keepValues, loadBlobs } from "../journal/blob-cache.ts";
import type { JournalEntry } from "../journal/entries.ts";
import type { OwnedJournal } from "../journal/store.ts";
import { foldJournal, type RunState } from "../run/run-state.ts";
import type { AcceptedRun } from "./accept-run.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** A run as its journal was read before it was taken over. */
export interface SeenRun {
  state: RunState;
  blobs: BlobCache;
  /** What the state was folded from. */
  entries: readonly JournalEntry[];
}

export interface Recovery {
  run: string;
  by: "owner" | "person";
  seen: SeenRun | null;
}

/** Throws what `Store.acquire` throws, and RUN_ENDED. */
export async function recover(environment: RuntimeEnvironment, { run, by, seen }: Recovery): Promise<AcceptedRun> {
  const journal = await environment.store.acquire(run, { known: seen?.entries ?? null });
  try {
    const { state, blobs } = await folded(journal, seen);
    if (state.ledger.ended !== null) {
      throw new PlanwrightError("RUN_ENDED", `Run ${run} is ${state.ledger.ended.status}.`, {
        runId: run,
        hint: "Start or fork a run instead.",
      });
    }
    // An open request is asked again as it was.
    await keepValues(blobs, Object.values(state.ledger.open?.request ?? {}), journal.blobs);
    const entry = journal.append({ kind: "run.resumed", data: { seal: journal.seal, by } });
    state.apply(entry);
    await journal.sync();
    return { journal, state, blobs, unpublished: [entry] };
  } catch (error) {
    await journal.release().catch(() => undefined);
    throw error;
  }
}

/** The hash of the last entry stands for all before it. */
async function folded(journal: OwnedJournal, seen: SeenRun | null): Promise<Pick<SeenRun, "state" | "blobs">> {
  if (seen !== null && seen.state.ledger.head === journal.recovered.at(-1)?.hash) return seen;
  const blobs = await loadBlobs(journal.recovered, journal.blobs);
  return { state: foldJournal(journal.recovered, blobs.read), blobs };
}
