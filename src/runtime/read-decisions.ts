/** Reads a run's decision log from its journal. */
import { loadBlobs } from "../journal/blob-cache.ts";
import { type DecisionLogEntry, projectDecisions } from "../journal/decision-log.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Throws NOT_FOUND, JOURNAL_CORRUPT. */
export async function readDecisions(environment: RuntimeEnvironment, run: string): Promise<DecisionLogEntry[]> {
  const { entries, blobs } = await environment.store.read(run);
  const cache = await loadBlobs(entries, blobs, { withRequests: true });
  return projectDecisions(entries, cache.read);
}
