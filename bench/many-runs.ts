/** Many small runs at once: steps per second, memory at the peak, and what finished runs leave behind. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { Row, Table } from "./print-table.ts";
import type { StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

const CHILD = new URL("many-runs-child.ts", import.meta.url);

export const RUNS = 1_000;
export const STEPS_PER_RUN = 5;

/** What a measuring process reports; everything of it is new, so that memory is its own. */
export interface ManyRunsReport {
  stepsPerSecond: number;
  floorStepsPerSecond: number;
  peakKbPerRun: number;
  keptKbPerRun: number;
}

export async function measureManyRuns(rounds: number): Promise<Table> {
  const rows: Row[] = [];
  for (const store of ["memory", "file"] as const) {
    const figures = await medianOf(rounds, async () => ({ ...(await measureOnce(store)) }));
    rows.push({
      store,
      runs: RUNS,
      steps: STEPS_PER_RUN,
      stepsPerSecond: rounded(figures.stepsPerSecond),
      floorStepsPerSecond: rounded(figures.floorStepsPerSecond),
      peakKbPerRun: rounded(figures.peakKbPerRun),
      keptKbPerRun: rounded(figures.keptKbPerRun),
    });
  }
  return {
    title: `${RUNS} runs of ${STEPS_PER_RUN} steps at once, each round in a process of its own (medians)`,
    columns: {
      store: "store",
      runs: "runs",
      steps: "steps each",
      stepsPerSecond: "steps/s",
      floorStepsPerSecond: "steps/s floor",
      peakKbPerRun: "peak KB/run",
      keptKbPerRun: "heap kept KB/run",
    },
    rows,
  };
}

async function measureOnce(store: StoreKind): Promise<ManyRunsReport> {
  const child = fork(CHILD, [store], { execArgv: ["--expose-gc", "--no-warnings"] });
  const [report] = (await once(child, "message")) as [ManyRunsReport];
  await once(child, "exit");
  return report;
}
