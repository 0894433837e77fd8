/** Variants against a baseline, case by case. Owns: which cases are paired, and which changed sides. Pure. */
import type { CaseScores } from "../baseline.ts";
import { comparePaired, judgeComparisons } from "../statistics/compare-paired.ts";
import type { CasePair } from "../statistics/estimate.ts";
import type { Comparison } from "./eval-report.ts";

export interface Side {
  id: string;
  scores: CaseScores;
}

export interface ComparingOptions {
  scorers: readonly string[];
  clusterOf: (name: string) => string;
  seed: number;
}

/** Of so much at least a change is listed as a flip, even where neither side is right. */
const LARGE_CHANGE = 0.5;

/** All scorers of all variants against one baseline are looked at together: Holm's correction is over all of them. */
export function compareVariants(baseline: Side, variants: readonly Side[], options: ComparingOptions): Comparison[] {
  const found = variants.flatMap((variant) =>
    options.scorers.flatMap((scorer) => {
      const pairs = pairCases({ baseline, variant }, scorer, options.clusterOf);
      if (pairs.length === 0) return [];
      const { seed } = options;
      return [{ variant: variant.id, scorer, flips: flipsOf(pairs), ...comparePaired(pairs, { seed }) }];
    }),
  );
  return judgeComparisons(found).map((one) => ({
    ...{ baseline: baseline.id, variant: one.variant, scorer: one.scorer, difference: one.difference },
    ...{ low: one.low, high: one.high, p: one.p, pAdjusted: one.pAdjusted, verdict: one.verdict },
    ...{ smallestEffect: one.smallestEffect, test: one.test, n: one.n, clusters: one.clusters, flips: one.flips },
  }));
}

/** Cases that both have, and to which the scorer applies on both sides. */
export function pairCases(
  { baseline, variant }: { baseline: Side; variant: Side },
  scorer: string,
  clusterOf: (name: string) => string,
): CasePair[] {
  const pairs: CasePair[] = [];
  for (const [name, scores] of baseline.scores) {
    const before = scores.get(scorer);
    const after = variant.scores.get(name)?.get(scorer);
    if (before === undefined || after === undefined) continue;
    pairs.push({ case: name, cluster: clusterOf(name), baseline: before, variant: after });
  }
  return pairs;
}

/** Cases that became right or stopped being so, and other large changes; the largest loss first. */
function flipsOf(pairs: readonly CasePair[]): Comparison["flips"] {
  return pairs
    .filter(({ baseline, variant }) => {
      if (baseline === variant) return false;
      return baseline === 1 || variant === 1 || Math.abs(variant - baseline) >= LARGE_CHANGE;
    })
    .map((pair) => ({ case: pair.case, from: pair.baseline, to: pair.variant }))
    .sort((left, right) => left.to - left.from - (right.to - right.from));
}
