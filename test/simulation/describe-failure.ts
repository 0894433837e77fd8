/** What is told of a failed simulation, and how to have it again. */
import type { Simulation } from "./simulate.ts";

export function describeFailure({ seed, problems, status, crashes }: Simulation): string {
  const command = `PLANWRIGHT_SIMULATION_SEED=${seed} npx vitest run --project scenarios test/scenarios/simulation.test.ts`;
  return [`seed ${seed} (${status}, ${crashes} crashes):`, ...problems.slice(0, 10), `again: ${command}`].join("\n");
}
