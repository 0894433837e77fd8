/** SAFETY R1, R2, R17 on a disk that loses, tears and reorders whatever was not synced. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { OwnedJournal } from "../../src/journal/store.ts";
import type { FileSystem } from "../../src/shared/file-system.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { fileError } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem, type MemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { createRun, entry, RUN } from "../conformance/store-suite.ts";
import { createMachine, openFileStore } from "./store-worlds.ts";

interface Scene {
  clock: ReturnType<typeof createManualClock>;
  /** What was appended, and how much of it was acknowledged. */
  appended: JournalEntry[];
  acknowledged: number;
}

/** Opens the folder as a process of a later boot: whoever owned the run before is gone. */
function reopen(fileSystem: FileSystem, { clock }: Scene) {
  clock.advance(60_000);
  return openFileStore({ root: "/data", fileSystem, clock, limits: {}, machine: createMachine("boot-2") }).store;
}

/** Appends and syncs as told: a number appends that many entries, "sync" waits for all so far. */
async function work(journal: OwnedJournal, steps: readonly (number | "sync")[], scene: Scene): Promise<void> {
  if (journal.seal !== null)
    scene.appended.push(journal.append({ kind: "run.resumed", data: { seal: journal.seal, by: "t" } }));
  for (const step of steps) {
    if (step === "sync") {
      const { length } = scene.appended;
      await journal.sync();
      scene.acknowledged = length;
      continue;
    }
    for (let n = 0; n < step; n++) scene.appended.push(journal.append(entry(scene.appended.length)));
  }
}

function newScene(): Scene {
  return { clock: createManualClock(), appended: [], acknowledged: 0 };
}

const stepsArbitrary = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant("sync" as const)), {
  maxLength: 12,
});

async function recoverAndCheck(crashed: FileSystem, scene: Scene): Promise<readonly JournalEntry[]> {
  const store = reopen(crashed, scene);
  const journal = await store.acquire(RUN).catch((thrown: unknown) => {
    if (scene.acknowledged === 0) return null;
    throw thrown;
  });
  const recovered = journal?.recovered ?? [];
  expect(recovered).toEqual(scene.appended.slice(0, recovered.length));
  expect(recovered.length).toBeGreaterThanOrEqual(scene.acknowledged);
  if (journal !== null) {
    // Going on after the crash, and losing power once more, keeps both halves.
    const second: Scene = { clock: scene.clock, appended: [...recovered], acknowledged: recovered.length };
    await work(journal, [3, "sync", 2], second);
    expect((await store.read(RUN)).entries.length).toBeGreaterThanOrEqual(second.acknowledged);
    scene.appended = second.appended;
    scene.acknowledged = second.acknowledged;
  }
  return recovered;
}

describe("a power cut", () => {
  test("at any call leaves a prefix that holds every acknowledged entry (R2)", async () => {
    const property = fc.asyncProperty(
      stepsArbitrary,
      fc.integer({ min: 1, max: 80 }),
      fc.nat(),
      async (steps, cut, seed) => {
        const scene = newScene();
        const disk = createMemoryFileSystem({ clock: scene.clock });
        const random = seededRandom(seed);
        let crashed: MemoryFileSystem | null = null;
        let promised = 0;
        disk.onCall = ({ count }) => {
          if (count === cut) {
            crashed = disk.crashed({ random });
            promised = scene.acknowledged;
          }
          return null;
        };
        const { store } = openFileStore({
          root: "/data",
          fileSystem: disk,
          clock: scene.clock,
          limits: {},
          machine: createMachine(),
        });
        const journal = await createRun(store);
        await work(journal, [1, ...steps], scene);
        const found: MemoryFileSystem = crashed ?? disk.crashed({ random });
        const told = crashed === null ? scene.acknowledged : promised;
        const atCrash: Scene = { ...scene, acknowledged: told };
        await recoverAndCheck(found, atCrash);
        // The second life ends with a power cut too.
        if (atCrash.acknowledged > 0) await recoverAndCheck(found.crashed({ random }), atCrash);
      },
    );
    await fc.assert(property, { numRuns: 80 });
  });

  test("once accepted, the run, its blobs, signals and key survive even where every unsynced name is lost (R1, R12)", async () => {
    const scene = newScene();
    const disk = createMemoryFileSystem({ clock: scene.clock });
    const { store } = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock: scene.clock,
      limits: {},
      machine: createMachine(),
    });
    const claim = { key: "k", requestHash: "h" };
    const made = await store.create({ run: RUN, claim });
    if (!("journal" in made)) throw new Error("a new run was expected");
    const { blob } = await made.journal.blobs.put('"value"');
    await work(made.journal, [1, "sync"], scene);
    await store.signal(RUN, { id: "s", kind: "cancel", data: {} });
    const next = reopen(disk.crashed({ unsynced: "lost" }), scene);
    expect(await next.create({ run: "run_000000009other", claim })).toEqual({ existing: RUN });
    const journal = await next.acquire(RUN);
    expect(journal.recovered).toEqual(scene.appended);
    expect(await journal.blobs.get(blob)).toBe('"value"');
    expect((await journal.pendingSignals()).map(({ id }) => id)).toEqual(["s"]);
  });

  test("a killed process loses only what it had not written", async () => {
    const scene = newScene();
    const disk = createMemoryFileSystem({ clock: scene.clock });
    const { store } = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock: scene.clock,
      limits: {},
      machine: createMachine(),
    });
    await work(await createRun(store), [5, "sync", 3], scene);
    expect(await recoverAndCheck(disk.crashed({ unsynced: "kept" }), scene)).toHaveLength(5);
  });
});

