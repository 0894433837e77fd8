/**
 * Long analysis in small turns, so that a big document never holds up other runs. Owns: when to let others go first.
 * Must not: change results; the same input gives the same output however often it pauses.
 */
import { setImmediate } from "node:timers/promises";

const CHARS_A_TURN = 40_000;

/** Calls `work` for every item, in order; pauses after every 40,000 characters or so and stops when the signal aborts. */
export async function inTurns<Item>(
  items: Iterable<Item>,
  options: { signal: AbortSignal; size: (item: Item) => number },
  work: (item: Item) => void,
): Promise<void> {
  let done = 0;
  options.signal.throwIfAborted();
  for (const item of items) {
    work(item);
    done += options.size(item) + 20;
    if (done < CHARS_A_TURN) continue;
    done = 0;
    await setImmediate();
    options.signal.throwIfAborted();
  }
}
