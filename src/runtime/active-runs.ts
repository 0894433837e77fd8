/**
 * The runs that this runtime drives. Owns: drivers from start to release, and places for them. A run that waits for a
 * person keeps its owner, but no place; one that waits for a place has no owner, only a seat in the queue. Must not:
 * know what people ask of runs.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { JournalEntry } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import type { DriverEnvironment } from "../run/driver-core.ts";
import { type RunDriver, startDriver } from "../run/run-driver.ts";
import type { RunState } from "../run/run-state.ts";
import { isTerminal, runStatus, waitingReason } from "../run/run-status.ts";
import type { RunSummary } from "../trace/metric.ts";
import type { AcceptedRun } from "./accept-run.ts";
import { type Recovery, recover, type SeenRun } from "./recover-run.ts";
import { environmentOf } from "./run-planning.ts";
import { createRunQueue, type Leave, type RunQueue } from "./run-queue.ts";
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
  /** Rejects where who plans it cannot be had here. */
  driver(): Promise<RunDriver>;
  /** Settles when the run is no longer driven here; rejects with why it was given up. */
  readonly closed: Promise<void>;
}

/** Room for one more run, reserved before the run is accepted. */
export interface Admission {
  /** Drives the run, or puts it in the queue. */
  enter(accepted: AcceptedRun): Promise<void>;
  /** Gives the room back. */
  cancel(): void;
}

export interface ActiveRuns {
  get(run: string): ActiveRun | undefined;
  /** Throws QUEUE_FULL, or SHUTTING_DOWN after close. */
  admit(): Admission;
  /** Whether the run was accepted here and waits for a place. */
  isQueued(run: string): boolean;
  /** Resolves once the run waits for no place any more; undefined where it is not driven here. Rejects like `left`. */
  entered(run: string): Promise<ActiveRun | undefined>;
  /** Lets an unfinished run go on as soon as there is a place. */
  enqueue(run: string): void;
  /**
   * Takes a run over and drives it, with or without a place; `seen` saves folding its journal once more, where nothing
   * was added since. Throws what `Store.acquire` throws, and RUN_ENDED.
   */
  takeOver(run: string, by: "owner" | "person", seen: SeenRun | null): Promise<ActiveRun>;
  /** The same for one that nobody is waiting to speak to: without a free place it is put in the queue. */
  goOn(run: string, seen: SeenRun | null): Promise<void>;
  /** Parks every run, so that other processes can take them up. */
  close(): Promise<void>;
}

export function createActiveRuns(environment: RuntimeEnvironment): ActiveRuns {
  const { limits } = environment;
  const driven = createDrivenRuns(environment);
  const { active, taking, take } = driven;
  const start = async (run: string, leave: Leave): Promise<void> => {
    await take({ run, by: "owner", seen: null }, leave);
  };
  const queue = createRunQueue({ places: limits.activeRuns, start });
  const admissions = createAdmissions(driven, queue, limits.queuedRuns);
  return {
    get: (run) => active.get(run),
    admit: admissions.admit,
    isQueued: (run) => queue.has(run),
    async entered(run) {
      await queue.left(run);
      return active.get(run);
    },
    enqueue: (run) => queue.add(run),
    takeOver(run, by, seen) {
      queue.remove(run);
      return take({ run, by, seen }, queue.take() ?? NO_PLACE);
    },
    async goOn(run, seen) {
      if (active.has(run) || queue.has(run)) return;
      const place = queue.take();
      if (place === null) queue.add(run);
      else await take({ run, by: "owner", seen }, place);
    },
    async close() {
      admissions.close();
      queue.close();
      await Promise.allSettled(taking.values());
      const parked = [...active.values()].map(async (run) => {
        const driver = await run.driver();
        await driver.park();
        await driver.closed; // Here that includes giving the journal back: then nobody takes the run for driven.
      });
      await Promise.allSettled(parked);
    },
  };
}

interface DrivenRuns {
  active: ReadonlyMap<string, ActiveRun>;
  /** Runs that are being taken over at this moment. */
  taking: ReadonlyMap<string, Promise<ActiveRun>>;
  drive(accepted: AcceptedRun, leave: Leave): ActiveRun;
  /** The run as it is driven here already, else once it was taken over. */
  take(how: Recovery, leave: Leave): Promise<ActiveRun>;
}

function createDrivenRuns(environment: RuntimeEnvironment): DrivenRuns {
  const active = new Map<string, ActiveRun>();
  const taking = new Map<string, Promise<ActiveRun>>();
  const drive: DrivenRuns["drive"] = (accepted, leave) => {
    const run = activate(environment, { accepted, leave, forget: (id) => active.delete(id) });
    active.set(run.run, run);
    return run;
  };
  return {
    active,
    taking,
    drive,
    take(how, leave) {
      const known = active.get(how.run) ?? taking.get(how.run);
      if (known !== undefined) {
        leave();
        return Promise.resolve(known);
      }
      const taken = recover(environment, how).then((accepted) => drive(accepted, leave));
      taking.set(how.run, taken);
      taken.catch(leave).finally(() => taking.delete(how.run));
      return taken;
    },
  };
}

/** Counts the runs that are being accepted, so that however many come at once the queue never gets longer than it may. */
function createAdmissions(driven: DrivenRuns, queue: RunQueue, mostQueued: number) {
  let admitted = 0;
  let isClosed = false;
  const checkRoom = (): void => {
    if (isClosed)
      throw new PlanwrightError("SHUTTING_DOWN", "The runtime is closed.", { hint: "Create a new runtime." });
    if (queue.size() + admitted < mostQueued) return;
    throw new PlanwrightError("QUEUE_FULL", `${mostQueued} runs are waiting already.`, { hint: "Try again later." });
  };
  return {
    admit(): Admission {
      const place = queue.take();
      if (place !== null) return { cancel: place, enter: async (accepted) => void driven.drive(accepted, place) };
      checkRoom();
      admitted += 1;
      const cancel = leaveOnce(() => {
        admitted -= 1;
      });
      return {
        cancel,
        async enter({ journal }) {
          await journal.release();
          cancel();
          queue.add(journal.run);
        },
      };
    },
    close() {
      isClosed = true;
    },
  };
}

/** What is driven without a place has none to give back. */
const NO_PLACE: Leave = () => {};

function leaveOnce(leave: Leave): Leave {
  let hasLeft = false;
  return () => {
    if (hasLeft) return;
    hasLeft = true;
    leave();
  };
}

interface Activation {
  accepted: AcceptedRun;
  /** Gives the run's place back. */
  leave: Leave;
  forget: (run: string) => void;
}

function activate(environment: RuntimeEnvironment, { accepted, leave, forget }: Activation): ActiveRun {
  const { journal, state, blobs, unpublished } = accepted;
  const observer = environment.observation.observe({ state, recovered: journal.recovered });
  let isReleased = false;
  const giveUp = async (): Promise<void> => {
    isReleased = true;
    observer.end();
    await journal.release().catch(() => undefined);
    forget(journal.run);
    leave();
  };
  const driver = environmentOf(environment, state.ledger.accepted.asked).then((its) => {
    const planners = plannersOf(its, state, blobs.read);
    const started = startDriver({ journal, state, blobs, unpublished, environment: { ...its, ...planners } });
    const stop = started.onEntries((entries) => {
      observer.take(entries);
      if (isPaused(state)) leave();
    });
    const closed = afterwards(started.closed, async () => {
      stop();
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
