/** Gives up every journal of a store that closes. Owns: that one failure does not keep the others from being released. */
import type { OwnedJournal } from "./store.ts";

/** Releases all at once, then throws the first failure, if any. */
export async function releaseAll(journals: Iterable<OwnedJournal>): Promise<void> {
  const outcomes = await Promise.allSettled([...journals].map((journal) => journal.release()));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
