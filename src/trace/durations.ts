/**
 * Durations as counts of rounded values: small, mergeable, and good for quantiles and histograms. Owns: the rounding.
 * Must not: hold one number per call; a run may have twenty thousand of them.
 */
import { z } from "zod";

/** How many calls took how long: milliseconds, rounded up to three significant digits, with their exact sum. */
export const durationsSchema = z.object({ sumMs: z.number(), counts: z.record(z.string(), z.int()) });
export type Durations = z.infer<typeof durationsSchema>;

export function noDurations(): Durations {
  return { sumMs: 0, counts: {} };
}

/** Up to three significant digits: at most 1 % too much, and a bound of three digits or less is never crossed. */
function roundedUp(ms: number): number {
  const whole = Math.max(0, Math.ceil(ms));
  let unit = 1;
  while (whole > 999 * unit) unit *= 10;
  return Math.ceil(whole / unit) * unit;
}

export function addDuration(durations: Durations, ms: number): void {
  const key = String(roundedUp(ms));
  durations.sumMs += Math.max(0, ms);
  durations.counts[key] = (durations.counts[key] ?? 0) + 1;
}

export function mergeDurations(into: Durations, from: Durations): void {
  into.sumMs += from.sumMs;
  for (const key of Object.keys(from.counts)) {
    into.counts[key] = (into.counts[key] ?? 0) + (from.counts[key] ?? 0);
  }
}

export function countOf({ counts }: Durations): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The smallest rounded value that at least this share (0 to 1) of the calls did not exceed; null where there are none. */
export function quantileMs(durations: Durations, share: number): number | null {
  const wanted = Math.max(1, Math.ceil(share * countOf(durations)));
  let seen = 0;
  for (const [ms, count] of sorted(durations)) {
    seen += count;
    if (seen >= wanted) return ms;
  }
  return null;
}

/** How many calls took at most as long as each bound (ascending, milliseconds, at most three significant digits). */
export function cumulated(durations: Durations, boundsMs: readonly number[]): number[] {
  const entries = sorted(durations);
  return boundsMs.map((bound) => entries.reduce((sum, [ms, count]) => (ms <= bound ? sum + count : sum), 0));
}

function sorted({ counts }: Durations): [ms: number, count: number][] {
  return Object.entries(counts)
    .map(([ms, count]): [number, number] => [Number(ms), count])
    .sort(([left], [right]) => left - right);
}
