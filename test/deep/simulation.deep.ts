/** Simulated runs from a seed on, until the time is used up. */
import { expect, test } from "vitest";
import { describeFailure } from "../simulation/describe-failure.ts";
import { simulate } from "../simulation/simulate.ts";

const seed = Number(process.env.PLANWRIGHT_DEEP_SEED ?? "1");
const seconds = Number(process.env.PLANWRIGHT_DEEP_SECONDS ?? "60");

test("simulated runs keep SAFETY.md's promises, for as long as there is time", async () => {
  const until = performance.now() + seconds * 900;
  const totals = { runs: 0, crashes: 0, calls: 0, entries: 0 };
  while (performance.now() < until) {
    const ended = await simulate(seed + totals.runs, { crashes: 1 + (totals.runs % 8) });
    if (ended.problems.length > 0) throw new Error(describeFailure(ended));
    totals.runs += 1;
    totals.crashes += ended.crashes;
    totals.calls += ended.calls;
    totals.entries += ended.entries;
  }
  process.stdout.write(`simulation from seed ${seed}: ${JSON.stringify(totals)}\n`);
  expect(totals.runs).toBeGreaterThan(0);
});
