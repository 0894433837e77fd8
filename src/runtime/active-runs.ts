/**
 * The runs that this runtime drives. Owns: drivers from start to release, and places for them. A run that waits for a
 * person keeps its owner, but no place. Must not: know what people ask of runs.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { type BlobCache, keepValues, loadBlobs } from "../journal/blob-cache.ts";
import type { JournalEntry } from "../journal/entries.ts";
import { type OwnedJournal, storedValue } from "../journal/store.ts";
import type { DriverEnvironment } from "../run/driver-core.ts";
import { type RunDriver, startDriver } from "../run/run-driver.ts";
import { foldJournal, type RunState } from "../run/run-state.ts";
import { isTerminal, runStatus, waitingReason } from "../run/run-status.ts";
import type { RunSummary } from "../trace/metric.ts";
import type { AcceptedRun } from "./accept-run.ts";
import { createPlaces, type Places } from "./places.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface ActiveRun {
  readonly run: string;
  readonly state: RunState;
  /** What its durable entries came to until now, for statistics. */
  summary(): RunSummary;
  /** Resolves once the run is terminal or waits for a person, and that is durable; rejects where its store failed. */
  paused(): Promise<void>;
  /** Resolves once everything that the state rests on now is durable; rejects where the store failed. */
  durable(): Promise<void>;
  /** The driver, once the run has a place. */
  driver(): Promise<RunDriver>;
  /** Settles when the run is no longer driven here; rejects with why it was given up. */
  readonly closed: Promise<void>;
}

export interface ActiveRuns {
  get(run: string): ActiveRun | undefined;
  /** Throws QUEUE_FULL, or SHUTTING_DOWN after close. */
  checkRoom(): void;
  drive(accepted: AcceptedRun): ActiveRun;
  /**
   * Takes a run over and drives it; `seen` saves folding its journal once more, where nothing was added since. Throws
   * what `Store.acquire` throws, and RUN_ENDED.
   */
  takeOver(run: string, by: "owner" | "person", seen: SeenRun | null): Promise<ActiveRun>;
  /** Parks every run, so that other processes can take them up. */
  close(): Promise<void>;
}

/** A run as its journal was read before it was taken over. */
export interface SeenRun {
  state: RunState;
  blobs: BlobCache;
}

export function createActiveRuns(environment: RuntimeEnvironment): ActiveRuns {
  const { limits } = environment;
  const active = new Map<string, ActiveRun>();
  const places = createPlaces(limits.activeRuns);
  const taking = new Map<string, Promise<ActiveRun>>();
  let isClosed = false;
  const forget = (run: string): void => {
    active.delete(run);
  };
  const drive = (accepted: AcceptedRun): ActiveRun => {
    const run = activate(environment, places, { accepted, forget });
    active.set(run.run, run);
    return run;
  };
  return {
    get: (run) => active.get(run),
    checkRoom() {
      if (isClosed)
        throw new PlanwrightError("SHUTTING_DOWN", "The runtime is closed.", { hint: "Create a new runtime." });
      if (places.waiting() < limits.queuedRuns) return;
      throw new PlanwrightError("QUEUE_FULL", `${limits.queuedRuns} runs are waiting already.`, {
        hint: "Try again later.",
      });
    },
    drive,
    takeOver(run, by, seen) {
      const known = active.get(run) ?? taking.get(run);
      if (known !== undefined) return Promise.resolve(known);
      const taken = recover(environment, { run, by, seen }).then(drive);
      taking.set(run, taken);
      const done = (): void => {
        taking.delete(run);
      };
      taken.then(done, done);
      return taken;
    },
    async close() {
      isClosed = true;
      places.close();
      const parked = [...active.values()].map(async (run) => {
        const driver = await run.driver();
        await driver.park();
        await driver.closed; // Here that includes giving the journal back: then nobody takes the run for driven.
      });
      await Promise.allSettled(parked);
    },
  };
}

interface Activation {
  accepted: AcceptedRun;
  forget: (run: string) => void;
}

