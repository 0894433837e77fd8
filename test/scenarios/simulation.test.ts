/**
 * Random runs with failures, people, cancels and crashes, watched by a referee outside the system. One seed again, with
 * its journal: `PLANWRIGHT_SIMULATION_SEED=N npx vitest run --project scenarios test/scenarios/simulation.test.ts`.
 */
import { describe, expect, test } from "vitest";
import { describeFailure } from "../simulation/describe-failure.ts";
import { simulate } from "../simulation/simulate.ts";

const one = process.env.PLANWRIGHT_SIMULATION_SEED;
const seeds = one === undefined ? Array.from({ length: 120 }, (_, place) => place + 1) : [Number(one)];

describe("simulated runs keep SAFETY.md's promises", () => {
  test("whatever fails, and wherever the process dies", async () => {
    const totals = { crashes: 0, calls: 0, statuses: new Set<string>() };
    for (const seed of seeds) {
      const ended = await simulate(
        seed,
        one === undefined ? {} : { trace: (line) => process.stdout.write(`${line}\n`) },
      );
      if (ended.problems.length > 0) throw new Error(describeFailure(ended));
      totals.crashes += ended.crashes;
      totals.calls += ended.calls;
      totals.statuses.add(ended.status);
    }
    if (one !== undefined) return;
    expect(totals.crashes).toBeGreaterThan(50);
    expect(totals.calls).toBeGreaterThan(200);
    expect([...totals.statuses].sort()).toEqual(["cancelled", "completed", "exhausted", "failed"]);
  });
});
