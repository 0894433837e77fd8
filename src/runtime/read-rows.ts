/** Runs as listings and statistics need them: from the index, from what this runtime drives, else from their journals. */
import type { RunCache } from "../journal/store.ts";
import type { RunState } from "../run/run-state.ts";
import type { JsonValue } from "../shared/json.ts";
import type { RunSummary } from "../trace/metric.ts";
import { readEntries } from "./command-run.ts";
import { rowOfRun, tallyOf } from "./run-row.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** The rows that are kept; none where there is no index. */
export async function openRows(
  environment: RuntimeEnvironment,
): Promise<{ cache: RunCache | null; rows: ReadonlyMap<string, JsonValue> }> {
  const cache = (await environment.openCache?.()) ?? null;
  return { cache, rows: (await cache?.rows()) ?? new Map() };
}

/** A run read from its journal; the index learns of it where it has ended. */
export async function readSummary(
  environment: RuntimeEnvironment,
  run: string,
  cache: RunCache | null,
): Promise<{ state: RunState; summary: RunSummary; isOwned: boolean }> {
  const { state, entries, isOwned } = await readEntries(environment, run);
  const tally = tallyOf(state);
  for (const entry of entries) tally.add(entry);
  const summary = tally.summary();
  const row = cache === null ? null : rowOfRun(state, summary);
  if (row !== null) cache?.set(run, row as unknown as JsonValue);
  return { state, summary, isOwned };
}
