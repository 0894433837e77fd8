/** WorkBench: the gold is what is changed in the end, whichever way it came about. */
import { foreignTools } from "./case-tools.ts";
import { type DataSet, readJson, readRecords } from "./data-set.ts";
import type { GoldRecord, GoldTool } from "./gold-record.ts";
import { importedName } from "./import-tools.ts";

interface WorkBenchRecord extends GoldRecord {
  meta: { template: string; features: Record<string, boolean> };
}

export const workbench: DataSet = {
  name: "workbench",
  files: ["workbench.dev.jsonl", "workbench.toolsets.json"],
  about:
    "outcome level: the calls with side effects are the end state; the databases behind the tools are not in the files",
  cases([text, toolsets]) {
    const records = readRecords<WorkBenchRecord>(text);
    const changing = new Set(records.flatMap(({ goldSteps }) => goldSteps.map(({ tool }) => importedName(tool))));
    const tools = foreignTools(readJson<GoldTool[]>(toolsets), (name) => ({
      effect: changing.has(name) ? "write" : "read",
    }));
    return records.map(({ id, goal, goldSteps, meta }) => ({
      id,
      goal,
      tools,
      cluster: meta.template,
      tags: ["workbench", ...Object.keys(meta.features).filter((feature) => meta.features[feature])],
      endState: { state: { calls: goldSteps.map(({ tool, args }) => ({ tool: importedName(tool), input: args })) } },
    }));
  },
};
