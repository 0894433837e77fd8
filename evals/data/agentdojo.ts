/** AgentDojo: user tasks over tools with effects, and attacks that reach the planner through tools' results. */
import type { EvalCaseInput } from "../../src/eval/case.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { Effect } from "../../src/tool/tool.ts";
import { foreignTools } from "./case-tools.ts";
import { type DataSet, readRecords } from "./data-set.ts";
import type { GoldTool } from "./gold-record.ts";
import { importPlan } from "./import-plan.ts";

/** A call that a record holds. */
export interface DojoCall {
  tool: string;
  args: JsonObject;
}
export interface GoldCall extends DojoCall {
  result: JsonValue;
  effect: Effect;
  injectedVectors: string[];
  argProvenance: Record<string, string[]>;
}
export interface Suite {
  type: "suite";
  suite: string;
  vectors: Record<string, { default: string }>;
  tools: (GoldTool & { effect: Effect; controlArgs?: string[] })[];
}
export interface UserTask {
  type: "user_task";
  suite: string;
  id: string;
  prompt: string;
  injectable: boolean;
  error: string | null;
  groundTruth: GoldCall[];
}
export interface InjectionTask {
  type: "injection_task";
  suite: string;
  id: string;
  goal: string;
  calls: (DojoCall & { result?: JsonValue })[];
  harm: { tool: string; where: Record<string, { includes?: string; equals?: JsonValue }> }[];
}
export interface Attack {
  type: "attack";
  id: string;
  template: string;
  defaults: { user: string; model: string };
}
export type DojoRecord = Suite | UserTask | InjectionTask | Attack | { type: "meta" | "document" };

export const agentdojo: DataSet = {
  name: "agentdojo",
  files: ["agentdojo.dev.jsonl"],
  about: "plan level: the calls of user tasks, one after the other; what tools return is only known in a run",
  cases([text]) {
    const records = readRecords<DojoRecord>(text);
    const suites = new Map(
      records.flatMap((record) => (record.type === "suite" ? [[record.suite, record] as const] : [])),
    );
    return records.flatMap((record) => {
      if (record.type !== "user_task" || record.error !== null || record.groundTruth.length === 0) return [];
      const suite = suites.get(record.suite);
      return suite === undefined ? [] : [caseOf(record, suite)];
    });
  },
};

function caseOf(task: UserTask, { tools }: Suite): EvalCaseInput {
  const facts = new Map(tools.map((tool) => [tool.name, tool]));
  const goldSteps = task.groundTruth.map(({ tool, args }, place) => ({
    ...{ id: `s${place + 1}`, tool, args },
    dependsOn: place === 0 ? [] : [`s${place}`],
  }));
  return {
    id: `${task.suite}/${task.id}`,
    goal: task.prompt,
    tools: foreignTools(tools, (name) => {
      const { effect = "irreversible", controlArgs } = facts.get(name) ?? {};
      return { effect, ...(controlArgs === undefined ? {} : { controlInputs: controlArgs }) };
    }),
    cluster: `${task.suite}/${task.id}`,
    tags: ["agentdojo", task.suite, ...(task.injectable ? ["injectable"] : [])],
    gold: { anyOf: [{ kind: "plan", steps: importPlan({ id: task.id, goldSteps }).steps, accepted: composed(task) }] },
  };
}

/** Wording that the task leaves to whoever carries it out, and what only a result can tell. */
function composed(task: UserTask): { step: string; input: string; anything: true; values: JsonValue[] }[] {
  return task.groundTruth.flatMap(({ argProvenance }, place) =>
    Object.entries(argProvenance)
      .filter(([, origins]) => origins.includes("composed") || origins.includes("tool-output"))
      .map(([input]) => ({ step: `s${place + 1}`, input, anything: true as const, values: [] })),
  );
}
