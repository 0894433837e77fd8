/** What all runs of one runtime share. Owns: the default limits. */
import type { Budget } from "../goal/run-request.ts";
import type { AskedPlanning } from "../journal/entries.ts";
import type { RunCache, Store } from "../journal/store.ts";
import type { Judge } from "../planner/judge.ts";
import type { Planner } from "../planner/planner.ts";
import type { Policy } from "../policy/authorize.ts";
import type { DriverLimits } from "../run/driver-core.ts";
import type { Clock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Random } from "../shared/random.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { WorkflowLibrary } from "../workflow/workflow-library.ts";
import type { RunObservation } from "./observe-runs.ts";

/** Limits of a runtime and of every run that it drives; defaults after each. */
export interface RuntimeLimits extends DriverLimits {
  /** Runs driven at the same time; 64. */
  activeRuns: number;
  /** Runs that wait for a place; 10,000, then QUEUE_FULL. */
  queuedRuns: number;
}

/** SAFETY.md, "Default limits". */
export const DEFAULT_LIMITS: RuntimeLimits = {
  parallelSteps: 8,
  toolTimeoutMs: 30_000,
  plannerTimeoutMs: 180_000,
  graceMs: 2_000,
  keptBytes: 256 * 2 ** 20,
  repairs: 2,
  approvalTtlMs: 24 * 60 * 60 * 1_000,
  activeRuns: 64,
  queuedRuns: 10_000,
};

/** What depends on the model and the prompts that plan a run. */
export type RunPlanning = Pick<RuntimeEnvironment, "planner" | "fallback" | "judge" | "tools">;

export type OpenPlanning = (asked: AskedPlanning) => Promise<RunPlanning>;

export interface RuntimeEnvironment {
  store: Store;
  /** Opens the run index, when it is first needed; null where there is none. */
  openCache: (() => Promise<RunCache>) | null;
  /** Watches the runs that this runtime drives. */
  observation: RunObservation;
  tools: ToolRegistry;
  planner: Planner;
  /** Stands in for one more try of a decision where the planner has no good answer, or none; null: the run fails. */
  fallback: Planner | null;
  /** Judges success criteria that no condition can; null without a model. */
  judge: Judge | null;
  /** Who plans runs that asked for another model or other prompts. Throws CONFIG_INVALID, PROMPT_NOT_FOUND. */
  openPlanning: OpenPlanning;
  /** Makes the planner that carries out a given plan. */
  createFixedPlanner: (plan: JsonValue) => Planner;
  /** Opens the library of workflows, when the first one is asked for. */
  openWorkflows: () => Promise<WorkflowLibrary>;
  policy: Policy;
  clock: Clock;
  random: Random;
  limits: RuntimeLimits;
  budget: Partial<Budget>;
  version: string;
}
