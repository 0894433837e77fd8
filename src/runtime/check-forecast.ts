/** Holds a run's forecast against what it took. Made when it is asked for, from the runs before: no run pays for it. */
import { loadBlobs } from "../journal/blob-cache.ts";
import { storedValue } from "../journal/store.ts";
import { compilePlan } from "../plan/compile-plan.ts";
import type { Decision } from "../plan/decision.ts";
import { buildPlanGraph } from "../plan/plan-graph.ts";
import { forecast } from "../run/forecast.ts";
import { type ForecastCheck, measurePlan, missedFigures } from "../run/measure-plan.ts";
import { readStatistics } from "./read-statistics.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Null where the run has no plan yet whose steps are over. Throws NOT_FOUND, JOURNAL_CORRUPT. */
export async function checkForecast(environment: RuntimeEnvironment, run: string): Promise<ForecastCheck | null> {
  const { store, tools, limits } = environment;
  const { entries, blobs } = await store.read(run);
  const [first] = entries;
  const measured = measurePlan(entries);
  if (measured === null || first?.kind !== "run.accepted") return null;
  const { read } = await loadBlobs([measured.accepted], blobs);
  const decision = storedValue(measured.accepted.data.decision, read) as unknown as Decision;
  if (decision.kind !== "plan") return null;
  const made = forecast(decision, buildPlanGraph(compilePlan(decision).plan.steps), {
    tools,
    toolTimeoutMs: limits.toolTimeoutMs,
    parallelSteps: limits.parallelSteps,
    budget: first.data.budget,
    statistics: await readStatistics(environment, run),
  });
  return { forecast: made, real: measured.real, missed: missedFigures(made, measured.real) };
}
