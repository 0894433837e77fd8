/** A run that is stopped at any boundary of its journal ends like one that is not (SAFETY R1–R8, R10–R12). */
import { describe, expect, test } from "vitest";
import { type CrashScene, crashScenes } from "../simulation/crash-scenes.ts";
import { type Death, playScene } from "../simulation/crash-sweep.ts";

const scenes = crashScenes.map((scene) => [scene.name, scene] as const);

async function expectSameEnd(scene: CrashScene, summary: string, death: Death & { storage: "memory" | "file" }) {
  const { storage, ...rest } = death;
  const end = await playScene(scene, storage, rest);
  // Now and then a play takes a few calls less: a heartbeat that did not fall into it.
  const isReached = end.fileCalls >= (death.fileCall ?? 0);
  const crashes = death.fault === undefined && isReached ? 1 : 0;
  expect({ death, summary: end.summary, problems: end.problems, crashes: end.crashes }).toEqual({
    death,
    summary,
    problems: [],
    crashes,
  });
}

describe("stopped before and after every append and every sync", () => {
  test.each(scenes)("%s", async (_, scene) => {
    const whole = await playScene(scene, "memory");
    expect(whole).toMatchObject({ problems: [], crashes: 0 });
    expect(JSON.parse(whole.summary)).toMatchObject({ status: scene.status });
    expect(whole.boundaries).toBeGreaterThan(40);
    for (let boundary = 1; boundary <= whole.boundaries; boundary++)
      await expectSameEnd(scene, whole.summary, { storage: "memory", boundary });
  });
});

/** Parts of what test/deep/crash-points.deep.ts tries in full: every sixth point, lost and torn in turn. */
describe("stopped by a power cut that loses or tears what was not synced", () => {
  test.each(scenes)("%s", async (_, scene) => {
    const whole = await playScene(scene, "file");
    expect(whole).toMatchObject({ problems: [], crashes: 0 });
    for (let boundary = 1; boundary <= whole.boundaries; boundary += 6) {
      const fate = boundary % 4 === 1 ? "lost" : "random";
      await expectSameEnd(scene, whole.summary, { storage: "file", boundary, fate, seed: boundary });
    }
    for (let fileCall = 1; fileCall <= whole.fileCalls; fileCall += 6) {
      const fate = fileCall % 4 === 1 ? "lost" : "random";
      await expectSameEnd(scene, whole.summary, { storage: "file", fileCall, fate, seed: fileCall });
    }
  });
});

describe("stopped by an error of the disk at the nth call, every sixth n (R17)", () => {
  test.each(scenes)("%s", async (_, scene) => {
    const whole = await playScene(scene, "file");
    for (let fileCall = 2; fileCall <= whole.fileCalls; fileCall += 6) {
      const fault = fileCall % 4 === 0 ? { code: "EIO", count: 1 } : { code: "ENOSPC", count: 12 };
      await expectSameEnd(scene, whole.summary, { storage: "file", fault: { fileCall, ...fault } });
    }
  });
});
