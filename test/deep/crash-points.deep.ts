/**
 * The crash sweep of test/scenarios/crash-points.test.ts over the file store, with power cuts: at every boundary of the
 * journal and at every call of the file system. Once through with what was not synced lost, whatever the time; then
 * again and again with other tears until it is used up.
 */
import { expect, test } from "vitest";
import { crashScenes } from "../simulation/crash-scenes.ts";
import { type Death, playScene } from "../simulation/crash-sweep.ts";
import { deepSeconds, deepSeed } from "./deep-share.ts";

const seed = deepSeed;
const seconds = deepSeconds("crash-points");

/** Deaths of one scene: all of them with that fate. */
function deathsOf(whole: { boundaries: number; fileCalls: number }, rest: Death): Death[] {
  const at = (count: number): number[] => Array.from({ length: count }, (_, place) => place + 1);
  return [
    ...at(whole.boundaries).map((boundary) => ({ boundary, ...rest })),
    ...at(whole.fileCalls).map((fileCall) => ({ fileCall, ...rest })),
  ];
}

async function sweep(rest: Death, isOver: () => boolean): Promise<number> {
  let cuts = 0;
  for (const scene of crashScenes) {
    const whole = await playScene(scene, "file");
    for (const death of deathsOf(whole, rest)) {
      if (isOver()) return cuts;
      const { summary, problems, crashes } = await playScene(scene, "file", death);
      const told = { scene: scene.name, death };
      expect({ ...told, summary, problems, crashes }).toEqual({
        ...told,
        summary: whole.summary,
        problems: [],
        crashes: 1,
      });
      cuts += 1;
    }
  }
  return cuts;
}

test("a run that loses its power at any point ends like one that does not", async () => {
  const until = performance.now() + seconds * 900;
  const isOver = (): boolean => performance.now() > until;
  const lost = await sweep({ fate: "lost" }, () => false);
  let torn = 0;
  for (let round = 0; round === 0 || !isOver(); round++)
    torn += await sweep({ fate: "random", seed: seed + round }, isOver);
  process.stdout.write(`crash points from seed ${seed}: ${lost} with lost tails, ${torn} torn\n`);
  expect(lost).toBeGreaterThan(2_000);
});
