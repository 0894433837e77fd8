/**
 * The crash sweep of test/scenarios/crash-points.test.ts in full, over the file store: a power cut at every boundary of the
 * journal and at every call of the file system, and an error of the disk at every call. Once through with what was not
 * synced lost, whatever the time; then the errors; then again and again with other tears until the time is used up.
 */
import { expect, test } from "vitest";
import { crashScenes } from "../simulation/crash-scenes.ts";
import { type Death, playScene } from "../simulation/crash-sweep.ts";
import { deepSeconds, deepSeed } from "./deep-share.ts";

const seed = deepSeed;
const seconds = deepSeconds("crash-points");

type Whole = Pick<Awaited<ReturnType<typeof playScene>>, "boundaries" | "fileCalls">;

const places = (count: number): number[] => Array.from({ length: count }, (_, place) => place + 1);

function powerCuts({ boundaries, fileCalls }: Whole, rest: Death): Death[] {
  return [
    ...places(boundaries).map((boundary) => ({ boundary, ...rest })),
    ...places(fileCalls).map((fileCall) => ({ fileCall, ...rest })),
  ];
}

function diskErrors({ fileCalls }: Whole): Death[] {
  return places(fileCalls).flatMap((fileCall) => [
    { fault: { fileCall, code: "EIO", count: 1 } },
    { fault: { fileCall, code: "ENOSPC", count: 12 } },
  ]);
}

/** Plays every scene with every death; how many. */
async function sweep(deathsOf: (whole: Whole) => Death[], isOver: () => boolean): Promise<number> {
  let count = 0;
  let missed = 0;
  for (const scene of crashScenes) {
    const whole = await playScene(scene, "file");
    for (const death of deathsOf(whole)) {
      if (isOver()) return count;
      const { summary, problems, crashes, fileCalls } = await playScene(scene, "file", death);
      const told = { scene: scene.name, death };
      // Now and then a play takes a few calls less: a heartbeat that did not fall into it.
      const isReached = fileCalls >= (death.fileCall ?? 0);
      if (!isReached) missed += 1;
      const dies = death.fault === undefined && isReached;
      const expected = { summary: whole.summary, problems: [], crashes: dies ? 1 : 0 };
      expect({ ...told, summary, problems, crashes }).toEqual({ ...told, ...expected });
      count += 1;
    }
  }
  expect(missed, "deaths that no play came to").toBeLessThanOrEqual(count / 200);
  return count;
}

test("a run that loses its power or its disk at any point ends like one that does not", async () => {
  const until = performance.now() + seconds * 900;
  const isOver = (): boolean => performance.now() > until;
  const lost = await sweep(
    (whole) => powerCuts(whole, { fate: "lost" }),
    () => false,
  );
  const errors = await sweep(diskErrors, isOver);
  let torn = 0;
  for (let round = 0; round === 0 || !isOver(); round++)
    torn += await sweep((whole) => powerCuts(whole, { fate: "random", seed: seed + round }), isOver);
  process.stdout.write(
    `crash points from seed ${seed}: ${lost} power cuts with lost tails, ${errors} errors, ${torn} torn tails\n`,
  );
  expect(lost).toBeGreaterThan(2_000);
});
