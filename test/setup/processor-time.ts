/** How long work takes the processor: what other processes do meanwhile does not count. */

/** Milliseconds of this thread. */
export function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
