/** The mean of one scorer's scores and its 95 % interval. Owns: which interval fits the data. */
import { clusteredStandardError, sumClusters } from "./clusters.ts";
import { studentQuantile } from "./distributions.ts";
import type { Estimate, Observation } from "./estimate.ts";
import { wilsonInterval } from "./wilson.ts";

/**
 * Null without observations. One 0-or-1 trial a cluster: Wilson's interval. Otherwise Student's t with clusters − 1
 * degrees of freedom around the clustered standard error; it is not cut off at 0 and 1.
 * Where every trial came to the same 0 or 1, t would claim certainty: Wilson's interval with one trial a cluster
 * stands in for it. With one cluster nothing can be said about the spread: the interval is null.
 */
export function estimateMean(observations: readonly Observation[]): Estimate | null {
  const n = observations.length;
  if (n === 0) return null;
  const clusters = sumClusters(observations);
  const mean = observations.reduce((sum, { value }) => sum + value, 0) / n;
  const standardError = clusteredStandardError(clusters, mean);
  const figures = { mean, standardError, n, clusters: clusters.length };
  if (standardError === null) return { ...figures, low: null, high: null, method: "none" };
  const isBinary = observations.every(({ value }) => value === 0 || value === 1);
  if (isBinary && (clusters.length === n || mean === 0 || mean === 1)) {
    const { low, high } = wilsonInterval(mean * clusters.length, clusters.length);
    return { ...figures, low, high, method: "wilson" };
  }
  const half = studentQuantile(0.975, clusters.length - 1) * standardError;
  return { ...figures, low: mean - half, high: mean + half, method: "student-t" };
}
