/** Tools that wait: how close the runtime comes to the ideal of a graph and of a fan-out. */
import { seededRandom } from "../src/shared/random.ts";
import { type FloorJob, runFloor } from "./floor.ts";
import { fanOutPlan, longestPath, PAUSE_MS, pause, randomPlan } from "./plans.ts";
import type { Row } from "./print-table.ts";
import { runPlan, type StoreKind } from "./run-plan.ts";
import { medianOf, rounded } from "./statistics.ts";

const SEED = 30;
const STORES: readonly StoreKind[] = ["memory", "file"];

/** A random graph of 30 steps of 20 ms; the ideal is its longest path. */
export async function measureRandomGraph(rounds: number): Promise<Row[]> {
  const plan = randomPlan(seededRandom(SEED), 30);
  const jobs = plan.steps.map(({ id, after = [] }): FloorJob => ({ id, after, work: () => pause() }));
  const idealMs = longestPath(plan) * PAUSE_MS;
  return compare({ name: "30-step graph", plan, jobs, idealMs, parallel: 30 }, rounds);
}

/** A fan-out to so many elements of 20 ms, all at once; the ideal is 20 ms. */
export async function measureFanOut(count: number, rounds: number): Promise<Row[]> {
  const jobs = Array.from(
    { length: count },
    (_, place): FloorJob => ({ id: `e${place}`, after: [], work: () => pause() }),
  );
  return compare(
    { name: `${count}-way fan-out`, plan: fanOutPlan(count), jobs, idealMs: PAUSE_MS, parallel: count },
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

async function compare({ name, plan, jobs, idealMs, parallel }: Compared, rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const store of STORES) {
    const figures = await medianOf(rounds, async () => ({
      ...(await runPlan({ store, plan, parallel })),
      floorMs: await runFloor({ store, jobs, parallel }),
    }));
    rows.push({
      what: name,
      store,
      "ideal ms": idealMs,
      "run ms": rounded(figures.totalMs),
      "run/ideal": rounded(figures.totalMs / idealMs),
      "floor ms": rounded(figures.floorMs),
      "floor/ideal": rounded(figures.floorMs / idealMs),
    });
  }
  return rows;
}
