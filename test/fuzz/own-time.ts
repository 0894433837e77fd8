/** Processor time of this thread in milliseconds (of the process before Node 22.19): a busy machine fails nothing. */
export function ownTimeMs(): number {
  const usage = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage?.() ?? process.cpuUsage();
  return usage.user / 1_000;
}
