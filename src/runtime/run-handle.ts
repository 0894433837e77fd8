/** What an application holds of a run it started or resumed. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { JournalEntry } from "../journal/entries.ts";
import { systemCode } from "../journal/store-errors.ts";
import { projectEvent, projectResult } from "../run/project-result.ts";
import type { RunEvent, RunResult } from "../run/run-result.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { commandRun, readState } from "./command-run.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface EventOptions {
  /** Number of the last event that is known already; from the first on by default. */
  after?: number;
  /** Ends the stream when it is aborted. */
  signal?: AbortSignal;
}

export interface RunHandle {
  readonly id: string;
  /**
   * Every durable event from the first on (or after number `after`), until the run ends or nobody drives it any more.
   * Runs of other processes are looked at five times a second. An aborted `signal` ends the stream at the next look.
   */
  events(options?: EventOptions): AsyncIterable<RunEvent>;
  /** Resolves when the run has ended or waits for a person (`status: "waiting"`); call it again after an answer. */
  result(): Promise<RunResult>;
  /**
   * Without an id: the only open approval. With `plan`, where a whole plan is to be approved: that plan runs instead.
   * Throws APPROVAL_MISMATCH, APPROVAL_EXPIRED, RUN_NOT_WAITING, RUN_ENDED, and PLAN_ codes of a plan with errors.
   */
  approve(approval?: ApprovalAnswer): Promise<void>;
  reject(approval?: { id?: string; reason?: string }): Promise<void>;
  /** Answers the run's question, or gives the output of a step whose outcome is unknown. */
  answer(answer: JsonValue): Promise<void>;
  /** Resolves once the cancel is durable: no tool or model call starts after that (SAFETY R11). */
  cancel(): Promise<void>;
}

/** Which approval is given, for what was shown, and with which plan instead of the one that was. */
export interface ApprovalAnswer {
  id?: string;
  hash?: string;
  plan?: JsonValue;
}

/** How often the journal of a run that another process drives is looked at. */
const LOOK_MS = 200;

/** Handle of a run that is driven here, or was. */
export function createRunHandle(environment: RuntimeEnvironment, active: ActiveRuns, run: string): RunHandle {
  const command = (kind: "approve" | "reject" | "answer" | "cancel", data: JsonObject): Promise<void> =>
    commandRun(environment, active, { run, kind, data });
  const closed = active.get(run)?.closed;
  return {
    id: run,
    events: (options = {}) => followEvents(environment, active, { run, ...options }),
    async result() {
      await active.get(run)?.paused();
      const result = await readResult(environment, active, run);
      if (result.status === "interrupted") await closed; // Rejects where this process had to give the run up.
      return result;
    },
    approve: ({ id, ...rest } = {}) => command("approve", { ...(id === undefined ? {} : { approval: id }), ...rest }),
    reject: ({ id, reason } = {}) =>
      command("reject", { ...(id === undefined ? {} : { approval: id }), ...(reason === undefined ? {} : { reason }) }),
    answer: (answer) => command("answer", { answer }),
    cancel: () => command("cancel", {}),
  };
}

/** The result as it is now. Throws NOT_FOUND, JOURNAL_CORRUPT. */
export async function readResult(environment: RuntimeEnvironment, active: ActiveRuns, run: string): Promise<RunResult> {
  const nowMs = environment.clock.now();
  const own = active.get(run);
  if (own !== undefined) {
    const result = projectResult(own.state, { isOwned: true, nowMs });
    await own.durable(); // Nothing is told that a crash could undo (SAFETY R1).
    return result;
  }
  const { state, isOwned } = await readState(environment, run, { isDurable: true }).catch((thrown: unknown) => {
    if (!isReadOnly(thrown)) throw thrown;
    return readState(environment, run);
  });
  return projectResult(state, { isOwned, nowMs });
}

const READ_ONLY: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** Who may only look at a store cannot make anything in it durable, and sees what is there. */
function isReadOnly(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && READ_ONLY.has(systemCode(thrown.cause));
}

/** Listens before it reads what is there, so that there is no gap (SAFETY R14); a slow reader delays nobody. */
async function* followEvents(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  from: EventOptions & { run: string },
): AsyncGenerator<RunEvent> {
  const feed = await openFeed(active, from);
  try {
    let last = from.after ?? -1;
    const entries = feed === null ? entriesElsewhere(environment, from) : entriesHere(environment, from.run, feed);
    for await (const entry of entries) {
      if (entry.seq <= last) continue;
      last = entry.seq;
      yield projectEvent(entry);
      if (entry.kind === "run.ended") return;
    }
  } finally {
    feed?.stop();
  }
}

/** What is in the journal, then what comes; the two may overlap. */
async function* entriesHere(environment: RuntimeEnvironment, run: string, feed: Feed): AsyncGenerator<JournalEntry> {
  yield* (await environment.store.read(run, { isDurable: true })).entries;
  for (let batch = await feed.next(); batch !== null; batch = await feed.next()) yield* batch;
}

/** Looks again and again, since another process may drive the run; once where nobody does. */
async function* entriesElsewhere(
  { store, clock }: RuntimeEnvironment,
  { run, signal }: EventOptions & { run: string },
): AsyncGenerator<JournalEntry> {
  for (let seen = 0; ; ) {
    const { entries, isOwned } = await store.read(run, { isDurable: true });
    yield* entries.slice(seen);
    seen = entries.length;
    if (!isOwned || signal?.aborted === true) return;
    await new Promise<void>((resolve) => clock.setTimer(LOOK_MS, resolve));
  }
}

interface Feed {
  /** The next entries, or null once the run is no longer driven here. */
  next(): Promise<readonly JournalEntry[] | null>;
  stop(): void;
}

/** Null where the run is not driven here. A reader that has stopped reading must not keep the run's state. */
async function openFeed(active: ActiveRuns, { run, signal }: EventOptions & { run: string }): Promise<Feed | null> {
  const driver = await active.get(run)?.driver();
  if (driver === undefined) return null;
  let pending: JournalEntry[] = [];
  let isOver = false;
  let wake = (): void => {};
  const take = (entries: readonly JournalEntry[]): void => {
    pending.push(...entries);
    wake();
  };
  const end = (): void => {
    isOver = true;
    wake();
  };
  const stop = driver.onEntries(take, end);
  signal?.addEventListener("abort", end, { once: true });
  return {
    async next() {
      while (pending.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const batch = pending;
      pending = [];
      return batch.length === 0 ? null : batch;
    },
    stop() {
      stop();
      signal?.removeEventListener("abort", end);
    },
  };
}
