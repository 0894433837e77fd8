/** A run that is stopped at any boundary of its journal ends like one that is not (SAFETY R2, R3, R4, R6). */
import { describe, expect, test } from "vitest";
import { crashScenes } from "../simulation/crash-scenes.ts";
import { playScene } from "../simulation/crash-sweep.ts";

describe("stopped at every append and every sync", () => {
  test.each(crashScenes.map((scene) => [scene.name, scene] as const))("%s", async (_, scene) => {
    const whole = await playScene(scene, "memory", { dieAt: 0 });
    expect(whole).toMatchObject({ problems: [], crashes: 0 });
    expect(JSON.parse(whole.summary)).toMatchObject({ status: scene.status });
    expect(whole.boundaries).toBeGreaterThan(15);
    for (let boundary = 1; boundary <= whole.boundaries; boundary++) {
      const { summary, problems, crashes } = await playScene(scene, "memory", { dieAt: boundary });
      expect({ boundary, summary, problems, crashes }).toEqual({
        boundary,
        summary: whole.summary,
        problems: [],
        crashes: 1,
      });
    }
  });
});
