import { describe, expect, test } from "vitest";
import { fuzzCombinedMutants, fuzzMutants, fuzzTexts, fuzzTruncations } from "../fuzz/fuzz-decisions.ts";
import { judge } from "../fuzz/judge-refusal.ts";
import { fuzzContext, VALID_DECISIONS } from "../fuzz/valid-decisions.ts";

/** A part of what test/deep/fuzz.deep.ts tries in full. */
describe("fuzzed decisions", () => {
  test("what the mutations start from is right", () => {
    for (const decision of VALID_DECISIONS) expect(judge(decision, fuzzContext()).by).toBeNull();
  });

  test("every mutation of valid ones is refused with a code and a path, or accepted, in no time; fixes fix", () => {
    const { cases, refused, fixes } = fuzzMutants({ every: 37, offset: 5 });
    expect(cases).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(cases / 2);
    expect(fixes).toBeGreaterThan(50);
  });

  test("several mutations at once as well", () => {
    expect(fuzzCombinedMutants({ seed: 1, count: 30 })).toBe(30);
  });

  test("texts in fences, in prose, with slips are read; spoiled ones are refused", () => {
    expect(fuzzTexts({ seed: 2, count: 300 }).cases).toBeGreaterThan(400);
  });

  test("a decision cut off at any character is none", () => {
    expect(fuzzTruncations({ every: 5, offset: 1 })).toBeGreaterThan(1_000);
  });
});
