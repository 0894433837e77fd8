/** A few calls at a time. Owns: that a failure stops the others, and that nothing still runs when it is reported. */

export interface Lanes {
  lanes: number;
  signal: AbortSignal;
}

/** Results in the order of the items. Throws the first error, once everything that had been started has ended. */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  { lanes, signal }: Lanes,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const controller = new AbortController();
  const either = AbortSignal.any([signal, controller.signal]);
  let next = 0;
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const place = next++;
      try {
        results[place] = await work(items[place] as Item, either);
      } catch (thrown) {
        failures.push(thrown);
        controller.abort(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
