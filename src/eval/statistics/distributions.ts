/**
 * Probabilities and quantiles of the normal, Student's t and the binomial distribution.
 * Owns: the way from special functions to them. Quantiles invert the probability by bisection, to the last digit.
 */
import { regularisedBeta } from "./beta.ts";
import { regularisedGamma } from "./gamma.ts";

/** P(Z ≤ z) of the standard normal distribution (DLMF 7.11.1: erf z = P(1/2, z²)). */
export function normalProbability(z: number): number {
  const half = regularisedGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? 0.5 - half : 0.5 + half;
}

/** z with P(Z ≤ z) = p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  return invert(normalProbability, p);
}

/** P(T ≤ t) with `df` degrees of freedom (Abramowitz, Stegun 26.7.1). */
export function studentProbability(t: number, df: number): number {
  const tail = regularisedBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** t with P(T ≤ t) = p, for p in (0, 1) and df > 0. */
export function studentQuantile(p: number, df: number): number {
  return invert((t) => studentProbability(t, df), p);
}

/** P(X ≤ k) of k successes in n trials of probability p (DLMF 8.17.5). */
export function binomialProbability(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : regularisedBeta(1 - p, n - k, k + 1);
}

/** The place where a rising symmetric distribution function reaches p. */
function invert(probability: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -invert(probability, 1 - p);
  let high = 1;
  while (probability(high) < p && high < 1e300) high *= 2;
  let low = 0;
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (probability(middle) < p) low = middle;
    else high = middle;
  }
  return high;
}
