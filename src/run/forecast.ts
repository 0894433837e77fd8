/**
 * What carrying a plan out will take: low and high. Owns: how the figures of past calls, the plan's bounds and the
 * budget make a range. Where a tool was never measured, the range says so by being wide. Pure.
 */
import { z } from "zod";
import type { Budget } from "../goal/run-request.ts";
import type { Decision, Step } from "../plan/decision.ts";
import { criticalPath, type PlanGraph } from "../plan/plan-graph.ts";
import { DEFAULT_RETRY } from "../step/retry.ts";
import type { Tool } from "../tool/tool.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import { type CallFigures, percentile, type ToolStatistics } from "./tool-statistics.ts";

const rangeSchema = z.strictObject({ low: z.number(), high: z.number() });
type Range = z.infer<typeof rangeSchema>;

export const forecastSchema = z.strictObject({
  steps: rangeSchema,
  modelCalls: rangeSchema,
  tokens: rangeSchema,
  costUsd: rangeSchema,
  /** Working time: without waiting for people. */
  durationMs: rangeSchema,
  /** What it rests on: measured calls of the plan's tools, and those tools that were never measured. */
  basis: z.strictObject({ calls: z.int(), unmeasured: z.array(z.string()) }),
});
export type Forecast = z.infer<typeof forecastSchema>;

export interface ForecastOptions {
  tools: ToolRegistry;
  toolTimeoutMs: number;
  parallelSteps: number;
  budget: Budget;
  statistics: ToolStatistics;
}

/** Percentiles of past calls that make the ends of a range. */
const LOW = 0.05;
const HIGH = 0.95;

/** One call of a tool. */
interface CallForecast {
  modelCalls: Range;
  tokens: Range;
  costUsd: Range;
  durationMs: Range;
}

/** Of this plan alone: what a replan adds is not known. */
export function forecast(decision: Decision, graph: PlanGraph | null, options: ForecastOptions): Forecast {
  const steps = decision.kind === "plan" && graph !== null ? decision.steps : [];
  const rows = steps.map((step) => ({ step, count: countOf(step), call: callForecast(step.tool, options) }));
  const total = (of: (call: CallForecast) => Range): Range => ({
    low: rows.reduce((sum, { count, call }) => sum + count.low * of(call).low, 0),
    high: rows.reduce((sum, { count, call }) => sum + count.high * of(call).high, 0),
  });
  const { maxSteps, maxTokens, maxCostUsd, maxSeconds } = options.budget;
  const work = total((call) => call.durationMs);
  const path = (end: "low" | "high"): number => {
    const one = new Map(rows.map(({ step, count, call }) => [step.id, Math.min(count[end], 1) * call.durationMs[end]]));
    const ids = graph === null ? [] : criticalPath(graph, (id) => one.get(id) ?? 0);
    return ids.reduce((sum, id) => sum + (one.get(id) ?? 0), 0);
  };
  const tools = [...new Set(steps.map(({ tool }) => tool))];
  const measured = (tool: string): number =>
    comparable(options.statistics.get(tool) ?? [], options.tools.get(tool)).length;
  return {
    steps: within({ low: sum(rows, "low"), high: sum(rows, "high") }, maxSteps),
    modelCalls: total((call) => call.modelCalls),
    tokens: within(
      total((call) => call.tokens),
      maxTokens,
    ),
    costUsd: within(
      total((call) => call.costUsd),
      maxCostUsd,
    ),
    durationMs: within({ low: path("low"), high: listBound(path("high"), work.high, options) }, maxSeconds * 1_000),
    basis: {
      calls: tools.reduce((calls, tool) => calls + measured(tool), 0),
      unmeasured: tools.filter((tool) => measured(tool) === 0),
    },
  };
}

/** Conditional steps and lists may come to nothing; lists to as many as they say. */
function countOf(step: Step): Range {
  const isSure = step.when === undefined && step.forEach === undefined;
  return { low: isSure ? 1 : 0, high: step.forEach?.max ?? 1 };
}

function sum(rows: readonly { count: Range }[], end: "low" | "high"): number {
  return rows.reduce((total, { count }) => total + count[end], 0);
}

/**
 * The longest that a scheduler which never idles needs on so many places: work / places + path · (1 − 1 / places).
 * Source: R. L. Graham, "Bounds for certain multiprocessing anomalies", Bell System Technical Journal 45 (1966).
 */
function listBound(path: number, work: number, { parallelSteps }: ForecastOptions): number {
  return Math.ceil(work / parallelSteps + path * (1 - 1 / parallelSteps));
}

/** The budget ends a run that would take more. */
function within({ low, high }: Range, limit: number): Range {
  return { low: Math.min(low, limit), high: Math.min(high, limit) };
}

function callForecast(name: string, options: ForecastOptions): CallForecast {
  const tool = options.tools.get(name);
  const past = comparable(options.statistics.get(name) ?? [], tool);
  if (past.length === 0) return unmeasured(tool, options);
  const range = (of: (figures: CallFigures) => number): Range => {
    const values = past.map(of);
    return { low: percentile(values, LOW), high: percentile(values, HIGH) };
  };
  const hasPrice = past.every(({ costUsd }) => costUsd !== null);
  return {
    modelCalls: range(({ modelCalls }) => modelCalls),
    tokens: range(({ tokens }) => tokens),
    costUsd: hasPrice ? range(({ costUsd }) => costUsd ?? 0) : { low: 0, high: options.budget.maxCostUsd },
    durationMs: range(({ durationMs }) => durationMs),
  };
}

/**
 * A tool that asks a model now is not the one of the same name that asked none, and the other way round; one that does
 * not say so may ask all the same.
 */
function comparable(past: readonly CallFigures[], tool: Tool | undefined): readonly CallFigures[] {
  const asksModel = tool?.uses.includes("model") === true;
  const alike = past.filter(({ modelCalls }) => modelCalls > 0 === asksModel);
  return alike.length > 0 || asksModel ? alike : past;
}

/** Nothing is known but limits: its timeout and attempts, and for one that asks a model the run's budget. */
function unmeasured(tool: Tool | undefined, { toolTimeoutMs, budget }: ForecastOptions): CallForecast {
  const attempts = tool === undefined || tool.idempotency === "none" ? 1 : DEFAULT_RETRY.attempts;
  const asksModel = tool?.uses.includes("model") === true;
  return {
    modelCalls: asksModel ? { low: 1, high: attempts } : { low: 0, high: 0 },
    tokens: { low: 0, high: asksModel ? budget.maxTokens : 0 },
    costUsd: { low: 0, high: asksModel ? budget.maxCostUsd : 0 },
    durationMs: { low: 0, high: (tool?.timeoutMs ?? toolTimeoutMs) * attempts },
  };
}
