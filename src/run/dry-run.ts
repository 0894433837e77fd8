/** A plan that was made and checked, but not carried out (CONTRACTS 2). Owns: the shape and the forecast. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { type Decision, decisionSchema } from "../plan/decision.ts";
import { criticalPath, type PlanGraph } from "../plan/plan-graph.ts";
import { DEFAULT_RETRY } from "../step/retry.ts";
import type { Tool } from "../tool/tool.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";

const rangeSchema = z.strictObject({ low: z.number(), high: z.number() });

export const dryRunSchema = z.strictObject({
  v: z.literal(1),
  valid: z.boolean(),
  /** Null where the answer was no decision. */
  decision: decisionSchema.nullable(),
  issues: z.array(issueSchema),
  /** Further tries that the planner needed. */
  repairs: z.int(),
  planner: z.string(),
  model: z.string().nullable(),
  graph: z.strictObject({ edges: z.array(z.tuple([z.string(), z.string()])), criticalPath: z.array(z.string()) }),
  approvals: z.array(z.strictObject({ step: z.string(), rule: z.string() })),
  forecast: z.strictObject({
    steps: rangeSchema,
    modelCalls: rangeSchema,
    tokens: rangeSchema,
    costUsd: rangeSchema,
    durationMs: rangeSchema,
  }),
  usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int(), modelCalls: z.int() }),
  costUsd: z.number().nullable(),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** Edges and critical path as listed in a dry run; empty where there is no plan. */
export function describeGraph(graph: PlanGraph | null): DryRun["graph"] {
  if (graph === null) return { edges: [], criticalPath: [] };
  return { edges: graph.edges.map(([from, to]) => [from, to]), criticalPath: criticalPath(graph) };
}

/**
 * What running the plan will take, from the plan alone: conditional steps and lists make the low ends, `forEach.max`,
 * timeouts and attempts the high ends. Tokens and cost are those of tools without a model: none.
 */
export function forecast(
  decision: Decision,
  graph: PlanGraph | null,
  options: { tools: ToolRegistry; toolTimeoutMs: number },
): DryRun["forecast"] {
  const none = { low: 0, high: 0 };
  const total: DryRun["forecast"] = {
    steps: { ...none },
    modelCalls: { ...none },
    tokens: none,
    costUsd: none,
    durationMs: none,
  };
  if (decision.kind !== "plan" || graph === null) return total;
  const worst = new Map<string, number>();
  for (const step of decision.steps) {
    const tool = options.tools.get(step.tool);
    const high = step.forEach?.max ?? 1;
    const low = step.when === undefined && step.forEach === undefined ? 1 : 0;
    total.steps.low += low;
    total.steps.high += high;
    if (tool?.uses.includes("model") === true) {
      total.modelCalls.low += low;
      total.modelCalls.high += high;
    }
    worst.set(step.id, high * longestCall(tool, options.toolTimeoutMs));
  }
  const path = criticalPath(graph, (id) => worst.get(id) ?? 0);
  total.durationMs = { low: 0, high: path.reduce((sum, id) => sum + (worst.get(id) ?? 0), 0) };
  return total;
}

function longestCall(tool: Tool | undefined, toolTimeoutMs: number): number {
  const attempts = tool === undefined || tool.idempotency === "none" ? 1 : DEFAULT_RETRY.attempts;
  return (tool?.timeoutMs ?? toolTimeoutMs) * attempts;
}
