/** The jobs of the floor that do the same work as a counting plan. */
import type { FloorJob } from "./floor.ts";
import { add, type Shape } from "./plans.ts";

export function floorJobs(shape: Shape, steps: number): FloorJob[] {
  return Array.from({ length: steps }, (_, place) => ({
    id: `s${place}`,
    after: shape === "chain" && place > 0 ? [`s${place - 1}`] : [],
    work: () => add({ left: place, right: 1 }),
  }));
}
