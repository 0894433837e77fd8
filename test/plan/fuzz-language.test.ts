import { describe, expect, test } from "vitest";
import { fuzzChecker } from "../fuzz/fuzz-checker.ts";
import { fuzzLanguage } from "../fuzz/fuzz-language.ts";

/** A part of what test/deep/fuzz.deep.ts tries. */
describe("fuzzed plans", { timeout: 20_000 }, () => {
  test("what the checker accepts fits, what it refuses by type or path does not, and its fixes fix", () => {
    const tally = fuzzChecker({ seed: 11, count: 100 });
    expect(tally.accepted).toBeGreaterThan(20);
    expect(tally.sure).toBeGreaterThan(30);
    expect(tally.wrong).toBeGreaterThan(200);
    expect(tally.paths).toBeGreaterThan(10);
  });

  test("values, texts, paths and conditions come out as by a second, naive implementation", () => {
    const tally = fuzzLanguage({ seed: 12, count: 3_000 });
    expect(tally.found).toBeGreaterThan(1_000);
    expect(tally.held).toBeGreaterThan(200);
  });
});
