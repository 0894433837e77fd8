/** What the runtime itself costs per step: trivial pure tools, so that everything measured is ours. */
import { runFloor } from "./floor.ts";
import { floorJobs } from "./floor-jobs.ts";
import { countingPlan, type Shape } from "./plans.ts";
import type { Row, Table } from "./print-table.ts";
import { runPlan, type StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

/** Calls at the same time. */
const PARALLEL = 8;

const SHAPES: readonly Shape[] = ["chain", "independent", "forEach"];

export interface StepCostOptions {
  sizes: readonly number[];
  /** Runs per size: more for small ones, which are over soon. */
  rounds: (steps: number) => number;
}

/** One row per store, shape and size. */
export async function measureStepCost({ sizes, rounds }: StepCostOptions): Promise<Table> {
  const rows: Row[] = [];
  await warmUp();
  for (const store of ["memory", "file"] as const) {
    for (const shape of SHAPES) {
      for (const steps of sizes) rows.push(await measure({ store, shape, steps }, rounds(steps)));
    }
  }
  return {
    title: `Own cost per step (trivial pure tools, ${PARALLEL} at a time where they may; medians)`,
    columns: {
      store: "store",
      shape: "shape",
      steps: "steps",
      callingUsPerStep: "µs/step calling",
      wholeRunUsPerStep: "µs/step whole run",
      floorUsPerStep: "µs/step floor",
      runMs: "run ms",
      stepBytesPerStep: "bytes/step",
      journalBytes: "journal bytes",
    },
    rows,
  };
}

/** How the cost per step grows from 100 steps (fewer are mostly start and end) to the most. */
export function flatness({ rows }: Table): Table {
  const flat: Row[] = [];
  for (const last of rows.filter((row) => row.steps === Math.max(...rows.map((one) => Number(one.steps))))) {
    const first = rows.find((row) => row.store === last.store && row.shape === last.shape && row.steps === 100);
    if (first === undefined) continue;
    const growth = (key: string): number => rounded(Number(last[key]) / Number(first[key]));
    const { store = "", shape = "", steps = 0 } = last;
    flat.push({ store, shape, steps, calling: growth("callingUsPerStep"), wholeRun: growth("wholeRunUsPerStep") });
  }
  return {
    title: "Cost per step over that at 100 steps (1 is flat)",
    columns: { store: "store", shape: "shape", steps: "steps", calling: "calling", wholeRun: "whole run" },
    rows: flat,
  };
}

/** The first runs of a process pay for compiling it. */
async function warmUp(): Promise<void> {
  for (let round = 0; round < 6; round++) {
    for (const store of ["memory", "file"] as const) {
      for (const shape of SHAPES) {
        await runPlan({ store, plan: countingPlan(shape, 500), parallel: PARALLEL });
      }
    }
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
  await runPlan({ store, plan, parallel: PARALLEL }); // The first run of a size pays for growing the heap.
  const figures = await medianOf(rounds, async () => ({
    ...(await runPlan({ store, plan, parallel: PARALLEL })),
    floorMs: await runFloor({ store, jobs, parallel: PARALLEL }),
  }));
  return {
    store,
    shape,
    steps,
    callingUsPerStep: rounded((figures.callingMs * 1_000) / (steps - 1)),
    wholeRunUsPerStep: rounded((figures.totalMs * 1_000) / steps),
    floorUsPerStep: rounded((figures.floorMs * 1_000) / steps),
    runMs: rounded(figures.totalMs),
    stepBytesPerStep: Math.round(figures.stepBytes / steps),
    journalBytes: figures.journalBytes,
  };
}
