import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fuzzPlanRuns, fuzzRuns } from "../fuzz/fuzz-runs.ts";

const unhandled: unknown[] = [];
const record = (reason: unknown): void => {
  unhandled.push(reason);
};

/** A part of what test/deep/fuzz.deep.ts tries. */
describe("fuzzed decisions through a whole runtime", () => {
  beforeAll(() => {
    process.on("unhandledRejection", record);
  });
  afterAll(() => {
    process.off("unhandledRejection", record);
  });

  test("a refused decision never leads to a call and ends the run with a code", async () => {
    const { refused, completed } = await fuzzRuns({ seed: 41, count: 60 });
    expect(refused).toBeGreaterThan(30);
    expect(completed).toBeGreaterThan(2);
    expect(unhandled).toEqual([]);
  });

  test("accepted plans never end with a plan's code or INTERNAL", async () => {
    const { completed } = await fuzzPlanRuns({ seed: 42, count: 60 });
    expect(completed).toBeGreaterThan(5);
    expect(unhandled).toEqual([]);
  });
});
