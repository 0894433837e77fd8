/** Sums over many simulated runs: what was tried, so that a simulation that tries nothing is seen. */
import type { Simulation } from "./simulate.ts";

export interface Totals {
  runs: number;
  crashes: number;
  stalls: number;
  fenced: number;
  faults: number;
  calls: number;
  entries: number;
  blobs: number;
  statuses: Record<string, number>;
  /** Runs in which an entry of that kind came. */
  kinds: Record<string, number>;
  /** Codes with which runs ended. */
  ends: Record<string, number>;
}

export function createTotals(): Totals {
  const sums = { runs: 0, crashes: 0, stalls: 0, fenced: 0, faults: 0, calls: 0, entries: 0, blobs: 0 };
  return { ...sums, statuses: {}, kinds: {}, ends: {} };
}

export function addSimulation(totals: Totals, ended: Simulation): void {
  totals.runs += 1;
  totals.crashes += ended.crashes;
  totals.stalls += ended.stalls;
  totals.fenced += ended.fenced;
  totals.faults += ended.faults;
  totals.calls += ended.calls;
  totals.entries += ended.entries;
  totals.blobs += ended.blobs;
  count(totals.statuses, ended.status);
  for (const kind of ended.kinds) count(totals.kinds, kind);
  if (ended.code !== null) count(totals.ends, ended.code);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
