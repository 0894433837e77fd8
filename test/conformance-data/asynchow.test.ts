/** The scheduler against other people's plans with durations: nothing waits longer than its own sources. */
import { expect, test } from "vitest";
import type { GoldRecord } from "../../evals/data/gold-record.ts";
import { importPlan } from "../../evals/data/import-plan.ts";
import { runTimedPlan, startFault } from "../fake-tools/timed-run.ts";
import { dataRecords, show } from "./data-folder.ts";

interface TimedRecord extends GoldRecord {
  expected: { makespanSeconds: number; sequentialSeconds: number; agreesWithLongestPath: boolean };
}

const FILE = "asynchow.dev.jsonl";
const TIMEOUT = { timeout: 30_000 };

/** Records whose own figure is the longest path; the others are at odds with themselves. */
function soundRecords(context: Parameters<typeof dataRecords>[0]): TimedRecord[] {
  return dataRecords<TimedRecord>(context, FILE).filter((record) => record.expected.agreesWithLongestPath);
}

test("with room for every step, a plan takes as long as its longest path", TIMEOUT, async (context) => {
  const records = soundRecords(context);
  for (const record of records) {
    const { steps } = importPlan(record);
    const { result, events, makespanMs } = await runTimedPlan(steps, 10_000);
    expect([record.id, result.status, result.error]).toEqual([record.id, "completed", null]);
    expect([record.id, startFault(steps, events)]).toEqual([record.id, null]);
    expect(makespanMs / 1_000, record.id).toBeCloseTo(record.expected.makespanSeconds, 3);
  }
  const all = dataRecords<TimedRecord>(context, FILE).length;
  show(FILE, [
    `${records.length} of ${all} plans: makespan equals the gold, ${all - records.length} are at odds with themselves`,
  ]);
});

test("one at a time, it takes the sum of its steps, the longest remaining path first", TIMEOUT, async (context) => {
  for (const record of soundRecords(context)) {
    const { steps } = importPlan(record);
    const { events, makespanMs } = await runTimedPlan(steps, 1);
    expect([record.id, startFault(steps, events)]).toEqual([record.id, null]);
    expect(makespanMs / 1_000, record.id).toBeCloseTo(record.expected.sequentialSeconds, 3);
  }
});

test("two at a time, no place stays free while a step could start", TIMEOUT, async (context) => {
  for (const record of soundRecords(context)) {
    const { steps } = importPlan(record);
    const { events, makespanMs } = await runTimedPlan(steps, 2);
    expect([record.id, startFault(steps, events)]).toEqual([record.id, null]);
    const { makespanSeconds, sequentialSeconds } = record.expected;
    // Graham's bound for list scheduling ("Bounds for certain multiprocessing anomalies", 1966) on two machines.
    expect(makespanMs / 1_000, record.id).toBeLessThanOrEqual((sequentialSeconds + makespanSeconds) / 2 + 0.001);
  }
});
