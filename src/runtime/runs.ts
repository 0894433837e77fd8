/** What is known of runs, whoever drives them: listing, results, events, decisions, and a person's words. */

import type { DecisionLogEntry } from "../journal/decision-log.ts";
import type { RunEvent, RunListItem, RunResult, RunStatus } from "../run/run-result.ts";
import type { JsonValue } from "../shared/json.ts";
import type { ActiveRuns } from "./active-runs.ts";
import {
  exportLines,
  type ImportOptions,
  importRun,
  type Removal,
  type RemoveOptions,
  removeRuns,
  type Verification,
  verifyRun,
} from "./keep-runs.ts";
import { type ListOptions, listRuns } from "./list-runs.ts";
import { readDecisions } from "./read-decisions.ts";
import { type ApprovalAnswer, createRunHandle, type EventOptions, readResult, readStatus } from "./run-handle.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Every method throws NOT_FOUND for unknown ids, and JOURNAL_CORRUPT where the journal is damaged. */
export interface Runs {
  /** Newest first. */
  list(options?: ListOptions): Promise<{ items: RunListItem[]; next: string | null }>;
  get(id: string): Promise<RunResult>;
  /** The result's status alone. */
  status(id: string): Promise<RunStatus>;
  events(id: string, options?: EventOptions): AsyncIterable<RunEvent>;
  /** The decision log: what was asked, answered, found wrong and accepted. */
  decisions(id: string): Promise<DecisionLogEntry[]>;
  approve(id: string, approval?: ApprovalAnswer): Promise<void>;
  reject(id: string, approval?: { id?: string; reason?: string }): Promise<void>;
  answer(id: string, answer: JsonValue): Promise<void>;
  cancel(id: string): Promise<void>;
  /** The run as lines of text, one JSON document each: its journal as it was written, and its blobs. */
  export(id: string): AsyncIterable<string>;
  /**
   * Takes an exported run in, once its hash chain is proven; `isNew` is false where it is there already. Throws
   * VALIDATION, JOURNAL_CORRUPT, JOURNAL_VERSION, and IDEMPOTENCY_CONFLICT where another run has its id.
   */
  import(
    lines: AsyncIterable<string> | Iterable<string>,
    options?: ImportOptions,
  ): Promise<{ run: string; isNew: boolean }>;
  /** Looks through every entry and blob of a run; what is wrong is in the answer. */
  verify(id: string): Promise<Verification>;
  /** Removes ended runs for good; those that cannot go are told with the reason. */
  remove(ids: readonly string[], options?: RemoveOptions): Promise<Removal>;
  /** Resolves when the run has ended or waits for a person, where this runtime drives it; else at once. */
  settled(id: string): Promise<RunResult>;
}

export function createRuns(environment: RuntimeEnvironment, active: ActiveRuns): Runs {
  const handle = (id: string) => createRunHandle(environment, active, id);
  return {
    list: (options = {}) => listRuns(environment, active, options),
    get: (id) => readResult(environment, active, id),
    status: (id) => readStatus(environment, active, id),
    events: (id, options) => handle(id).events(options),
    decisions: (id) => readDecisions(environment, id),
    approve: (id, approval) => handle(id).approve(approval),
    reject: (id, approval) => handle(id).reject(approval),
    answer: (id, answer) => handle(id).answer(answer),
    cancel: (id) => handle(id).cancel(),
    export: (id) => exportLines(environment, id),
    import: (lines, options = {}) => importRun(environment, lines, options),
    verify: (id) => verifyRun(environment, id),
    remove: (ids, options = {}) => removeRuns(environment, active, { ...options, runs: ids }),
    settled: (id) => handle(id).result(),
  };
}
