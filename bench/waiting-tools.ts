/** Tools that wait: how close the runtime comes to the ideal of a graph and of a fan-out. */
import { seededRandom } from "../src/shared/random.ts";
import { type FloorJob, runFloor } from "./floor.ts";
import { fanOutPlan, longestPath, PAUSE_MS, pause, randomPlan } from "./plans.ts";
import type { Row, Table } from "./print-table.ts";
import { runPlan, type StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

const SEED = 30;
const STORES: readonly StoreKind[] = ["memory", "file"];

/** A random graph of 30 steps of 20 ms; the ideal is its longest path. */
export async function measureRandomGraph(rounds: number): Promise<Table> {
  const plan = randomPlan(seededRandom(SEED), 30);
  const jobs = plan.steps.map(({ id, after = [] }): FloorJob => ({ id, after, work: () => pause() }));
  const idealMs = longestPath(plan) * PAUSE_MS;
  return compare({ name: "Random graph of 30 steps", plan, jobs, idealMs, parallel: 30 }, rounds);
}

/** A fan-out to so many elements of 20 ms, all at once; the ideal is 20 ms. */
export async function measureFanOut(count: number, rounds: number): Promise<Table> {
  const jobs = Array.from(
    { length: count },
    (_, place): FloorJob => ({ id: `e${place}`, after: [], work: () => pause() }),
  );
  return compare(
    {
      name: `forEach over ${count} elements at once`,
      plan: fanOutPlan(count),
      jobs,
      idealMs: PAUSE_MS,
      parallel: count,
    },
    rounds,
  );
}

interface Compared {
  name: string;
  plan: Parameters<typeof runPlan>[0]["plan"];
  jobs: FloorJob[];
  idealMs: number;
  parallel: number;
}

async function compare({ name, plan, jobs, idealMs, parallel }: Compared, rounds: number): Promise<Table> {
  const rows: Row[] = [];
  for (const store of STORES) {
    const figures = await medianOf(rounds, async () => ({
      ...(await runPlan({ store, plan, parallel })),
      floorMs: await runFloor({ store, jobs, parallel }),
    }));
    rows.push({
      store,
      idealMs,
      runMs: rounded(figures.totalMs),
      runOverIdeal: rounded(figures.totalMs / idealMs),
      floorMs: rounded(figures.floorMs),
      floorOverIdeal: rounded(figures.floorMs / idealMs),
    });
  }
  return {
    title: `${name}, 20 ms tools (medians)`,
    columns: {
      store: "store",
      idealMs: "ideal ms",
      runMs: "run ms",
      runOverIdeal: "run/ideal",
      floorMs: "floor ms",
      floorOverIdeal: "floor/ideal",
    },
    rows,
  };
}