function activate(environment: RuntimeEnvironment, places: Places, { accepted, forget }: Activation): ActiveRun {
  const { journal, state, blobs, unpublished } = accepted;
  const observer = environment.observation.observe({ state, recovered: journal.recovered });
  let isReleased = false;
  const giveUp = async (): Promise<void> => {
    isReleased = true;
    observer.end();
    await journal.release().catch(() => undefined);
    forget(journal.run);
  };
  const driver = places.take().then((leave) => {
    const planners = plannersOf(environment, state, blobs.read);
    const started = startDriver({ journal, state, blobs, unpublished, environment: { ...environment, ...planners } });
    const stop = started.onEntries((entries) => {
      observer.take(entries);
      if (isPaused(state)) leave();
    });
    const closed = afterwards(started.closed, async () => {
      stop();
      leave();
      await giveUp();
    });
    closed.catch(() => {});
    return { ...started, closed };
  });
  driver.catch(giveUp);
  const closed = driver.then((started) => started.closed);
  closed.catch(() => {}); // Reported to whoever waits for the run.
  // Shared by all who wait: however often a run is asked for its result, nothing piles up.
  let pausing: Promise<void> | null = null;
  return {
    run: journal.run,
    state,
    closed,
    summary: observer.summary,
    driver: () => driver,
    async durable() {
      if (!isReleased) return journal.sync();
      // A journal that was given back after a failure may lack what the state rests on; then this says why.
      if (journal.synced < state.ledger.seq) await closed;
    },
    paused() {
      pausing ??= driver.then(whenPaused).finally(() => {
        pausing = null;
      });
      return pausing;
    },
  };
}

/** Settles like `promise`, once what is to be cleaned up has been. */
async function afterwards(promise: Promise<void>, cleanUp: () => Promise<void>): Promise<void> {
  try {
    await promise;
  } finally {
    await cleanUp();
  }
}

/**
 * A stored plan is carried out by a fixed planner, in whichever process takes the run up; nobody stands in for it, but
 * the runtime's planner may go on behind it.
 */
function plannersOf(
  { planner, fallback, judge, createFixedPlanner }: RuntimeEnvironment,
  state: RunState,
  readBlob: AcceptedRun["blobs"]["read"],
): Pick<DriverEnvironment, "planner" | "fallback" | "successor" | "judge"> {
  const { fixedPlan } = state.ledger.accepted;
  if (fixedPlan === null) return { planner, fallback, successor: null, judge };
  const fixed = createFixedPlanner(storedValue(fixedPlan, readBlob));
  return { planner: fixed, fallback: null, successor: planner, judge };
}

/** Terminal, or waiting for a person. */
function isPaused(state: RunState): boolean {
  const { ledger } = state;
  if (isTerminal(runStatus(state, true))) return true;
  const isWaiting = ledger.waiting !== null && runStatus(state, true) === "waiting";
  return isWaiting && waitingReason(ledger).reason !== "retry-at";
}

function whenPaused(driver: RunDriver): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop = (): void => {};
    const look = (entries: readonly JournalEntry[]): void => {
      if (entries.length === 0 || !isPaused(driver.state) || !driver.isQuiet()) return;
      stop();
      resolve();
    };
    if (isPaused(driver.state) && driver.isQuiet()) return resolve();
    stop = driver.onEntries(look);
    driver.closed.then(() => resolve(), reject);
  });
}

async function recover(
  environment: RuntimeEnvironment,
  { run, by, seen }: { run: string; by: "owner" | "person"; seen: SeenRun | null },
): Promise<AcceptedRun> {
  const journal = await environment.store.acquire(run);
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
async function folded(journal: OwnedJournal, seen: SeenRun | null): Promise<SeenRun> {
  if (seen !== null && seen.state.ledger.head === journal.recovered.at(-1)?.hash) return seen;
  const blobs = await loadBlobs(journal.recovered, journal.blobs);
  return { state: foldJournal(journal.recovered, blobs.read), blobs };
}
