/** Work that is done once and shared. */

/** Shares one run of the work between all callers; after a failure the next caller tries again. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return async () => {
    done ??= work();
    try {
      return await done;
    } catch (thrown) {
      done = null;
      throw thrown;
    }
  };
}
