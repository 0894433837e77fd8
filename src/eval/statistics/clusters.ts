/** Values grouped by what they share. Owns: the grouping and the standard errors that allow for it. */

export interface ClusterSum {
  sum: number;
  size: number;
}

/** Sum and size of each cluster, in the order in which they first occur. */
export function sumClusters(values: readonly { value: number; cluster: string }[]): ClusterSum[] {
  const sums = new Map<string, ClusterSum>();
  for (const { value, cluster } of values) {
    const known = sums.get(cluster);
    if (known === undefined) sums.set(cluster, { sum: value, size: 1 });
    else {
      known.sum += value;
      known.size += 1;
    }
  }
  return [...sums.values()];
}

/**
 * Standard error of the mean of all values where those of a cluster depend on each other: the square root of
 * G/(G−1) · Σ (sum − size · mean)² / n². With one value a cluster it is the usual s/√n.
 *
 * Sources: E. Miller, "Adding Error Bars to Evals" (arXiv 2411.00640, 2024), equation 4; the factor G/(G−1) is CR1 of
 * A. C. Cameron, D. L. Miller, "A Practitioner's Guide to Cluster-Robust Inference" (2015). Null with one cluster.
 */
export function clusteredStandardError(clusters: readonly ClusterSum[], mean: number): number | null {
  const count = clusters.length;
  if (count < 2) return null;
  let squares = 0;
  let size = 0;
  for (const cluster of clusters) {
    squares += (cluster.sum - cluster.size * mean) ** 2;
    size += cluster.size;
  }
  return Math.sqrt((count / (count - 1)) * squares) / size;
}

/** s/√n, as if no two values depended on each other. */
function plainStandardError(values: readonly number[], mean: number): number {
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
}

/**
 * The larger of the clustered and the plain standard error; null with one cluster. The means of a few clusters agree by
 * chance now and then, and the clustered one alone would then claim certainty, however much the values differ.
 *
 * Source: J. D. Angrist, J.-S. Pischke, "Mostly Harmless Econometrics" (2009), section 8.1: the larger of a robust
 * standard error, which is too small in small samples, and the conventional one.
 */
export function cautiousStandardError(
  values: readonly number[],
  { clusters, mean }: { clusters: readonly ClusterSum[]; mean: number },
): number | null {
  const clustered = clusteredStandardError(clusters, mean);
  if (clustered === null || clusters.length === values.length) return clustered;
  return Math.max(clustered, plainStandardError(values, mean));
}
