/**
 * The crash sweep of test/scenarios/crash-points.test.ts over the file store, with power cuts: at every boundary of the
 * journal and at every call of the file system, with unsynced tails lost and torn. Once through whatever the time; then
 * again with other tears until it is used up.
 */
import { expect, test } from "vitest";
import { crashScenes } from "../simulation/crash-scenes.ts";
import { type Death, playScene } from "../simulation/crash-sweep.ts";

const seed = Number(process.env.PLANWRIGHT_DEEP_SEED ?? "1");
const seconds = Number(process.env.PLANWRIGHT_DEEP_SECONDS ?? "60");

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
  const never = (): boolean => false;
  const lost = await sweep({ fate: "lost" }, never);
  const torn = await sweep({ fate: "random", seed }, never);
  let more = 0;
  for (let round = 1; performance.now() < until; round++)
    more += await sweep({ fate: "random", seed: seed + round }, () => performance.now() > until);
  process.stdout.write(`crash points from seed ${seed}: ${lost} with lost tails, ${torn} torn, ${more} more\n`);
  expect(lost).toBeGreaterThan(2_000);
  expect(torn).toBe(lost);
});
