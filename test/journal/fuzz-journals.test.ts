import { expect, test } from "vitest";
import { fuzzJournals } from "../fuzz/fuzz-journals.ts";

test("damaged journals give a prefix with everything that was synced, or JOURNAL_CORRUPT", () => {
  const { corrupt, read } = fuzzJournals({ seed: 31, count: 500 });
  expect(corrupt).toBeGreaterThan(100);
  expect(read).toBeGreaterThan(100);
});
