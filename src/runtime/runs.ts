/** What is known of runs, whoever drives them: listing, results, events, decisions, and a person's words. */

import type { DecisionLogEntry } from "../journal/decision-log.ts";
import type { ForecastCheck } from "../run/measure-plan.ts";
import type { RunEvent, RunListItem, RunResult } from "../run/run-result.ts";
import type { JsonValue } from "../shared/json.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { checkForecast } from "./check-forecast.ts";
import { type ListOptions, listRuns } from "./list-runs.ts";
import { readDecisions } from "./read-decisions.ts";
import { createRunHandle, type EventOptions, readResult } from "./run-handle.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Every method throws NOT_FOUND for unknown ids, and JOURNAL_CORRUPT where the journal is damaged. */
export interface Runs {
  /** Newest first. */
  list(options?: ListOptions): Promise<{ items: RunListItem[]; next: string | null }>;
  get(id: string): Promise<RunResult>;
  events(id: string, options?: EventOptions): AsyncIterable<RunEvent>;
  /** The decision log: what was asked, answered, found wrong and accepted. */
  decisions(id: string): Promise<DecisionLogEntry[]>;
  /** What the run's first plan was to take, by the runs before it, and what it took; null before that is over. */
  forecast(id: string): Promise<ForecastCheck | null>;
  approve(id: string, approval?: { id?: string; hash?: string }): Promise<void>;
  reject(id: string, approval?: { id?: string; reason?: string }): Promise<void>;
  answer(id: string, answer: JsonValue): Promise<void>;
  cancel(id: string): Promise<void>;
  /** Resolves when the run has ended or waits for a person, where this runtime drives it; else at once. */
  settled(id: string): Promise<RunResult>;
}

export function createRuns(environment: RuntimeEnvironment, active: ActiveRuns): Runs {
  const handle = (id: string) => createRunHandle(environment, active, id);
  return {
    list: (options = {}) => listRuns(environment, active, options),
    get: (id) => readResult(environment, active, id),
    events: (id, options) => handle(id).events(options),
    decisions: (id) => readDecisions(environment, id),
    forecast: (id) => checkForecast(environment, id),
    approve: (id, approval) => handle(id).approve(approval),
    reject: (id, approval) => handle(id).reject(approval),
    answer: (id, answer) => handle(id).answer(answer),
    cancel: (id) => handle(id).cancel(),
    settled: (id) => handle(id).result(),
  };
}
