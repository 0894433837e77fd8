/** Two variants on the same independent 0-or-1 cases. Owns: the exact test and what it can show. */
import { binomialProbability } from "./distributions.ts";

/** Cases that only one of the two got right. */
export interface Discordance {
  gained: number;
  lost: number;
}

/**
 * Exact two-sided p-value: under no difference, gained is binomial with gained + lost trials of 1/2.
 * Source: Q. McNemar (1947); the exact form: A. Agresti, "Categorical Data Analysis" (2013), section 11.1.
 */
export function mcnemarExact({ gained, lost }: Discordance): number {
  const trials = gained + lost;
  if (trials === 0) return 1;
  return Math.min(1, 2 * binomialProbability(Math.min(gained, lost), trials, 0.5));
}

/** Fewer discordant cases than this can't give p < 0.05, whatever they say. */
export const LEAST_DISCORDANT = 6;

/**
 * The smallest difference of two shares that the exact test shows in 8 of 10 experiments at the 5 % level, if as many of
 * the n cases stay discordant as now. Null with so few cases that none can be shown, and where nothing differed.
 */
export function mcnemarSmallestEffect({ gained, lost }: Discordance, n: number): number | null {
  const discordant = Math.max(LEAST_DISCORDANT, gained + lost);
  if (n < LEAST_DISCORDANT || gained + lost === 0) return null;
  const most = largestRejected(discordant);
  let low = 0.5;
  let high = 1;
  for (let middle = 0.75; middle > low && middle < high; middle = (low + high) / 2) {
    const power =
      binomialProbability(most, discordant, 1 - middle) +
      1 -
      binomialProbability(discordant - most - 1, discordant, 1 - middle);
    if (power < 0.8) low = middle;
    else high = middle;
  }
  return ((2 * high - 1) * discordant) / n;
}

/** The most cases of the rarer kind with which the test still rejects. */
function largestRejected(trials: number): number {
  let low = 0;
  let high = Math.floor(trials / 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (2 * binomialProbability(middle, trials, 0.5) < 0.05) low = middle;
    else high = middle - 1;
  }
  return low;
}
