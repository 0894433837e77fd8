/** What is told of a failed simulation, and the one command that brings it again. */
import { DEFAULT_CRASHES, type Simulation } from "./simulate.ts";

/** `most`: crashes that the scenario could have. */
export function describeFailure(
  { seed, problems, status, crashes, stalls, faults }: Simulation,
  most = DEFAULT_CRASHES,
): string {
  const crashesOption = most === DEFAULT_CRASHES ? "" : `PLANWRIGHT_SIMULATION_CRASHES=${most} `;
  const command = `${crashesOption}PLANWRIGHT_SIMULATION_SEED=${seed} npx vitest run --project scenarios test/scenarios/simulation.test.ts`;
  const scene = `seed ${seed} (${status}, ${crashes} crashes, ${stalls} standstills, ${faults} errors of the disk)`;
  return [`${scene}:`, ...problems.slice(0, 10), `again: ${command}`].join("\n");
}
