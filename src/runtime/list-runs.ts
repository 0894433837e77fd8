/** Lists runs. Rows of ended runs come from the index where it has them; deleting the index changes nothing. */
import { z } from "zod";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { DEFAULT_BUDGET } from "../goal/run-request.ts";
import { isRunId } from "../journal/names.ts";
import type { ListedRun, RunCache, Store } from "../journal/store.ts";
import { projectListItem } from "../run/project-result.ts";
import type { RunListItem, RunStatus } from "../run/run-result.ts";
import { isoTime } from "../shared/clock.ts";
import { timeOfId } from "../shared/random.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { openRows, readSummary } from "./read-rows.ts";
import { glanceAtRow, type RunRow, readRow } from "./run-row.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface ListOptions {
  /** Only runs of this status. */
  status?: RunStatus;
  /** Words that the goal must contain, in any case. */
  q?: string;
  /** Only runs of the workflow of this name. */
  workflow?: string;
  /** Rows per page, 1 to 1,000; 50 by default. */
  limit?: number;
  /** `next` of the page before. */
  cursor?: string;
}

const optionsSchema = z.object({
  limit: z.int("must be a whole number").min(1, "must be 1 or more").max(1_000, "must be 1,000 or less").default(50),
  cursor: z.string().refine(isRunId, "is none that a listing gave").optional(),
});

/** Throws VALIDATION for a limit out of range and a cursor that is none. Runs that cannot be read are listed as failed, with the reason. */
export async function listRuns(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  options: ListOptions,
): Promise<{ items: RunListItem[]; next: string | null }> {
  const checked = optionsSchema.safeParse({ limit: options.limit, cursor: options.cursor });
  if (!checked.success) throw badOption(checked.error.issues[0]);
  const { limit } = checked.data;
  const { cache, rows } = await openRows(environment);
  const items: RunListItem[] = [];
  const isKnown = (run: string): boolean => glanceAtRow(rows.get(run)) !== null;
  for await (const entry of listedRuns(environment.store, { before: options.cursor, first: limit + 1, isKnown })) {
    if (items.length === limit) return { items, next: items.at(-1)?.id ?? null };
    const kept = entry.isOwned ? undefined : rows.get(entry.run);
    const glance = glanceAtRow(kept);
    if (glance !== null && !matches(glance.item, options)) continue;
    const item = await listItem(environment, active, { entry, row: readRow(kept), cache });
    if (item !== null && matches(item, options)) items.push(item);
  }
  return { items, next: null };
}

function badOption(issue: z.core.$ZodIssue | undefined): PlanwrightError {
  return new PlanwrightError("VALIDATION", `${String(issue?.path[0])} ${issue?.message}.`, {
    hint: "limit is a whole number from 1 to 1,000, cursor the next of the page before.",
  });
}

/** In parts, since a page rarely needs more than the newest runs to be looked at; each part is larger than the last. */
async function* listedRuns(
  store: Store,
  from: { before: string | undefined; first: number; isKnown: (run: string) => boolean },
): AsyncGenerator<ListedRun> {
  let { before } = from;
  for (let atMost = from.first; ; atMost *= 32) {
    const listed = await store.list({ ...(before === undefined ? {} : { before }), atMost, isKnown: from.isKnown });
    yield* listed;
    before = listed.at(-1)?.run;
    if (listed.length < atMost) return;
  }
}

function matches(item: RunListItem, { status, q, workflow }: ListOptions): boolean {
  if (status !== undefined && item.status !== status) return false;
  if (workflow !== undefined && item.workflow?.name !== workflow) return false;
  return q === undefined || item.goal.toLowerCase().includes(q.toLowerCase());
}

/** Null for a run that has vanished meanwhile. */
async function listItem(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  { entry: listed, row, cache }: { entry: ListedRun; row: RunRow | null; cache: RunCache | null },
): Promise<RunListItem | null> {
  if (row?.isWhole === true) return row.item;
  const nowMs = environment.clock.now();
  const own = active.get(listed.run);
  if (own !== undefined) return projectListItem(own.state, { isOwned: true, nowMs });
  try {
    const { state, isOwned } = await readSummary(environment, listed.run, row === null ? cache : null);
    return projectListItem(state, { isOwned: isOwned || active.isQueued(listed.run), nowMs });
  } catch (error) {
    const failure = asPlanwrightError(error);
    return failure.code === "NOT_FOUND" ? null : damagedItem(environment, listed.run, failure);
  }
}

/** A run that cannot be read, whatever the reason, must not hide the others: what its id tells, and the error. */
function damagedItem(environment: RuntimeEnvironment, run: string, error: PlanwrightError): RunListItem {
  const at = isoTime(timeOfId(run) ?? 0);
  return {
    v: 1,
    id: run,
    goal: "",
    workflow: null,
    status: "failed",
    output: null,
    missing: [],
    reason: null,
    error: { ...error.toShape(), runId: run },
    waiting: null,
    decisions: 0,
    replans: 0,
    planner: "",
    model: null,
    forkedFrom: null,
    fork: null,
    createdAt: at,
    endedAt: null,
    durationMs: 0,
    usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0, toolCalls: 0 },
    costUsd: null,
    budget: { ...DEFAULT_BUDGET, ...environment.budget },
    success: [],
    journalHead: "",
    outputOmitted: false,
  };
}
