/** Wilson's score interval for a proportion. */
import { normalQuantile } from "./distributions.ts";

const Z = normalQuantile(0.975);

/**
 * 95 % interval for the chance of success after `successes` of n independent trials, without continuity correction.
 * Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
 */
export function wilsonInterval(successes: number, n: number): { low: number; high: number } {
  const share = successes / n;
  const square = (Z * Z) / n;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n));
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
  };
}
