/**
 * One decision on the table: what every pass of the checker looks at. Owns: look-ups made once.
 * Must not: judge anything.
 */
import type { Issue, PatchOperation } from "../error/issue.ts";
import type { Tool } from "../tool/tool.ts";
import type { CheckContext } from "./check-context.ts";
import type { CompiledPlan, CompiledStep } from "./compile-plan.ts";
import type { FinishDecision, PlanDecision } from "./decision.ts";
import { buildPlanGraph, type Groups, graphOfPlan, type PlanGraph } from "./plan-graph.ts";
import { createStepNames, type StepNames } from "./step-names.ts";

export interface Examination {
  decision: PlanDecision | FinishDecision;
  context: CheckContext;
  plan: CompiledPlan;
  graph: PlanGraph;
  /** The first step of each id. */
  steps: ReadonlyMap<string, CompiledStep>;
  /** By step id; absent where the tool is unknown. */
  tools: ReadonlyMap<string, Tool>;
  groups: Groups;
  /** Steps that may be referred to, for messages about those that may not. */
  names: StepNames;
}

export function examine(
  decision: PlanDecision | FinishDecision,
  plan: CompiledPlan,
  context: CheckContext,
): Examination {
  const steps = new Map<string, CompiledStep>();
  const tools = new Map<string, Tool>();
  for (const step of plan.steps) {
    if (steps.has(step.step.id)) continue;
    steps.set(step.step.id, step);
    const tool = context.tools.get(step.step.tool);
    if (tool !== undefined) tools.set(step.step.id, tool);
  }
  const groups = context.groups ?? new Map<string, readonly string[]>();
  const names = createStepNames(() => {
    const finished = [...context.known].filter(([, step]) => step.status === "completed").map(([id]) => id);
    return [...new Set([...steps.keys(), ...groups.keys(), ...finished])];
  });
  const graph = groups.size === 0 ? graphOfPlan(plan.steps) : buildPlanGraph(plan.steps, { groups });
  return { decision, context, plan, graph, steps, tools, groups, names };
}

/** The parts of an issue that differ from pass to pass. */
export interface Finding {
  code: Issue["code"];
  path: string;
  message: string;
  hint: string;
  fix?: PatchOperation[] | null;
  /** `error` by default. */
  severity?: Issue["severity"];
}

export function issueOf({ code, path, message, hint, fix, severity }: Finding): Issue {
  return { severity: severity ?? "error", code, path, message, hint, fix: fix ?? null };
}
