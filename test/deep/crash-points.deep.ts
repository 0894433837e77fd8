/** The crash sweep of test/scenarios/crash-points.test.ts over the file store, with power cuts instead of kills. */
import { expect, test } from "vitest";
import { crashScenes } from "../simulation/crash-scenes.ts";
import { playScene } from "../simulation/crash-sweep.ts";

const seed = Number(process.env.PLANWRIGHT_DEEP_SEED ?? "1");
const seconds = Number(process.env.PLANWRIGHT_DEEP_SECONDS ?? "60");

test("a run that loses its power at any boundary of its journal ends like one that does not", async () => {
  const until = performance.now() + seconds * 900;
  let cuts = 0;
  for (let round = 0; round === 0 || performance.now() < until; round++) {
    for (const scene of crashScenes) {
      const whole = await playScene(scene, "file", { dieAt: 0, seed: 0 });
      for (let dieAt = 1; dieAt <= whole.boundaries && performance.now() < until; dieAt++) {
        const end = await playScene(scene, "file", { dieAt, seed: seed + round });
        const told = { scene: scene.name, dieAt, seed: seed + round };
        expect({ ...told, ...end, boundaries: 0 }).toEqual({
          ...told,
          summary: whole.summary,
          problems: [],
          crashes: 1,
          boundaries: 0,
        });
        cuts += 1;
      }
    }
  }
  process.stdout.write(`crash points: ${cuts} power cuts from seed ${seed}\n`);
});
