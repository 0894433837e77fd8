/** A data set's tools as the foreign tools of a case. Owns: what is assumed of tools that say nothing of themselves. */
import type { CaseTool } from "../../src/eval/case.ts";
import type { Effect } from "../../src/tool/tool.ts";
import type { GoldTool } from "./gold-record.ts";
import { importedName, importTools } from "./import-tools.ts";

export interface ToolFacts {
  effect?: Effect;
  controlInputs?: string[];
}

/** Advisory schemas; reads that may be repeated, unless `factsOf` says otherwise. Repeated names count once. */
export function foreignTools(
  tools: readonly GoldTool[],
  factsOf: (name: string) => ToolFacts = () => ({}),
): CaseTool[] {
  const byName = new Map(tools.map((tool) => [importedName(tool.name), tool]));
  return importTools([...byName.values()]).map((tool): CaseTool => {
    const { effect = "read", ...facts } = factsOf(tool.name);
    return { ...tool, effect, idempotency: effect === "read" ? "pure" : "none", schemaTrust: "advisory", ...facts };
  });
}
