/** Memory at length: 10,000 runs in one process, 1,000 at once, schemas and words without end (SAFETY R13). */
import { describe, expect, test } from "vitest";
import { concurrentSchema, manySchema, perTimeSchema, runLeakProbe } from "../scenarios/run-leak-probe.ts";

const TIMEOUT_MS = 300_000;
const tell = (what: string, figures: object): void => {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
};

describe("memory", () => {
  test(
    "stays flat over 10,000 runs",
    async () => {
      const found = await runLeakProbe(["many", 10_000], manySchema, TIMEOUT_MS);
      tell("10,000 runs", found);
      const [first, middle, end] = found.samples.map(({ bytes }) => bytes);
      expect((middle ?? 0) / (first ?? 1)).toBeLessThan(1.1);
      expect((end ?? 0) / (first ?? 1)).toBeLessThan(1.1);
    },
    TIMEOUT_MS,
  );

  test(
    "of 1,000 runs at once is 45 KB each, and next to nothing afterwards",
    async () => {
      const found = await runLeakProbe(["concurrent", 1_000], concurrentSchema, TIMEOUT_MS);
      tell("1,000 runs at once", found);
      expect(found.kilobytesPerRun).toBeLessThan(55);
      expect(found.kilobytesKeptPerRun).toBeLessThan(4);
    },
    TIMEOUT_MS,
  );

  test(
    "is not kept for schemas that only one request has",
    async () => {
      const found = await runLeakProbe(["schemas", 600], perTimeSchema, TIMEOUT_MS);
      tell("output schemas", found);
      expect(found.bytesPerTime).toBeLessThan(1_500);
    },
    TIMEOUT_MS,
  );

  test(
    "is not kept for words that a waiting run refuses",
    async () => {
      const found = await runLeakProbe(["pestered", 10_000], perTimeSchema, TIMEOUT_MS);
      tell("refused words", found);
      expect(found.bytesPerTime).toBeLessThan(40);
    },
    TIMEOUT_MS,
  );
});
