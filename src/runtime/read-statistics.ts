/** What tools took in the runs of the store. Owns: how many runs are read for that, and that a damaged one is no matter. */
import { loadBlobs } from "../journal/blob-cache.ts";
import type { JournalEntry } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import { collectStatistics, type ToolStatistics } from "../run/tool-statistics.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Newest runs that are read, and the entries of all of them: what a plan is kept waiting for. */
const MOST_RUNS = 50;
const MOST_ENTRIES = 20_000;

/** Of the newest runs; with `before`, of those that were started before that one. */
export async function readStatistics(environment: RuntimeEnvironment, before: string | null): Promise<ToolStatistics> {
  const listed = await environment.store.list();
  const older = listed.filter(({ run }) => before === null || run < before).slice(0, MOST_RUNS);
  const runs: { entries: readonly JournalEntry[]; readBlob: ReadBlob }[] = [];
  let room = MOST_ENTRIES;
  for (const { run } of older) {
    const read = room > 0 ? await readRun(environment, run) : null;
    if (read === null) continue;
    room -= read.entries.length;
    runs.push(read);
  }
  return collectStatistics(runs);
}

/** Null for a run that cannot be read: listings and `replay` say why. */
async function readRun(
  { store }: RuntimeEnvironment,
  run: string,
): Promise<{ entries: readonly JournalEntry[]; readBlob: ReadBlob } | null> {
  try {
    const { entries, blobs } = await store.read(run);
    const plans = entries.filter(({ kind }) => kind === "decision.accepted" || kind === "decision.step");
    return { entries, readBlob: (await loadBlobs(plans, blobs, { withRequests: true })).read };
  } catch {
    return null; // Figures of one run less: no reason to refuse a plan.
  }
}
