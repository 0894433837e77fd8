/** The regularised incomplete beta function. Owns: its accuracy (about 1e-13 for parameters up to some thousands). */
import { logGamma } from "./gamma.ts";

const ENOUGH = 1e-16;
const MOST_TERMS = 10_000;
const TINY = 1e-300;

/** Iₓ(a, b) for a, b > 0 and x in [0, 1]: the continued fraction DLMF 8.17.22, on the side where it converges fast. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - below(1 - x, b, a);
  return below(x, a, b);
}

function below(x: number, a: number, b: number): number {
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(scale) * fraction(x, a, b)) / a;
}

/** Modified Lentz (W. Lentz 1976; I. Thompson, A. Barnett 1986). */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / keepAway(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keepAway(1 + even * d);
    c = keepAway(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keepAway(1 + odd * d);
    c = keepAway(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < ENOUGH) break;
  }
  return value;
}

function keepAway(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
