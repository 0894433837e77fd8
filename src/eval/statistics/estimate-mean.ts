/** The mean of one scorer's scores and its 95 % interval. Owns: which interval fits the data. */
import { cautiousStandardError, sumClusters } from "./clusters.ts";
import { studentQuantile } from "./distributions.ts";
import type { Estimate, Observation } from "./estimate.ts";
import { wilsonInterval } from "./wilson.ts";

/**
 * Null without observations. One 0-or-1 trial a cluster: Wilson's interval. Otherwise Student's t with clusters − 1
 * degrees of freedom around the clustered standard error, or the plain one where that is larger; it is not cut off at 0
 * and 1. Where every trial came to the same score, t would claim certainty: Wilson's interval with one trial a cluster
 * stands in for it, also for a score between 0 and 1, since nothing between them varies more than what is only 0 or 1
 * (R. Bhatia, C. Davis, "A Better Bound on the Variance", 2000). With one cluster nothing can be said about the spread:
 * the interval is null.
 */
export function estimateMean(observations: readonly Observation[]): Estimate | null {
  const values = observations.map(({ value }) => value);
  const [first] = values;
  if (first === undefined) return null;
  const n = values.length;
  const clusters = sumClusters(observations);
  const isSame = values.every((value) => value === first);
  const mean = isSame ? first : values.reduce((sum, value) => sum + value, 0) / n;
  const standardError = cautiousStandardError(values, { clusters, mean });
  const figures = { mean, standardError, n, clusters: clusters.length };
  if (standardError === null) return { ...figures, low: null, high: null, method: "none" };
  const isBinary = values.every((value) => value === 0 || value === 1);
  if (isSame || (isBinary && clusters.length === n)) {
    const { low, high } = wilsonInterval(mean * clusters.length, clusters.length);
    return { ...figures, low, high, method: "wilson" };
  }
  const half = studentQuantile(0.975, clusters.length - 1) * standardError;
  return { ...figures, low: mean - half, high: mean + half, method: "student-t" };
}
