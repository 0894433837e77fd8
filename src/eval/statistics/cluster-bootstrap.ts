/** An interval for a mean by drawing clusters again. Owns: the resampling. */
import type { Random } from "../../shared/random.ts";
import type { ClusterSum } from "./clusters.ts";
import { normalProbability, studentQuantile } from "./distributions.ts";

const DRAWS = 2_000;

/**
 * 95 % interval of the mean: clusters are drawn with replacement as wholes, and the percentiles are widened for few
 * clusters to Φ(−√(G/(G−1)) · t(0.975, G−1)). Null with fewer than two clusters.
 *
 * Sources: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13; clusters as units: A. C.
 * Cameron, D. L. Miller (2015), section VI.C; the widened percentiles: T. Hesterberg, "What Teachers Should Know About
 * the Bootstrap" (2015), section 5.3.
 */
export function clusterBootstrap(
  clusters: readonly ClusterSum[],
  random: Random,
): { low: number; high: number } | null {
  const count = clusters.length;
  if (count < 2) return null;
  const sums = Float64Array.from(clusters, ({ sum }) => sum);
  const sizes = Float64Array.from(clusters, ({ size }) => size);
  const means = new Float64Array(DRAWS).map(() => drawMean(sums, sizes, random)).sort();
  const tail = normalProbability(-Math.sqrt(count / (count - 1)) * studentQuantile(0.975, count - 1));
  return { low: percentile(means, tail), high: percentile(means, 1 - tail) };
}

function drawMean(sums: Float64Array, sizes: Float64Array, random: Random): number {
  let sum = 0;
  let size = 0;
  for (let drawn = 0; drawn < sums.length; drawn++) {
    const place = Math.floor(random.next() * sums.length);
    sum += sums[place]!;
    size += sizes[place]!;
  }
  return sum / size;
}

/** Linear between the two nearest (R's type 7). */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (place - below) * (upper - lower);
}
