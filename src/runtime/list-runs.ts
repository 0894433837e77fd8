/** Lists runs. Rows of ended runs come from the cache where it has them; deleting the cache changes nothing. */
import { z } from "zod";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { DEFAULT_BUDGET } from "../goal/run-request.ts";
import type { ListedRun, RunCache } from "../journal/store.ts";
import { projectListItem } from "../run/project-result.ts";
import { listedRunSchema, type RunListItem, type RunStatus } from "../run/run-result.ts";
import { isoTime } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import { timeOfId } from "../shared/random.ts";
import type { ActiveRuns } from "./active-runs.ts";
import { readState } from "./command-run.ts";
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

const optionsSchema = z.object({ limit: z.int().min(1).max(1_000).default(50) });

/** Throws VALIDATION for a limit out of range. Runs that cannot be read are listed as failed, with the reason. */
export async function listRuns(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  options: ListOptions,
): Promise<{ items: RunListItem[]; next: string | null }> {
  const checked = optionsSchema.safeParse({ limit: options.limit });
  if (!checked.success) throw new PlanwrightError("VALIDATION", "limit must be a whole number from 1 to 1,000.");
  const { limit } = checked.data;
  const listed = await environment.store.list();
  const cache = (await environment.openCache?.()) ?? null;
  const items: RunListItem[] = [];
  for (const entry of listed) {
    if (options.cursor !== undefined && entry.run >= options.cursor) continue;
    if (items.length === limit) return { items, next: items.at(-1)?.id ?? null };
    const item = await listItem(environment, active, { entry, cache });
    if (item !== null && matches(item, options)) items.push(item);
  }
  return { items, next: null };
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
  { entry: listed, cache }: { entry: ListedRun; cache: RunCache | null },
): Promise<RunListItem | null> {
  const { clock } = environment;
  const cached = listed.isOwned ? undefined : listedRunSchema.safeParse(cache?.get(listed.run));
  if (cached?.success === true) return cached.data;
  const nowMs = clock.now();
  const own = active.get(listed.run);
  if (own !== undefined) return projectListItem(own.state, { isOwned: true, nowMs });
  try {
    const { state, isOwned } = await readState(environment, listed.run);
    const item = projectListItem(state, { isOwned, nowMs });
    if (state.ledger.ended !== null) cache?.set(listed.run, item as unknown as JsonValue);
    return item;
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
  };
}
