/** A result tells nothing that a power cut could undo (SAFETY R1), whoever asks, and whatever the disk does. */
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/run-result.ts";
import { type FaultHook, fileError } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { planOf } from "../fixtures/plans.ts";
import { createMachine, openFileStore } from "../journal/store-worlds.ts";
import { createWorld, sleep, statuses, type World } from "./run-world.ts";

/** A run of two reads; from the call of the second on, `whenStuck` decides on the journal's calls. */
function createScene(whenStuck: FaultHook) {
  const clock = createManualClock();
  const disk = createMemoryFileSystem({ clock });
  const machine = createMachine();
  let isStuck = false;
  const open = (onCall: FaultHook | null): World => {
    const fileSystem = disk.another();
    fileSystem.onCall = onCall;
    const { store } = openFileStore({ root: "/data", fileSystem, clock, limits: {}, machine });
    const behaviours = {
      first: () => sleep(clock, 10).then(() => ({})),
      second: () => {
        isStuck = true;
        return {};
      },
    };
    return createWorld({ clock, store, behaviours });
  };
  const owner = open((operation) =>
    isStuck && /journal\.0\.jsonl$/.test(operation.path) ? whenStuck(operation) : null,
  );
  const steps = [
    { id: "a", tool: "first", input: {} },
    { id: "b", tool: "second", input: {}, after: ["a"] },
  ];
  return {
    clock,
    owner,
    open,
    start: () => owner.until(owner.runtime.start({ goal: "test", plan: planOf(steps) })),
    async kindsAfterPowerCut(run: string): Promise<string[]> {
      const fileSystem = disk.crashed({ unsynced: "lost" });
      const options = { root: "/data", fileSystem, clock, limits: {}, machine: createMachine("boot-2") };
      return (await openFileStore(options).store.read(run)).entries.map(({ kind, step = "" }) => `${kind} ${step}`);
    },
  };
}

describe("the result of a run that another process drives", () => {
  const never: FaultHook = ({ call }) => (call === "sync" ? new Promise(() => {}) : null);

  test("is made durable before it is told", async () => {
    const scene = createScene(never);
    const { id } = await scene.start();
    await scene.clock.advanceAsync(50);
    expect(await scene.kindsAfterPowerCut(id)).not.toContain("step.completed a");
    const told = await scene.owner.until(scene.open(null).runtime.runs.get(id));
    expect(statuses(told as RunResult)).toEqual({ a: "completed", b: "running" });
    expect(await scene.kindsAfterPowerCut(id)).toContain("step.completed a");
  });

  test("is told as it stands to whoever may only look at the store", async () => {
    const scene = createScene(never);
    const { id } = await scene.start();
    await scene.clock.advanceAsync(50);
    const looking = scene.open(({ call, path }) => (call === "open" ? { error: fileError("EACCES", path) } : null));
    const told = await scene.owner.until(looking.runtime.runs.get(id));
    expect(statuses(told as RunResult)).toEqual({ a: "completed", b: "running" });
  });
});

describe("the result of a run whose journal failed", () => {
  test("is not told while the run is given up: the failure is", async () => {
    const gate = Promise.withResolvers<null>();
    const scene = createScene(({ call, path }) => {
      if (call === "append") return { error: fileError("EIO", path) };
      return call === "close" ? gate.promise : null;
    });
    const { id } = await scene.start();
    await scene.clock.advanceAsync(50);
    const told = scene.owner.runtime.runs.get(id);
    await scene.clock.advanceAsync(50);
    gate.resolve(null);
    await expect(told).rejects.toMatchObject({ code: "STORE_IO" });
    expect(await scene.kindsAfterPowerCut(id)).not.toContain("step.completed a");
  });
});
