/** Runs leave a store, come into it, and are looked through. Owns: when a run may go, and when it may come. */
import { asPlanwrightError, describeThrown, type ErrorShape, PlanwrightError } from "../error/planwright-error.ts";
import { loadBlobs } from "../journal/blob-cache.ts";
import type { JournalEntry } from "../journal/entries.ts";
import { blobsOf, exportRun, readExport } from "../journal/export-run.ts";
import type { ReadBlob } from "../journal/store.ts";
import { journalCorrupt, runLocked } from "../journal/store-errors.ts";
import { foldJournal } from "../run/run-state.ts";
import { hashForPeople } from "../shared/hash.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { jsonProblem } from "./bounded-json.ts";
import { goalSchema } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface Verification {
  run: string;
  isSound: boolean;
  /** Entries and blobs that were looked through; 0 where the journal cannot be read. */
  entries: number;
  blobs: number;
  journalHead: string | null;
  error: ErrorShape | null;
}

export interface ImportOptions {
  /** Takes a run in that has not ended. False by default: whoever goes on with it here may repeat what is done elsewhere. */
  isUnfinishedAllowed?: boolean;
}

export interface RemoveOptions {
  /** Removes runs that have not ended, or cannot be read, too, where nobody drives them. False by default. */
  isUnfinishedAllowed?: boolean;
}

export interface Removal {
  removed: string[];
  /** Runs that are still there, and why. */
  kept: { run: string; error: ErrorShape }[];
}

/** The run as lines of text. Throws NOT_FOUND, JOURNAL_CORRUPT. */
export async function* exportLines({ store }: RuntimeEnvironment, run: string): AsyncGenerator<string> {
  yield* exportRun(await store.read(run, { isDurable: true }));
}

/** Throws VALIDATION, JOURNAL_CORRUPT, JOURNAL_VERSION, and IDEMPOTENCY_CONFLICT where another run has this id. */
export async function importRun(
  { store }: RuntimeEnvironment,
  lines: AsyncIterable<string> | Iterable<string>,
  { isUnfinishedAllowed = false }: ImportOptions,
): Promise<{ run: string; isNew: boolean }> {
  const { run, entries, journalHead, files } = await readExport(lines);
  const last = entries.at(-1);
  if (last?.kind !== "run.ended" && !isUnfinishedAllowed) {
    throw new PlanwrightError("VALIDATION", `Run ${run} has not ended.`, {
      runId: run,
      hint: "Export it once it has ended; or allow unfinished runs, and let only one store go on with it.",
    });
  }
  checkAccepted(run, entries[0]);
  // What is proven by its hashes must fold, too, before it is taken in.
  const blobs = await loadBlobs(entries, { get: async (name) => files.blobs.get(name) ?? "null" });
  foldOrRefuse(run, entries, blobs.read);
  const known = await headIn(store, run);
  if (known === journalHead) return { run, isNew: false };
  if (known !== null) {
    throw new PlanwrightError("IDEMPOTENCY_CONFLICT", `This store has another run ${run}.`, {
      runId: run,
      hint: "Its journal ends otherwise. Import into another store, or remove that run first.",
    });
  }
  await store.place(run, files);
  return { run, isNew: true };
}

/** The chain proves that entries belong together, not that a runtime wrote them: what no request may hold, none may bring. */
function checkAccepted(run: string, first: JournalEntry | undefined): void {
  if (first?.kind !== "run.accepted") return;
  const { goal, params } = first.data;
  const problem = goalSchema.safeParse(goal).success ? jsonProblem(params) : "holds a goal that no request may have";
  if (problem === null) return;
  throw new PlanwrightError("VALIDATION", `Run ${run} ${problem}.`, {
    runId: run,
    hint: "Import only what planwright runs export wrote.",
  });
}

/** Entries that prove each other may still tell what no run can have come to. Throws JOURNAL_CORRUPT. */
function foldOrRefuse(run: string, entries: readonly JournalEntry[], readBlob: ReadBlob): void {
  const end = entries.findIndex(({ kind }) => kind === "run.ended");
  if (end >= 0 && end < entries.length - 1) throw journalCorrupt(run, "entries follow the end of the run");
  try {
    foldJournal(entries, readBlob);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.code !== "INTERNAL") throw thrown;
    throw journalCorrupt(run, `it tells of what can't have been: ${describeThrown(thrown)}`);
  }
}

/** Null where the store has no such run. */
async function headIn(store: RuntimeEnvironment["store"], run: string): Promise<string | null> {
  try {
    const { entries } = await store.read(run);
    return hashForPeople(entries.at(-1)?.hash ?? "");
  } catch (thrown) {
    if (asPlanwrightError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  }
}

/** Reads every entry and blob, checks the hash chain, and folds. Throws NOT_FOUND; what else is wrong is the answer. */
export async function verifyRun({ store }: RuntimeEnvironment, run: string): Promise<Verification> {
  const nothing = { run, entries: 0, blobs: 0, journalHead: null };
  try {
    const { entries, blobs } = await store.read(run);
    const names = blobsOf(entries);
    for (const name of names) await blobs.get(name);
    const cache = await loadBlobs(entries, blobs);
    foldOrRefuse(run, entries, cache.read);
    const journalHead = hashForPeople(entries.at(-1)?.hash ?? "");
    return { run, isSound: true, entries: entries.length, blobs: names.length, journalHead, error: null };
  } catch (thrown) {
    const error = asPlanwrightError(thrown);
    if (error.code === "NOT_FOUND") throw error;
    return { ...nothing, isSound: false, error: { ...error.toShape(), runId: run } };
  }
}

/** Removes runs for good, with their blobs and their rows in the index; what cannot go is told with its reason. */
export async function removeRuns(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  { runs, isUnfinishedAllowed = false }: RemoveOptions & { runs: readonly string[] },
): Promise<Removal> {
  const removal: Removal = { removed: [], kept: [] };
  for (const run of runs) {
    try {
      const own = active.get(run);
      if (own !== undefined && own.state.ledger.ended === null) throw runLocked(run, "this runtime drives it");
      await own?.closed.catch(() => undefined); // Ended, and about to be given back.
      await environment.store.remove(run, { isUnfinishedAllowed });
      removal.removed.push(run);
    } catch (thrown) {
      removal.kept.push({ run, error: { ...asPlanwrightError(thrown).toShape(), runId: run } });
    }
  }
  const cache = (await environment.openCache?.()) ?? null;
  await cache?.remove(removal.removed);
  return removal;
}
