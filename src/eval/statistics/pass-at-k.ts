/** How often at least one of k tries, or all of them, would succeed. Owns: the unbiased estimators. */

/** Trials of one case: `successes` of `trials`. */
export interface TrialCounts {
  trials: number;
  successes: number;
}

/**
 * Chance that at least one of k trials succeeds: 1 − C(n−c, k) / C(n, k). Null where k > n: it can't be estimated.
 * Source: M. Chen et al., "Evaluating Large Language Models Trained on Code" (arXiv 2107.03374, 2021), equation 1.
 */
export function passAtK({ trials, successes }: TrialCounts, k: number): number | null {
  if (k > trials || k < 1) return null;
  return 1 - chooseRatio(trials - successes, trials, k);
}

/**
 * Chance that all of k trials succeed: C(c, k) / C(n, k). Null where k > n.
 * Source: S. Yao et al., "τ-bench" (arXiv 2406.12045, 2024), section 4.1.
 */
export function passHatK({ trials, successes }: TrialCounts, k: number): number | null {
  if (k > trials || k < 1) return null;
  return chooseRatio(successes, trials, k);
}

/** C(part, k) / C(whole, k) as a product, so that nothing overflows. */
function chooseRatio(part: number, whole: number, k: number): number {
  let ratio = 1;
  for (let drawn = 0; drawn < k && ratio > 0; drawn++) ratio *= Math.max(0, part - drawn) / (whole - drawn);
  return ratio;
}

/** Mean of an estimator over cases; null where one of them can't be estimated, or there is none. */
export function meanOverCases(
  cases: readonly TrialCounts[],
  k: number,
  estimator: (counts: TrialCounts, k: number) => number | null,
): number | null {
  let sum = 0;
  for (const counts of cases) {
    const value = estimator(counts, k);
    if (value === null) return null;
    sum += value;
  }
  return cases.length === 0 ? null : sum / cases.length;
}
