/** Lets callers who want the same work share it. Owns: the rule that each caller gets a run that began after its call. */

/**
 * Calls in the same tick, and calls made while the work runs, share the next run of it; runs never overlap.
 * A failed run rejects its own callers only.
 */
export function shareWork(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    next = null;
    const run = work();
    running = run.catch(() => undefined); // Those who wait for this run see its failure; the next run starts anyway.
    return run;
  };
  return () => {
    next ??= running.then(begin);
    return next;
  };
}
