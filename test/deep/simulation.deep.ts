/** Simulated runs from a seed on, until the time is used up. */
import { expect, test } from "vitest";
import { describeFailure } from "../simulation/describe-failure.ts";
import { simulate } from "../simulation/simulate.ts";
import { addSimulation, createTotals } from "../simulation/totals.ts";
import { deepSeconds, deepSeed } from "./deep-share.ts";

const seed = deepSeed;
const seconds = deepSeconds("simulation");

/** What the share of a deep run of three minutes has to be enough for, on two busy cores (scripts/ci.mjs). */
const CI_SECONDS = 90;
const CI_RUNS = 800;

test("simulated runs keep SAFETY.md's promises, for as long as there is time", async () => {
  const until = performance.now() + seconds * 900;
  const totals = createTotals();
  while (performance.now() < until) {
    const crashes = 1 + (totals.runs % 8);
    const ended = await simulate(seed + totals.runs, { crashes });
    if (ended.problems.length > 0) throw new Error(describeFailure(ended, crashes));
    addSimulation(totals, ended);
  }
  process.stdout.write(`simulation from seed ${seed}: ${JSON.stringify(totals)}\n`);
  expect(totals.runs).toBeGreaterThanOrEqual(seconds >= CI_SECONDS ? CI_RUNS : 1);
});
