/** Owners, takers and late writers of one run in every order that a random scheduler finds (KERNEL 18, SAFETY R7). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HEARTBEAT_MS, STALE_AFTER_MS } from "../../src/journal/owner-file.ts";
import { systemProcessTable } from "../../src/journal/process-table.ts";
import type { Store } from "../../src/journal/store.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { append, createRun, entry, RUN } from "../conformance/store-suite.ts";
import { createMachine, fileWorld, openFileStore } from "./store-worlds.ts";

function makeWorld() {
  const clock = createManualClock();
  const disk = createMemoryFileSystem({ clock });
  const machine = createMachine();
  const open = () => openFileStore({ root: "/data", fileSystem: disk, clock, limits: {}, machine });
  return { clock, disk, machine, open };
}

/** Takes over and appends until it fails; returns the hashes of what was acknowledged to it. */
async function takeAndWrite(store: Store, count: number): Promise<{ taken: boolean; acknowledged: string[] }> {
  const acknowledged: string[] = [];
  try {
    const journal = await store.acquire(RUN);
    append(journal, 0);
    for (let n = 0; n < count; n++) {
      const { hash } = journal.append(entry(n));
      await journal.sync();
      acknowledged.push(hash);
    }
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("STORE_"))) throw thrown;
    return { taken: acknowledged.length > 0, acknowledged };
  }
  return { taken: true, acknowledged };
}

