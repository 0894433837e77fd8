/** Statistics of all runs of the store. Owns: which runs count. Must not: count anything itself. */
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import { END_STATUSES, type EndStatus } from "../journal/entries.ts";
import { isoTime } from "../shared/clock.ts";
import { timeOfId } from "../shared/random.ts";
import { aggregateStats, isWanted, type StatsFilter } from "../trace/aggregate-stats.ts";
import type { RunSummary, Stats } from "../trace/metric.ts";
import { SUMMARY_VERSION } from "../trace/metric.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { openRows, readSummary } from "./read-rows.ts";
import { glanceAtRow } from "./run-row.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface StatsOptions {
  /** Only runs accepted at this time or later: ISO 8601, such as `2026-11-28T00:00:00Z`. */
  since?: string;
  /** Only runs of the workflow of this name. */
  workflow?: string;
  /** Only runs that ended so. */
  status?: EndStatus;
}

const optionsSchema = z.strictObject({
  since: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), "is no time; write it as 2026-11-28T00:00:00Z")
    .optional(),
  workflow: z.string().min(1).optional(),
  status: z.enum(END_STATUSES, `is none of ${END_STATUSES.join(", ")}`).optional(),
});

/** Throws VALIDATION. Runs that cannot be read are left out, and counted as that. */
export async function readStats(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  options: StatsOptions,
): Promise<Stats> {
  const filter = filterOf(options);
  const sinceMs = filter.since === null ? 0 : Date.parse(filter.since);
  const { cache, rows } = await openRows(environment);
  const indexed = (run: string): RunSummary | null => summaryIn(rows.get(run));
  const isTooOld = (run: string): boolean => (timeOfId(run) ?? sinceMs) < sinceMs;
  const isKnown = (run: string): boolean => isTooOld(run) || indexed(run) !== null;
  const summaries: RunSummary[] = [];
  let unreadable = 0;
  for (const { run } of await environment.store.list({ isKnown })) {
    if (isTooOld(run)) continue;
    try {
      const own = active.get(run);
      const summary = own?.summary() ?? indexed(run) ?? (await readSummary(environment, run, cache)).summary;
      if (isWanted(summary, filter)) summaries.push(summary);
    } catch (thrown) {
      if (!isGone(thrown)) unreadable += 1;
    }
  }
  return aggregateStats(summaries, { filter, unreadable });
}

function filterOf(options: StatsOptions): StatsFilter {
  const checked = optionsSchema.safeParse(options);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new PlanwrightError("VALIDATION", `Filter '${issue?.path.join(".")}' ${issue?.message}.`);
  }
  const { since, workflow = null, status = null } = checked.data;
  return { since: since === undefined ? null : isoTime(Date.parse(since)), workflow, status };
}

function summaryIn(kept: Parameters<typeof glanceAtRow>[0]): RunSummary | null {
  const summary = glanceAtRow(kept)?.summary;
  return summary?.v === SUMMARY_VERSION ? summary : null;
}

/** Removed since it was listed. */
function isGone(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && thrown.code === "NOT_FOUND";
}
