/**
 * Replays a run from its journal: verify, fold, outline, and on request ask its decisions again. Owns: the report.
 * Must not: call a tool, or write anything.
 */
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import { loadBlobs } from "../journal/blob-cache.ts";
import { sealEntry } from "../journal/chain.ts";
import { projectDecisions } from "../journal/decision-log.ts";
import type { JournalEntry } from "../journal/entries.ts";
import { wholeHistory } from "../journal/fork-prefix.ts";
import type { ReadBlob } from "../journal/store.ts";
import { journalCorrupt } from "../journal/store-errors.ts";
import type { Environment } from "../model/open-model.ts";
import { readRequest } from "../run/build-planning-request.ts";
import { projectListItem } from "../run/project-result.ts";
import type { DecisionReplay, RunReplay } from "../run/replay-report.ts";
import { foldJournal } from "../run/run-state.ts";
import { hashJson, sha256 } from "../shared/hash.ts";
import type { PlanningOptions } from "./create-planning.ts";
import { isFirstTry, reaskDecisions } from "./reask-decisions.ts";
import { replayPlanners } from "./replay-planners.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface ReplayOptions {
  /** Asks the run's decisions again: of the runtime's own planner (true), or of what these options make. False by default. */
  ask?: boolean | PlanningOptions;
  /** How often what planned then is asked the same again, 0 to 20; 1 by default. */
  noise?: number;
  /** The model that planned then, where it is not the one that is asked now. */
  recorded?: PlanningOptions["model"];
  /** Most that asking may cost, in USD; 1 by default. Kept like a run's budget: a reservation before each call. */
  maxCostUsd?: number;
}

const boundsSchema = z.object({
  noise: z.int().min(0).max(20).default(1),
  maxCostUsd: z.number().min(0).default(1),
});

export async function replayRun(
  environment: RuntimeEnvironment,
  id: string,
  { asked, planning, env }: { asked: ReplayOptions; planning: PlanningOptions; env: Environment },
): Promise<RunReplay> {
  const { noise, maxCostUsd } = checkBounds(asked);
  const { entries, blobs, isOwned } = await environment.store.read(id);
  checkChain(id, entries);
  const { read } = await loadBlobs(entries, blobs, { withRequests: true });
  const state = foldJournal(entries, read);
  const history = wholeHistory(entries, read);
  const outline = outlineOf(entries, history, read);
  const wish = { ask: asked.ask ?? false, noise, recorded: asked.recorded, env };
  const planners = replayPlanners(environment, planning, { wish, history });
  const lanes = await reaskDecisions(environment, { ...planners, outline, entries, read, noise, maxCostUsd });
  const item = projectListItem(state, { isOwned, nowMs: environment.clock.now() });
  return {
    v: 1,
    run: id,
    goal: item.goal,
    status: item.status,
    forkedFrom: item.forkedFrom,
    entries: entries.length,
    journalHead: item.journalHead,
    snapshot: sha256(state.snapshot()),
    ...lanes,
    noNoise: planners.noNoise,
  };
}

function checkBounds({ noise, maxCostUsd }: ReplayOptions): { noise: number; maxCostUsd: number } {
  const checked = boundsSchema.safeParse({ noise, maxCostUsd });
  if (checked.success) return checked.data;
  throw new PlanwrightError("VALIDATION", "noise must be 0 to 20, and maxCostUsd 0 or more.");
}

/** Whatever store they come from: numbers without a gap, and each entry's hash over all of it and the one before. */
export function checkChain(run: string, entries: readonly JournalEntry[]): void {
  let prev = "";
  for (const [seq, entry] of entries.entries()) {
    if (entry.seq !== seq || entry.prev !== prev) throw journalCorrupt(run, `entry ${seq} does not follow`);
    if (sealEntry(entry, entry).entry.hash !== entry.hash) {
      throw journalCorrupt(run, `entry ${seq} does not match its hash`);
    }
    prev = entry.hash;
  }
}

/** The decision log in short. */
function outlineOf(
  entries: readonly JournalEntry[],
  history: readonly JournalEntry[],
  read: ReadBlob,
): DecisionReplay[] {
  const intact = new Map(
    history.filter(isFirstTry).map(({ data }) => [data.n, hashJson(readRequest(data, read)) === data.requestHash]),
  );
  return projectDecisions(entries, read).map(({ n, cause, verdict, planner, model, prompt, decision }) => ({
    n,
    cause,
    verdict,
    planner,
    model,
    prompt: prompt === null ? null : `${prompt.name}@${prompt.version}`,
    decision,
    isRequestIntact: intact.get(n) === true,
    asked: null,
    noise: [],
    notAsked: null,
  }));
}
