/** Special functions and distributions against an independent package and against published tables. */
import { jStat } from "jstat";
import { describe, expect, test } from "vitest";
import { regularisedBeta } from "../../../src/eval/statistics/beta.ts";
import {
  binomialProbability,
  normalProbability,
  normalQuantile,
  studentProbability,
  studentQuantile,
} from "../../../src/eval/statistics/distributions.ts";
import { logGamma, regularisedGamma } from "../../../src/eval/statistics/gamma.ts";

const PROBABILITIES = [0.005, 0.025, 0.2, 0.5, 0.8, 0.95, 0.975, 0.995];

function expectClose(got: number, wanted: number, what: string): void {
  expect(Math.abs(got - wanted), `${what}: ${got} against ${wanted}`).toBeLessThan(
    1e-9 * Math.max(1, Math.abs(wanted)),
  );
}

describe("against jstat, to 1e-9", () => {
  test("ln gamma", () => {
    for (const x of [0.1, 0.5, 1, 1.5, 2, 7.3, 20, 171, 1_000]) expectClose(logGamma(x), jStat.gammaln(x), `at ${x}`);
  });

  test("the regularised incomplete gamma function", () => {
    for (const a of [0.5, 1, 3, 12.5, 60]) {
      for (const x of [0.01, 0.7, 2, 11, 40, 90]) {
        expectClose(regularisedGamma(a, x), jStat.lowRegGamma(a, x), `P(${a}, ${x})`);
      }
    }
  });

  test("probabilities of the normal and the binomial distribution, and quantiles of the normal", () => {
    for (const t of [-8, -2.1, -0.4, 0, 0.7, 1.96, 5]) {
      expectClose(normalProbability(t), jStat.normal.cdf(t, 0, 1), `normal ${t}`);
    }
    for (const n of [1, 6, 25, 80]) {
      for (let k = 0; k <= n; k += 3) {
        expectClose(binomialProbability(k, n, 0.3), jStat.binomial.cdf(k, n, 0.3), `binomial ${k} of ${n}`);
      }
    }
    for (const p of PROBABILITIES) expectClose(normalQuantile(p), jStat.normal.inv(p, 0, 1), `normal ${p}`);
  });
});

/** jstat itself is good to some 1e-8 here: at t = −0.4 with one degree of freedom it misses 1/2 + atan(t)/π by 4e-9. */
test("Student's t is jstat's as far as jstat goes", () => {
  for (const df of [1, 2, 5, 11, 29, 200]) {
    for (const t of [-8, -2.1, -0.4, 0, 0.7, 1.96, 5]) {
      expect(studentProbability(t, df)).toBeCloseTo(jStat.studentt.cdf(t, df), 7);
    }
    for (const p of PROBABILITIES.filter((one) => one > 0.01 && one < 0.99)) {
      expect(studentQuantile(p, df)).toBeCloseTo(jStat.studentt.inv(p, df), 6);
    }
  }
});

describe("against closed forms, to 1e-9", () => {
  test("Student's t with whole degrees of freedom (Abramowitz, Stegun 26.7.3 and 26.7.4)", () => {
    for (const df of [1, 2, 3, 5, 8, 11, 29, 60, 200]) {
      for (const t of [0.05, 0.4, 0.7, 1.96, 2.7, 5, 12]) {
        expectClose(2 * studentProbability(t, df) - 1, centralStudent(t, df), `${t} with ${df}`);
        expectClose(centralStudent(studentQuantile(0.975, df), df), 0.95, `quantile with ${df}`);
      }
    }
  });

  test("the incomplete beta function of whole parameters, a binomial sum (DLMF 8.17.5)", () => {
    for (const a of [1, 2, 7, 19]) {
      for (const b of [1, 3, 12]) {
        for (const x of [0.001, 0.2, 0.5, 0.83, 0.999]) {
          const n = a + b - 1;
          let sum = 0;
          for (let k = a; k <= n; k++) sum += jStat.combination(n, k) * x ** k * (1 - x) ** (n - k);
          expectClose(regularisedBeta(x, a, b), sum, `I(${x}, ${a}, ${b})`);
        }
      }
    }
  });
});

/** P(−t < T < t). */
function centralStudent(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = df % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = df === 1 ? 0 : term;
  for (let place = isOdd ? 3 : 2; place <= df - 2; place += 2) {
    term *= ((place - 1) / place) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** Two-sided 5 % points of t: NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2. */
test.each([
  [1, 12.706],
  [2, 4.303],
  [5, 2.571],
  [10, 2.228],
  [30, 2.042],
  [60, 2.0],
  [100, 1.984],
])("the published table of t for %i degrees of freedom says %d", (df, value) => {
  expect(studentQuantile(0.975, df)).toBeCloseTo(value, 3);
});

test("the quantiles that have a closed form are exact", () => {
  // One degree of freedom: tan(π(p − 1/2)); two: (2p − 1)·√(2 / (1 − (2p − 1)²)).
  for (const p of [0.6, 0.8, 0.975, 0.999]) {
    expectClose(studentQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), `one, ${p}`);
    const twice = 2 * p - 1;
    expectClose(studentQuantile(p, 2), twice * Math.sqrt(2 / (1 - twice * twice)), `two, ${p}`);
  }
  expectClose(normalQuantile(0.975), 1.959963984540054, "normal");
});

test("a quantile and its probability undo each other, far out as well", () => {
  for (const p of [1e-6, 0.001, 0.3, 0.77, 0.99999]) {
    for (const df of [1, 3, 40]) expectClose(studentProbability(studentQuantile(p, df), df), p, `${p} with ${df}`);
    expectClose(normalProbability(normalQuantile(p)), p, `normal ${p}`);
  }
});
