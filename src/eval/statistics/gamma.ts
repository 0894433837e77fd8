/** The gamma function and the regularised incomplete gamma function. Owns: their accuracy (about 1e-14). */

/** C. Lanczos, "A precision approximation of the gamma function" (1964), g = 7, nine terms (coefficients: P. Godfrey, 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  let sum: number = LANCZOS[0];
  for (const [place, coefficient] of LANCZOS.slice(1).entries()) sum += coefficient / (shifted + place + 1);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

const ENOUGH = 1e-16;
const MOST_TERMS = 10_000;

/** P(a, x) for a > 0, x ≥ 0: the series below a + 1, the continued fraction above (DLMF 8.11.4, 8.9.2). */
export function regularisedGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? scale * series(a, x) : 1 - scale * fraction(a, x);
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let count = 1; count < MOST_TERMS && Math.abs(term) > Math.abs(sum) * ENOUGH; count++) {
    term *= x / (a + count);
    sum += term;
  }
  return sum;
}

/** Modified Lentz (W. Lentz 1976; I. Thompson, A. Barnett 1986). */
function fraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let count = 1; count < MOST_TERMS; count++) {
    const numerator = -count * (count - a);
    b += 2;
    d = 1 / keepAway(numerator * d + b, tiny);
    c = keepAway(b + numerator / c, tiny);
    value *= c * d;
    if (Math.abs(c * d - 1) < ENOUGH) break;
  }
  return value;
}

function keepAway(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
