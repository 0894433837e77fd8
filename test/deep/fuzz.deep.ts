import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fuzzChecker } from "../fuzz/fuzz-checker.ts";
import { ALL_MUTANTS, fuzzCombinedMutants, fuzzMutants, fuzzTexts, fuzzTruncations } from "../fuzz/fuzz-decisions.ts";
import { fuzzDocuments } from "../fuzz/fuzz-documents.ts";
import { fuzzJournals } from "../fuzz/fuzz-journals.ts";
import { fuzzLanguage } from "../fuzz/fuzz-language.ts";
import { fuzzPlanRuns, fuzzRuns } from "../fuzz/fuzz-runs.ts";

/** Fuzzing at length: the seed and the seconds of `npm run test:deep`; at least 20,000 decisions whatever the time. */
const seed = Number(process.env["PLANWRIGHT_DEEP_SEED"] ?? "1");
const seconds = Number(process.env["PLANWRIGHT_DEEP_SECONDS"] ?? "60");

const MANY = 1_000_000;
const unhandled: unknown[] = [];
const record = (reason: unknown): void => {
  unhandled.push(reason);
};

/** Over after this share of the file's seconds. */
function within(share: number): () => boolean {
  const end = performance.now() + seconds * share * 1_000;
  return () => performance.now() > end;
}

function say(what: string, tally: object): void {
  process.stdout.write(`fuzz, seed ${seed}: ${what} ${JSON.stringify(tally)}\n`);
}

describe("fuzz", () => {
  beforeAll(() => {
    process.on("unhandledRejection", record);
  });
  afterAll(() => {
    process.off("unhandledRejection", record);
    expect(unhandled).toEqual([]);
  });

  test("20,000 decisions and more: mutants, several at once, texts, truncations", () => {
    const half = fuzzMutants({ every: 3, offset: seed });
    const rest = fuzzMutants({ every: 3, offset: seed + 1, isOver: within(0.2) });
    const truncations = fuzzTruncations({ every: 1, offset: 0 });
    const texts = fuzzTexts({ seed, count: 3_000 });
    const combined = fuzzCombinedMutants({ seed, count: MANY, isOver: within(0.1) });
    const cases = half.cases + rest.cases + truncations + texts.cases + combined * 4;
    say("decisions", { of: ALL_MUTANTS.length, half, rest, truncations, texts: texts.cases, combined, cases });
    expect(cases).toBeGreaterThan(20_000);
  });

  test("the checker's claims on random plans", () => {
    const tally = fuzzChecker({ seed, count: MANY, isOver: within(0.2) });
    say("plans", tally);
    expect(tally.accepted).toBeGreaterThan(tally.cases / 10);
  });

  test("the language against a naive implementation", () => {
    say("language", fuzzLanguage({ seed, count: MANY, isOver: within(0.1) }));
  });

  test("mutants and random plans through a whole runtime", async () => {
    say("mutants in runs", await fuzzRuns({ seed, count: MANY, isOver: within(0.1) }));
    say("plans in runs", await fuzzPlanRuns({ seed, count: MANY, isOver: within(0.1) }));
  });

  test("documents and journals", () => {
    say("documents", fuzzDocuments({ seed, count: MANY, isOver: within(0.05) }));
    say("journals", fuzzJournals({ seed, count: MANY, isOver: within(0.05) }));
  });
});
