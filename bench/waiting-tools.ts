/** Tools that wait: how close the runtime comes to the ideal of a graph and of a fan-out. */
import { seededRandom } from "../src/shared/random.ts";
import { type FloorJob, runFloor } from "./floor.ts";
import { diamondPlan, fanOutPlan, longestPath, PAUSE_MS, pause, randomPlan } from "./plans.ts";
import type { Row, Table } from "./print-table.ts";
import { runPlan, type StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

const SEED = 30;
const STORES: readonly StoreKind[] = ["memory", "file"];
const FAN_OUTS = [10, 100, 1_000];

/** A diamond, a random graph of 30 steps, and fan-outs, of 20 ms tools; the ideal is the longest path. */
export async function measureWaitingTools(rounds: number): Promise<Table> {
  const graphs = [
    graph("diamond", diamondPlan()),
    graph("random graph of 30", randomPlan(seededRandom(SEED), 30)),
    ...FAN_OUTS.map(fanOut),
  ];
  const rows: Row[] = [];
  for (const store of STORES) {
    for (const compared of graphs) rows.push(await compare(compared, store, rounds));
  }
  return {
    title: `Wall time over the critical path, ${PAUSE_MS} ms tools (medians; the first run of a shape apart)`,
    columns: {
      store: "store",
      shape: "shape",
      idealMs: "ideal ms",
      runMs: "run ms",
      firstMs: "first run ms",
      runOverIdeal: "run/ideal",
      floorMs: "floor ms",
      floorOverIdeal: "floor/ideal",
      runOverFloor: "run/floor",
    },
    rows,
  };
}

interface Compared {
  shape: string;
  plan: Parameters<typeof runPlan>[0]["plan"];
  jobs: FloorJob[];
  idealMs: number;
  parallel: number;
}

function graph(shape: string, plan: Compared["plan"]): Compared {
  const jobs = plan.steps.map(({ id, after = [] }): FloorJob => ({ id, after, work: () => pause() }));
  return { shape, plan, jobs, idealMs: longestPath(plan) * PAUSE_MS, parallel: plan.steps.length };
}

/** All elements at once: the ideal is the time of one. */
function fanOut(count: number): Compared {
  const jobs = Array.from(
    { length: count },
    (_, place): FloorJob => ({ id: `e${place}`, after: [], work: () => pause() }),
  );
  return { shape: `fan-out of ${count}`, plan: fanOutPlan(count), jobs, idealMs: PAUSE_MS, parallel: count };
}

async function compare({ shape, plan, jobs, idealMs, parallel }: Compared, store: StoreKind, rounds: number) {
  const first = await runPlan({ store, plan, parallel });
  const figures = await medianOf(rounds, async () => ({
    ...(await runPlan({ store, plan, parallel })),
    floorMs: await runFloor({ store, jobs, parallel }),
  }));
  return {
    store,
    shape,
    idealMs,
    runMs: rounded(figures.totalMs),
    firstMs: rounded(first.totalMs),
    runOverIdeal: rounded(figures.totalMs / idealMs),
    floorMs: rounded(figures.floorMs),
    floorOverIdeal: rounded(figures.floorMs / idealMs),
    runOverFloor: rounded(figures.totalMs / figures.floorMs),
  };
}
