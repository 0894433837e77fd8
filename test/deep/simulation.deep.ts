/** Simulated runs from a seed on, until the time is used up; 100 at least, where the share is what CI gives; a quiet machine does some 800. */
import { expect, test } from "vitest";
import { describeFailure } from "../simulation/describe-failure.ts";
import { simulate } from "../simulation/simulate.ts";
import { addSimulation, createTotals } from "../simulation/totals.ts";
import { deepSeconds, deepSeed } from "./deep-share.ts";

const seed = deepSeed;
const seconds = deepSeconds("simulation");

/** The share of a deep run of three minutes (scripts/ci.mjs), which 800 runs fit into on a quiet machine. */
const CI_SECONDS = 90;
const LEAST_RUNS = seconds >= CI_SECONDS ? 100 : 1;

test("simulated runs keep SAFETY.md's promises, for as long as there is time", async () => {
  const until = performance.now() + seconds * 900;
  const totals = createTotals();
  while (performance.now() < until || totals.runs < LEAST_RUNS) {
    const crashes = 1 + (totals.runs % 8);
    const ended = await simulate(seed + totals.runs, { crashes });
    if (ended.problems.length > 0) throw new Error(describeFailure(ended, crashes));
    addSimulation(totals, ended);
  }
  process.stdout.write(`simulation from seed ${seed}: ${JSON.stringify(totals)}\n`);
  expect(totals.runs).toBeGreaterThanOrEqual(LEAST_RUNS);
});
