/**
 * A variant against a baseline on the same cases. Owns: which test fits the data, and the verdict.
 * Must not: give a difference without saying whether it is more than chance.
 */
import { seededRandom } from "../../shared/random.ts";
import { clusterBootstrap } from "./cluster-bootstrap.ts";
import { cautiousStandardError, sumClusters } from "./clusters.ts";
import { studentQuantile } from "./distributions.ts";
import type { CasePair, JudgedComparison, PairedComparison } from "./estimate.ts";
import { holmAdjust } from "./holm.ts";
import { type Discordance, LEAST_DISCORDANT, mcnemarExact, mcnemarSmallestEffect } from "./mcnemar.ts";
import { signFlipTest } from "./sign-flip.ts";

/**
 * Compares two variants case by case. 0-or-1 scores of cases that are clusters of their own: exact McNemar; else the
 * sign-flip test over clusters. The same pairs and seed give the same figures.
 */
export function comparePaired(pairs: readonly CasePair[], options: { seed: number }): PairedComparison {
  const random = seededRandom(options.seed);
  const differences = pairs.map(({ cluster, baseline, variant }) => ({ cluster, value: variant - baseline }));
  const clusters = sumClusters(differences);
  const n = pairs.length;
  const difference = n === 0 ? 0 : clusters.reduce((total, { sum }) => total + sum, 0) / n;
  const values = differences.map(({ value }) => value);
  const standardError = cautiousStandardError(values, { clusters, mean: difference });
  const spread: Spread = { difference, standardError, clusters: clusters.length };
  const interval = intervalOf(clusterBootstrap(clusters, random), spread);
  const figures = {
    difference,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    n,
    clusters: clusters.length,
  };
  if (clusters.length < 2) return { ...figures, p: 1, test: "none", smallestEffect: null };
  const discordance = clusters.length === n ? discordanceOf(pairs) : null;
  if (discordance !== null) {
    const smallestEffect = mcnemarSmallestEffect(discordance, n);
    return { ...figures, p: mcnemarExact(discordance), test: "mcnemar", smallestEffect };
  }
  const p = signFlipTest(
    clusters.map(({ sum }) => sum),
    random,
  );
  return { ...figures, p, test: "sign-flip", smallestEffect: smallestEffectOf(spread) };
}

interface Spread {
  difference: number;
  standardError: number | null;
  clusters: number;
}

/**
 * The bootstrap interval, widened to Student's t around the larger standard error: a few clusters drawn again and again
 * never show more than the few do. Where all differences are equal nothing is known of the spread: with fewer clusters
 * than any test needs there is no interval.
 */
function intervalOf(
  drawn: { low: number; high: number } | null,
  { difference, standardError, clusters }: Spread,
): { low: number; high: number } | null {
  if (drawn === null || standardError === null) return null;
  if (isNothing(standardError)) return clusters < LEAST_DISCORDANT ? null : drawn;
  const half = studentQuantile(0.975, clusters - 1) * standardError;
  return { low: Math.min(drawn.low, difference - half), high: Math.max(drawn.high, difference + half) };
}

/** Equal differences of fractions differ in their last digits. */
function isNothing(standardError: number): boolean {
  return standardError < 1e-12;
}

/** Null where a score is neither 0 nor 1. */
function discordanceOf(pairs: readonly CasePair[]): Discordance | null {
  const discordance: Discordance = { gained: 0, lost: 0 };
  for (const { baseline, variant } of pairs) {
    if ((baseline !== 0 && baseline !== 1) || (variant !== 0 && variant !== 1)) return null;
    if (variant > baseline) discordance.gained += 1;
    if (variant < baseline) discordance.lost += 1;
  }
  return discordance;
}

/**
 * (t(0.975) + t(0.8)) standard errors, with clusters − 1 degrees of freedom: what a test at the 5 % level shows with a
 * power of 80 % (H. S. Bloom, "Minimum Detectable Effects", 1995). Null where no difference could be shown: with fewer
 * than six clusters, or where the two never differed, so that nothing is known of the spread.
 */
function smallestEffectOf({ standardError, clusters }: Spread): number | null {
  if (clusters < LEAST_DISCORDANT || standardError === null || isNothing(standardError)) return null;
  const df = clusters - 1;
  return (studentQuantile(0.975, df) + studentQuantile(0.8, df)) * standardError;
}

/**
 * Verdicts on comparisons that are looked at together, such as all scorers of one variant: better or worse only where
 * Holm's adjusted p is below 0.05 and the interval leaves out 0.
 */
export function judgeComparisons<T extends PairedComparison>(comparisons: readonly T[]): (T & JudgedComparison)[] {
  const adjusted = holmAdjust(comparisons.map(({ p }) => p));
  return comparisons.map((comparison, place) => {
    const pAdjusted = adjusted[place] ?? 1;
    const { low, high } = comparison;
    if (pAdjusted >= 0.05 || low === null || high === null) return { ...comparison, pAdjusted, verdict: "no-evidence" };
    const verdict = low > 0 ? "better" : high < 0 ? "worse" : "no-evidence";
    return { ...comparison, pAdjusted, verdict };
  });
}
