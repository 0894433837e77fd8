/**
 * A comparison where a scorer does not apply in the same trials on both sides. Owns: what may be said then.
 *
 * Whether it applies depends on what a variant did (a plan that was refused has no inputs to be right), so that the means
 * of what is left compare different cases: who refuses the hard ones looks better without being it. What would have come
 * of the others is not known, but it lies between 0 and 1; the interval covers all of it, and p is the largest that it
 * allows.
 *
 * Sources: C. F. Manski, "Nonparametric Bounds on Treatment Effects" (1990), for the bounds; J. L. Zhang, D. B. Rubin,
 * "Estimation of Causal Effects via Principal Stratification When Some Outcomes are Truncated by 'Death'" (2003), for why
 * the cases that are left may not just be compared.
 */
import { comparePaired } from "./compare-paired.ts";
import type { CasePair, PairedComparison } from "./estimate.ts";

/** The least and the most that the mean of all trials of a case may be. */
export interface Bounds {
  least: number;
  most: number;
}

/** A case that the scorer does not apply to in every trial of both sides. */
export interface UnsurePair {
  case: string;
  cluster: string;
  baseline: Bounds;
  variant: Bounds;
}

/** `pairs` and `unsure` are different cases. The difference is that of `pairs`. */
export function compareBounded(
  pairs: readonly CasePair[],
  unsure: readonly UnsurePair[],
  options: { seed: number },
): PairedComparison {
  const own = comparePaired(pairs, options);
  if (unsure.length === 0) return own;
  const worst = comparePaired([...pairs, ...unsure.map((one) => pairOf(one, "least", "most"))], options);
  const best = comparePaired([...pairs, ...unsure.map((one) => pairOf(one, "most", "least"))], options);
  const nearest = worst.difference > 0 ? worst.p : best.difference < 0 ? best.p : 1;
  const hasInterval = worst.low !== null && best.high !== null;
  return {
    ...own,
    low: hasInterval ? Math.min(worst.low!, own.low ?? 1) : null,
    high: hasInterval ? Math.max(best.high!, own.high ?? -1) : null,
    p: Math.max(own.p, nearest),
  };
}

function pairOf(one: UnsurePair, variant: keyof Bounds, baseline: keyof Bounds): CasePair {
  return { case: one.case, cluster: one.cluster, baseline: one.baseline[baseline], variant: one.variant[variant] };
}
