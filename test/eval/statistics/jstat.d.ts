/** The parts of the statistics package that these tests take as an independent oracle; it has no types of its own. */
declare module "jstat" {
  export const jStat: {
    gammaln(x: number): number;
    lowRegGamma(a: number, x: number): number;
    ibeta(x: number, a: number, b: number): number;
    normal: { cdf(x: number, mean: number, std: number): number; inv(p: number, mean: number, std: number): number };
    studentt: { cdf(x: number, df: number): number; inv(p: number, df: number): number };
    binomial: { cdf(k: number, n: number, p: number): number };
    combination(n: number, k: number): number;
  };
}
