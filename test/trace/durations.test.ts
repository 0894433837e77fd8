import { expect, test } from "vitest";
import { addDuration, countOf, cumulated, mergeDurations, noDurations, quantileMs } from "../../src/trace/durations.ts";

function durations(values: readonly number[]) {
  const made = noDurations();
  for (const value of values) addDuration(made, value);
  return made;
}

test("quantiles are those of the values, below a second exactly", () => {
  const made = durations([7, 1, 3, 5, 9, 11, 13, 15, 17, 999]);
  expect([0, 0.5, 0.95, 1].map((share) => quantileMs(made, share))).toEqual([1, 9, 999, 999]);
  expect(quantileMs(noDurations(), 0.5)).toBeNull();
});

test("above a second a value is at most 1 % too high, and never crosses a bound", () => {
  for (const value of [1_000, 1_001, 1_009, 99_949, 99_999, 123_456_789]) {
    const rounded = quantileMs(durations([value]), 0.5) ?? 0;
    expect(rounded).toBeGreaterThanOrEqual(value);
    expect(rounded).toBeLessThanOrEqual(value * 1.01);
  }
  expect(cumulated(durations([999, 1_000, 1_001, 2_500, 2_501]), [1_000, 2_500, 5_000])).toEqual([2, 4, 5]);
});

test("two joined are what all values together are", () => {
  const [left, right] = [durations([1, 2, 1_234]), durations([2, 40])];
  mergeDurations(left, right);
  expect(left).toEqual(durations([1, 2, 2, 40, 1_234]));
  expect([countOf(left), left.sumMs]).toEqual([5, 1_279]);
});

test("twenty thousand calls are about a thousand numbers", () => {
  const made = durations(Array.from({ length: 20_000 }, (_, n) => 1_000 + n));
  expect(Object.keys(made.counts).length).toBeLessThan(1_100);
});
