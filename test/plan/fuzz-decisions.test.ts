import { describe, expect, test } from "vitest";
import { fuzzCombinedMutants, fuzzMutants, fuzzTexts, fuzzTruncations } from "../fuzz/fuzz-decisions.ts";
import { judge } from "../fuzz/judge-refusal.ts";
import { fuzzContext, VALID_DECISIONS } from "../fuzz/valid-decisions.ts";

/** A part of what test/deep/fuzz.deep.ts tries in full. */
describe("fuzzed decisions", { timeout: 20_000 }, () => {
  test("what the mutations start from is right", () => {
    for (const decision of VALID_DECISIONS) expect(judge(decision, fuzzContext()).by).toBeNull();
  });

  test("every mutation of valid ones is refused with a code and a path, or accepted, in no time; fixes fix", () => {
    const { cases, refused, fixes } = fuzzMutants({ every: 53, offset: 5 });
    expect(cases).toBeGreaterThan(700);
    expect(refused).toBeGreaterThan(cases / 2);
    expect(fixes).toBeGreaterThan(50);
  });

  test("several mutations at once as well", () => {
    expect(fuzzCombinedMutants({ seed: 1, count: 20 })).toBe(20);
  });

  test("texts in fences, in prose, with slips are read; spoiled ones are refused", () => {
    expect(fuzzTexts({ seed: 2, count: 300 }).cases).toBeGreaterThan(400);
  });

  test("a decision cut off at any character is none", () => {
    expect(fuzzTruncations({ every: 4, offset: 1 })).toBeGreaterThan(1_000);
  });
});
