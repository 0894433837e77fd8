/** NESTFUL: plans whose steps read fields of other steps' outputs, with a result map. */

import { foreignTools } from "./case-tools.ts";
import { type DataSet, readRecords } from "./data-set.ts";
import type { GoldRecord } from "./gold-record.ts";
import { importPlan } from "./import-plan.ts";

export const nestful: DataSet = {
  name: "nestful",
  files: ["nestful.dev.jsonl"],
  about: "plan level: references into outputs, results built from several steps",
  cases([text]) {
    return readRecords<GoldRecord>(text).map((record) => {
      const { steps, output } = importPlan(record);
      return {
        id: record.id,
        goal: record.goal,
        tools: foreignTools(record.tools),
        cluster: record.id,
        tags: ["nestful"],
        gold: { anyOf: [{ kind: "plan", steps, ...(output === undefined ? {} : { output }) }] },
      };
    });
  },
};
