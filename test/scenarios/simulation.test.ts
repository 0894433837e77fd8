/**
 * Random runs with failures, people, cancels, errors of the disk, processes that die and that stand still, watched by a
 * referee outside the system. One seed again, with its journal:
 * `PLANWRIGHT_SIMULATION_SEED=N npx vitest run --project scenarios test/scenarios/simulation.test.ts`.
 */
import { describe, expect, test } from "vitest";
import { describeFailure } from "../simulation/describe-failure.ts";
import { simulate } from "../simulation/simulate.ts";
import { addSimulation, createTotals } from "../simulation/totals.ts";

const one = process.env.PLANWRIGHT_SIMULATION_SEED;
/** As many crashes as the scenario had that failed. */
const crashes = process.env.PLANWRIGHT_SIMULATION_CRASHES;
const SEEDS = 200;

async function play(seed: number, trace?: (line: string) => void): ReturnType<typeof simulate> {
  const most = crashes === undefined ? {} : { crashes: Number(crashes) };
  const ended = await simulate(seed, { ...most, ...(trace === undefined ? {} : { trace }) });
  if (ended.problems.length > 0) throw new Error(describeFailure(ended));
  return ended;
}

/** Entries that the seeds bring about. */
const KINDS = [
  "decision.rejected",
  "step.unknown",
  "approval.granted",
  "approval.denied",
  "approval.expired",
  "question.answered",
  "run.resumed",
  "cancel.requested",
  "budget.settled",
];

async function playAll(): Promise<void> {
  const totals = createTotals();
  for (let seed = 1; seed <= SEEDS; seed++) addSimulation(totals, await play(seed));
  // What was tried is no matter of luck: the seeds are the same every time.
  expect(totals.runs).toBe(SEEDS);
  expect(totals.crashes).toBeGreaterThan(80);
  expect(totals.stalls).toBeGreaterThan(50);
  expect(totals.fenced).toBeGreaterThan(5);
  expect(totals.faults).toBeGreaterThan(80);
  expect(totals.calls).toBeGreaterThan(400);
  expect(totals.blobs).toBeGreaterThan(40);
  for (const status of ["cancelled", "completed", "exhausted", "failed"])
    expect(totals.statuses[status], status).toBeGreaterThan(10);
  for (const kind of KINDS) expect(totals.kinds[kind], kind).toBeGreaterThan(0);
  for (const limit of ["LIMIT_STEPS", "LIMIT_REPLANS", "LIMIT_TOKENS", "LIMIT_COST", "LIMIT_TIME"])
    expect(totals.ends[limit], limit).toBeGreaterThan(0);
  // A rule's stand-in referred to what was not there.
  expect(totals.ends.PLAN_BAD_REF).toBeGreaterThan(0);
}

describe("simulated runs keep SAFETY.md's promises", () => {
  if (one === undefined) test("whatever fails, and wherever a process dies or stands still", playAll);
  else test(`seed ${one}`, () => play(Number(one), (line) => process.stdout.write(`${line}\n`)));
});
