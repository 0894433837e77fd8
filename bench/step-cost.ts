/** What the runtime itself costs per step: trivial pure tools, so that everything measured is ours. */
import { type FloorJob, runFloor } from "./floor.ts";
import { add, countingPlan, type Shape } from "./plans.ts";
import type { Row } from "./print-table.ts";
import { runPlan, type StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

/** Calls at the same time. */
const PARALLEL = 8;

export interface StepCostOptions {
  sizes: readonly number[];
  /** Runs per size: more for small ones, which are over soon. */
  rounds: (steps: number) => number;
}

export async function measureStepCost({ sizes, rounds }: StepCostOptions): Promise<Row[]> {
  const rows: Row[] = [];
  await warmUp();
  for (const store of ["memory", "file"] as const) {
    for (const shape of ["chain", "independent"] as const) {
      for (const steps of sizes) rows.push(await measure({ store, shape, steps }, rounds(steps)));
    }
  }
  return rows;
}

/** The first runs of a process pay for compiling it. */
async function warmUp(): Promise<void> {
  for (const shape of ["chain", "independent"] as const) {
    await runPlan({ store: "memory", plan: countingPlan(shape, 500), parallel: PARALLEL });
    await runPlan({ store: "file", plan: countingPlan(shape, 500), parallel: PARALLEL });
  }
}

interface Case {
  store: StoreKind;
  shape: Shape;
  steps: number;
}

async function measure({ store, shape, steps }: Case, rounds: number): Promise<Row> {
  const plan = countingPlan(shape, steps);
  const jobs = floorJobs(shape, steps);
  const figures = await medianOf(rounds, async () => ({
    ...(await runPlan({ store, plan, parallel: PARALLEL })),
    floorMs: await runFloor({ store, jobs, parallel: PARALLEL }),
  }));
  return {
    store,
    shape,
    steps,
    "µs/step calling": rounded((figures.callingMs * 1_000) / (steps - 1)),
    "µs/step whole run": rounded((figures.totalMs * 1_000) / steps),
    "µs/step floor": rounded((figures.floorMs * 1_000) / steps),
    "run ms": rounded(figures.totalMs),
    "bytes/step": Math.round(figures.stepBytes / steps),
    "journal bytes": figures.journalBytes,
  };
}

function floorJobs(shape: Shape, steps: number): FloorJob[] {
  return Array.from({ length: steps }, (_, place) => ({
    id: `s${place}`,
    after: shape === "chain" && place > 0 ? [`s${place - 1}`] : [],
    work: () => add({ left: place, right: 1 }),
  }));
}
