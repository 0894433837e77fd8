/** BFCL, parallel calls: several accepted values for each argument. */
import type { EvalCaseInput } from "../../src/eval/case.ts";
import { isJsonObject, type JsonValue } from "../../src/shared/json.ts";
import { foreignTools } from "./case-tools.ts";
import { type DataSet, readRecords } from "./data-set.ts";
import type { GoldRecord, GoldStep } from "./gold-record.ts";
import { importPlan, importValue } from "./import-plan.ts";

type BfclStep = GoldStep & { argAlternatives?: Record<string, JsonValue[]> };
type BfclRecord = Omit<GoldRecord, "goldSteps"> & { goldSteps: BfclStep[] };
type GoldInput = NonNullable<NonNullable<EvalCaseInput["gold"]>["anyOf"]>[number];
type Accepted = NonNullable<Extract<GoldInput, { kind: "plan" }>["accepted"]>;

export const bfclParallel: DataSet = {
  name: "bfcl-parallel",
  files: ["bfcl-parallel.dev.jsonl"],
  about: "plan level: independent calls with accepted alternatives",
  cases([text]) {
    return readRecords<BfclRecord>(text).map((record) => ({
      id: record.id,
      goal: record.goal,
      tools: foreignTools(record.tools),
      cluster: record.id,
      tags: ["bfcl", "parallel"],
      gold: {
        anyOf: [{ kind: "plan", steps: importPlan(record).steps, accepted: record.goldSteps.flatMap(acceptedInputs) }],
      },
    }));
  },
};

/** An empty text among the alternatives says that the argument may be left out. */
function acceptedInputs({ id, argAlternatives = {} }: BfclStep): Accepted {
  return Object.entries(argAlternatives).map(([input, alternatives]) => ({
    step: id,
    input,
    values: alternatives
      .filter((value) => value !== "")
      .flatMap(spreadFields)
      .map(importValue),
    absent: alternatives.includes(""),
  }));
}

const MOST = 100;

/** An object whose fields are all lists of alternatives stands for every combination of them. */
function spreadFields(value: JsonValue): JsonValue[] {
  if (!isJsonObject(value) || !Object.values(value).every(Array.isArray)) return [value];
  let combinations: Record<string, JsonValue>[] = [{}];
  for (const [key, alternatives] of Object.entries(value) as [string, JsonValue[]][]) {
    combinations = combinations.flatMap((one) => alternatives.map((alternative) => ({ ...one, [key]: alternative })));
    if (combinations.length > MOST) return [value];
  }
  return [value, ...combinations];
}
