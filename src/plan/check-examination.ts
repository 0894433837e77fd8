/**
 * One decision on the table: what every pass of the checker looks at. Owns: look-ups made once.
 * Must not: judge anything.
 */
import type { Issue, PatchOperation } from "../error/issue.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { Tool } from "../tool/tool.ts";
import type { CheckContext } from "./check-context.ts";
import type { CompiledPlan, CompiledStep } from "./compile-plan.ts";
import type { FinishDecision, PlanDecision } from "./decision.ts";
import { buildPlanGraph, type Groups, type PlanGraph } from "./plan-graph.ts";

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
  return { decision, context, plan, graph: buildPlanGraph(plan.steps, { groups }), steps, tools, groups };
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

/**
 * The likeliest name, and `Did you mean 'x'?` with a space before it, or nothing. Names that differ in nothing but
 * a number (`step1`, `step2`) are other names, not mistyped ones.
 */
export function suggestName(word: string, candidates: Iterable<string>): { name: string | null; words: string } {
  const withoutDigits = (text: string): string => text.replace(/[0-9]+/g, "");
  const plain = withoutDigits(word);
  const others = [...candidates].filter((candidate) => withoutDigits(candidate) !== plain);
  const name = didYouMean(word, others);
  return { name, words: meantName(name) };
}
