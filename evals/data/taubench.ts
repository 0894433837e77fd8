/** τ-bench: side effects after reads; many arguments are parts of earlier results. */
import { parsePath } from "../../src/plan/path.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { foreignTools } from "./case-tools.ts";
import { type DataSet, readJson, readRecords } from "./data-set.ts";
import type { GoldRecord, GoldStep, GoldTool } from "./gold-record.ts";
import { importPath, importPlan } from "./import-plan.ts";
import { importedName } from "./import-tools.ts";

interface TauStep extends GoldStep {
  sideEffect: boolean;
  /** By argument, or place in one: where its value stands in an earlier result. */
  provenance: Record<string, { from: string }>;
}
type TauRecord = Omit<GoldRecord, "goldSteps"> & { toolset: string; goldSteps: TauStep[] };

export const taubench: DataSet = {
  name: "taubench",
  files: ["taubench.dev.jsonl", "taubench.toolsets.json"],
  about: "plan level: orders of reads and writes; a goal whose gold has no call is to be abandoned",
  cases([text, toolsets]) {
    const records = readRecords<TauRecord>(text);
    const sets = readJson<Record<string, GoldTool[]>>(toolsets);
    const writing = new Set(
      records
        .flatMap(({ goldSteps }) => goldSteps)
        .filter((step) => step.sideEffect)
        .map(toolName),
    );
    return records.map((record) => ({
      id: record.id,
      goal: record.goal,
      tools: foreignTools(sets[record.toolset] ?? [], (name) => ({ effect: writing.has(name) ? "write" : "read" })),
      cluster: record.id,
      tags: ["taubench", record.toolset],
      gold: {
        anyOf: [
          record.goldSteps.length === 0
            ? { kind: "abandon" }
            : { kind: "plan", steps: importPlan(record).steps, accepted: record.goldSteps.flatMap(acceptedInputs) },
        ],
      },
    }));
  },
};

function toolName({ tool }: GoldStep): string {
  return importedName(tool);
}

/** A reference to where the value stands is as good as the value itself. */
function acceptedInputs({ id, provenance }: TauStep): { step: string; input: string; values: JsonValue[] }[] {
  return Object.entries(provenance).flatMap(([input, { from }]) => {
    const path = importPath(from);
    return input.includes(".") || !parsePath(path).ok ? [] : [{ step: id, input, values: [{ ref: path }] }];
  });
}