describe("taking a run over", () => {
  test("in any order of file operations, every acknowledged entry stays and the chain holds", async () => {
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { disk, open } = makeWorld();
      const zombie = open();
      const journal = await createRun(zombie.store);
      append(journal, 2);
      await journal.sync();
      const acknowledged = [...(await zombie.store.read(RUN)).entries.map(({ hash }) => hash)];
      zombie.kill();
      disk.onCall = () => scheduler.schedule(Promise.resolve(null));
      const late = (async () => {
        for (let n = 0; n < 4; n++) {
          const { hash } = journal.append(entry(n + 20));
          await journal.sync();
          acknowledged.push(hash);
        }
      })().catch((thrown: unknown) => expect(thrown).toMatchObject({ code: "STORE_FENCED" }));
      const takers = [open(), open(), open()].map(({ store }) => takeAndWrite(store, 2));
      await scheduler.waitFor(Promise.all([late, ...takers]));
      disk.onCall = null;
      const results = await Promise.all(takers);
      expect(results.filter(({ taken }) => taken).length).toBeLessThanOrEqual(1);
      const { entries } = await open().store.read(RUN);
      const hashes = new Set(entries.map(({ hash }) => hash));
      for (const hash of [...acknowledged, ...results.flatMap((result) => result.acknowledged)])
        expect(hashes).toContain(hash);
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, place) => place));
    });
    await fc.assert(property, { numRuns: 80 });
  });

  test("a live process keeps its run by its heartbeat and loses it after ten silent seconds", async () => {
    const { clock, disk, open } = makeWorld();
    const journal = await createRun(open().store);
    append(journal, 1);
    await journal.sync();
    await clock.advanceAsync(10 * STALE_AFTER_MS);
    await expect(open().store.acquire(RUN)).rejects.toMatchObject({ code: "STORE_LOCKED" });
    // Its event loop hangs: no heartbeat is written any more.
    disk.onCall = ({ path }) => (path.includes("owner.0") ? new Promise(() => undefined) : null);
    clock.advance(HEARTBEAT_MS);
    clock.advance(STALE_AFTER_MS + 1);
    disk.onCall = null;
    const taken = await open().store.acquire(RUN);
    expect(taken.recovered).toHaveLength(1);
    await expect(journal.sync()).resolves.toBeUndefined();
    journal.append(entry(1));
    await expect(journal.sync()).rejects.toMatchObject({ code: "STORE_FENCED" });
  });

  test("a dead process is found at once, also where its id was given to another", async () => {
    const { clock, disk, open } = makeWorld();
    const one = open();
    const journal = await createRun(one.store);
    append(journal, 1);
    await journal.sync();
    one.kill();
    expect((await open().store.list())[0]?.isOwned).toBe(false);
    const reused = { id: 500, bootId: "boot-1", startToken: () => "another process" };
    const store = openFileStore({
      root: "/data",
      fileSystem: disk,
      clock,
      limits: {},
      machine: { start: () => ({ processes: reused, kill: () => undefined }) },
    });
    await expect(store.store.acquire(RUN)).resolves.toMatchObject({ epoch: 1 });
  });

  test("the process table of this machine knows this process and no dead one", () => {
    const table = systemProcessTable();
    expect(table.startToken(table.id)).not.toBeNull();
    expect(table.startToken(table.id)).toBe(table.startToken(table.id));
    expect(table.startToken(2 ** 22 + 1)).toBeNull();
  });

  test("damage refuses acquire and read, leaves no trace, and stays where it is", async () => {
    const { disk, open } = makeWorld();
    const one = open();
    const journal = await createRun(one.store);
    append(journal, 5);
    await journal.release();
    disk.damage(`/data/runs/${RUN}/journal.0.jsonl`, (bytes) => {
      bytes[bytes.length - 60] = bytes[bytes.length - 60]! ^ 1;
      return bytes;
    });
    const names = (await disk.list(`/data/runs/${RUN}`)).sort();
    // The last entry: only the released owner's record says that it was synced.
    await expect(open().store.read(RUN)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT", runId: RUN });
    await expect(open().store.acquire(RUN)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    expect((await disk.list(`/data/runs/${RUN}`)).sort()).toEqual(names);
    expect(disk.openFiles).toBe(0);
  });

  test("in any order of file operations, idempotent starts of several processes make one run", async () => {
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { clock, disk, open } = makeWorld();
      disk.onCall = () => scheduler.schedule(Promise.resolve(null));
      let made = 0;
      const start = async (n: number): Promise<string> => {
        const claim = { key: "k", requestHash: "h" };
        const started = await open().store.create({ run: `run_00000000${n}abc`, claim });
        if ("existing" in started) return started.existing;
        made += 1;
        append(started.journal, 1);
        await started.journal.sync();
        return started.journal.run;
      };
      const all = Promise.all([1, 2, 3, 4].map(start));
      let isDone = false;
      const finish = (): void => {
        isDone = true;
      };
      all.then(finish, finish);
      while (!isDone) {
        if (scheduler.count() > 0) await scheduler.waitOne();
        else await clock.advanceAsync(50);
      }
      expect([made, new Set(await all).size]).toEqual([1, 1]);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a blob that was changed on disk is JOURNAL_CORRUPT, and only that blob", async () => {
    const { disk, open } = makeWorld();
    const journal = await createRun(open().store);
    const [one, two] = [await journal.blobs.put('"one"'), await journal.blobs.put('"two"')];
    disk.damage(`/data/runs/${RUN}/blobs/${one.blob}`, () => Buffer.from('"onE"'));
    await expect(journal.blobs.get(one.blob)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    expect(await journal.blobs.get(two.blob)).toBe('"two"');
  });

  test("group commit: entries of one tick share one sync, and a large buffer is written without being asked", async () => {
    const { disk, open } = makeWorld();
    const journal = await createRun(open().store);
    append(journal, 1);
    await journal.sync();
    let syncs = 0;
    disk.onCall = ({ call }) => {
      if (call === "sync") syncs += 1;
      return null;
    };
    const write = (n: number): Promise<void> => {
      journal.append(entry(n));
      return journal.sync();
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => write(n)));
    expect([syncs, journal.synced]).toEqual([1, 100]);
    journal.append({ kind: "cancel.requested", data: { by: "x".repeat(300_000) } });
    for (let turn = 0; turn < 50; turn++) await null;
    expect(journal.synced).toBe(101);
  });

  test("nothing stays open and no timer runs after close", async () => {
    const { clock, open } = fileWorld({ root: "/data", fileSystem: createMemoryFileSystem() });
    const { store } = open();
    for (const run of [RUN, "run_000000009good"]) {
      const journal = await createRun(store, run);
      append(journal, 2);
      journal.onSignal(() => undefined);
    }
    await store.close();
    expect(clock.timers).toBe(0);
    expect(await store.list()).toEqual([
      { run: "run_000000009good", isOwned: false },
      { run: RUN, isOwned: false },
    ]);
  });
});
