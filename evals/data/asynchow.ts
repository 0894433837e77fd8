/** AsyncHow: everyday plans with durations; what waits for what decides how long they take. */
import { foreignTools } from "./case-tools.ts";
import { type DataSet, readRecords } from "./data-set.ts";
import type { GoldRecord } from "./gold-record.ts";
import { importPlan } from "./import-plan.ts";

export interface TimedRecord extends GoldRecord {
  expected: { makespanSeconds: number; sequentialSeconds: number; agreesWithLongestPath: boolean };
}

export const asynchow: DataSet = {
  name: "asynchow",
  files: ["asynchow.dev.jsonl"],
  about: "plan level: order without data; records whose own figure is not the longest path are tagged",
  cases([text]) {
    return readRecords<TimedRecord>(text).map((record) => ({
      id: record.id,
      goal: record.goal,
      tools: foreignTools(record.tools),
      cluster: record.id,
      tags: ["asynchow", ...(record.expected.agreesWithLongestPath ? [] : ["at-odds-with-itself"])],
      gold: { anyOf: [{ kind: "plan", steps: importPlan(record).steps }] },
    }));
  },
};