describe("a disk that fails", () => {
  test("at the nth call: no later call is acknowledged, and what was acknowledged is recovered (R17)", async () => {
    for (let nth = 1; nth < 40; nth++) {
      const scene = newScene();
      const disk = createMemoryFileSystem({ clock: scene.clock });
      const code = nth % 2 === 0 ? "ENOSPC" : "EIO";
      disk.onCall = ({ count, path, bytes }) =>
        count === nth ? { error: fileError(code, path), appendedBytes: Math.floor(bytes / 2) } : null;
      const { store } = openFileStore({
        root: "/data",
        fileSystem: disk,
        clock: scene.clock,
        limits: {},
        machine: createMachine(),
      });
      let failure: unknown = null;
      try {
        await work(await createRun(store), [1, "sync", 4, "sync", 4, "sync", 1, "sync"], scene);
      } catch (thrown) {
        failure = thrown;
      }
      if (failure !== null)
        expect(failure).toMatchObject({ code: code === "EIO" ? "STORE_IO" : "STORE_FULL", cause: expect.anything() });
      disk.onCall = null;
      await recoverAndCheck(disk.crashed({ unsynced: "lost" }), { ...scene });
      await recoverAndCheck(disk.crashed({ random: seededRandom(nth) }), scene);
    }
  });

  test("after a failed sync every append and sync throws the same failure", async () => {
    const scene = newScene();
    const disk = createMemoryFileSystem({ clock: scene.clock });
    const { store } = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock: scene.clock,
      limits: {},
      machine: createMachine(),
    });
    const journal = await createRun(store);
    await work(journal, [2, "sync"], scene);
    disk.onCall = ({ call, path }) => (call === "sync" ? { error: fileError("EIO", path) } : null);
    journal.append(entry(3));
    await expect(journal.sync()).rejects.toMatchObject({ code: "STORE_IO", runId: RUN });
    disk.onCall = null;
    await expect(journal.sync()).rejects.toMatchObject({ code: "STORE_IO" });
    expect(() => journal.append(entry(4))).toThrow(expect.objectContaining({ code: "STORE_IO" }));
    expect(journal.synced).toBe(1);
    await journal.release();
    expect([disk.openFiles, scene.clock.timers]).toEqual([0, 0]);
    expect((await (await store.acquire(RUN)).recovered).length).toBeGreaterThanOrEqual(2);
  });

  test("nothing is acknowledged before the names on the way to the journal are synced (R1)", async () => {
    const scene = newScene();
    const disk = createMemoryFileSystem({ clock: scene.clock });
    const { store } = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock: scene.clock,
      limits: {},
      machine: createMachine(),
    });
    await (await createRun(store, "run_000000009other")).release();
    const gate = Promise.withResolvers<null>();
    disk.onCall = ({ call }) => (call === "syncDirectory" ? gate.promise : null);
    const journal = await createRun(store);
    journal.append(entry(0));
    const synced = journal.sync();
    for (let turn = 0; turn < 200; turn++) await null;
    expect(journal.synced).toBe(-1);
    gate.resolve(null);
    await synced;
    expect(journal.synced).toBe(0);
  });

  test("a failure of one run leaves the others alone (R15)", async () => {
    const scene = newScene();
    const disk = createMemoryFileSystem({ clock: scene.clock });
    const { store } = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock: scene.clock,
      limits: {},
      machine: createMachine(),
    });
    const [bad, good] = [await createRun(store), await createRun(store, "run_000000009good")];
    disk.onCall = ({ call, path }) =>
      call === "append" && path.includes(RUN) ? { error: fileError("EIO", path) } : null;
    bad.append(entry(0));
    good.append(entry(0));
    await expect(bad.sync()).rejects.toMatchObject({ code: "STORE_IO" });
    await good.sync();
    expect(good.synced).toBe(0);
  });
});
