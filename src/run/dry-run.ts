/** A plan that was made and checked, but not carried out (CONTRACTS 2). Owns: the shape. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { decisionSchema } from "../plan/decision.ts";
import { criticalPath, type PlanGraph } from "../plan/plan-graph.ts";
import { forecastSchema } from "./forecast.ts";

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
  forecast: forecastSchema,
  usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int(), modelCalls: z.int() }),
  costUsd: z.number().nullable(),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** Edges and critical path as listed in a dry run; empty where there is no plan. */
export function describeGraph(graph: PlanGraph | null): DryRun["graph"] {
  if (graph === null) return { edges: [], criticalPath: [] };
  return { edges: graph.edges.map(([from, to]) => [from, to]), criticalPath: criticalPath(graph) };
}
