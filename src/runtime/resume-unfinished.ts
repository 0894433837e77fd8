/** Lets runs go on that an earlier process left unfinished (SAFETY R6). Owns: which those are, and their order. */
import type { ActiveRuns } from "./active-runs.ts";
import { listRuns } from "./list-runs.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

const PAGE = 1_000;

/**
 * Puts every run that is unfinished and that nobody drives into the queue, oldest first; resolves with their number. Runs
 * that wait for a person are left alone: a word to one takes it up.
 */
export async function resumeUnfinished(environment: RuntimeEnvironment, active: ActiveRuns): Promise<number> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listRuns(environment, active, {
      status: "interrupted",
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  for (const run of found.reverse()) active.enqueue(run);
  return found.length;
}
