/** What an application holds of a run it started or resumed. */
import type { JournalEntry } from "../journal/entries.ts";
import { projectEvent, projectResult } from "../run/project-result.ts";
import type { RunEvent, RunResult } from "../run/run-result.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { commandRun, readState } from "./command-run.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface RunHandle {
  readonly id: string;
  /** Every durable event from the first on (or after number `after`), until the run ends. */
  events(options?: { after?: number }): AsyncIterable<RunEvent>;
  /** Resolves when the run has ended or waits for a person (`status: "waiting"`); call it again after an answer. */
  result(): Promise<RunResult>;
  /** Without an id: the only open approval. Throws APPROVAL_MISMATCH, APPROVAL_EXPIRED, RUN_NOT_WAITING, RUN_ENDED. */
  approve(approval?: { id?: string; hash?: string }): Promise<void>;
  reject(approval?: { id?: string; reason?: string }): Promise<void>;
  /** Answers the run's question, or gives the output of a step whose outcome is unknown. */
  answer(answer: JsonValue): Promise<void>;
  /** Resolves once the cancel is durable: no tool or model call starts after that (SAFETY R11). */
  cancel(): Promise<void>;
}

/** Handle of a run that is driven here, or was. */
export function createRunHandle(environment: RuntimeEnvironment, active: ActiveRuns, run: string): RunHandle {
  const command = (kind: "approve" | "reject" | "answer" | "cancel", data: JsonObject): Promise<void> =>
    commandRun(environment, active, { run, kind, data });
  const closed = active.get(run)?.closed;
  return {
    id: run,
    events: (options = {}) => followEvents(environment, active, { run, after: options.after ?? -1 }),
    async result() {
      await active.get(run)?.paused();
      const result = await readResult(environment, active, run);
      if (result.status === "interrupted") await closed; // Rejects where this process had to give the run up.
      return result;
    },
    approve: ({ id, hash } = {}) =>
      command("approve", { ...(id === undefined ? {} : { approval: id }), ...(hash === undefined ? {} : { hash }) }),
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
  const { state, isOwned } = await readState(environment, run);
  return projectResult(state, { isOwned, nowMs });
}

/** Listens before it reads what is there, so that there is no gap (SAFETY R14); a slow reader delays nobody. */
async function* followEvents(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  from: { run: string; after: number },
): AsyncGenerator<RunEvent> {
  const feed = await openFeed(active, from.run);
  try {
    let last = from.after;
    for await (const entry of allEntries(environment, from.run, feed)) {
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
async function* allEntries(
  environment: RuntimeEnvironment,
  run: string,
  feed: Feed | null,
): AsyncGenerator<JournalEntry> {
  yield* (await environment.store.read(run, { isDurable: true })).entries;
  if (feed === null) return;
  for (let batch = await feed.next(); batch !== null; batch = await feed.next()) yield* batch;
}

interface Feed {
  /** The next entries, or null once the run is no longer driven here. */
  next(): Promise<readonly JournalEntry[] | null>;
  stop(): void;
}

/** Null where the run is not driven here. A reader that has stopped reading must not keep the run's state. */
async function openFeed(active: ActiveRuns, run: string): Promise<Feed | null> {
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
    stop,
  };
}
