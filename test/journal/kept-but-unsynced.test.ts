/**
 * What a killed process wrote, and others see, but which no sync has made durable yet: whoever builds on it makes it
 * durable first (SAFETY R1, R2, R12). The power then fails, and whatever was not synced is lost.
 */
import { describe, expect, test } from "vitest";
import type { OwnedJournal, Store } from "../../src/journal/store.ts";
import type { FaultHook, FileCall } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { createRun, entry, RUN } from "../conformance/store-suite.ts";
import { createMachine, openFileStore } from "./store-worlds.ts";

const CLAIM = { key: "k", requestHash: "h" };

/** One machine: processes that share its disk until the power fails. */
function createScene() {
  const clock = createManualClock();
  const disk = createMemoryFileSystem({ clock });
  const machine = createMachine();
  const kills: (() => void)[] = [];
  return {
    open(onCall: FaultHook = () => null): Store {
      const fileSystem = disk.another();
      let isDead = false;
      fileSystem.onCall = (operation) => (isDead ? new Promise(() => {}) : onCall(operation));
      const { store, kill } = openFileStore({ root: "/data", fileSystem, clock, limits: {}, machine });
      kills.push(() => {
        isDead = true;
        kill();
      });
      return store;
    },
    /** From here on the processes of before count as dead by their silence. */
    pass: () => clock.jump(60_000),
    /** Ends the processes up to here; what they wrote stays to be seen. */
    killAll(): void {
      for (const kill of kills) kill();
    },
    afterPowerCut(): Store {
      const fileSystem = disk.crashed({ unsynced: "lost" });
      clock.advance(60_000);
      return openFileStore({ root: "/data", fileSystem, clock, limits: {}, machine: createMachine("boot-2") }).store;
    },
  };
}

/** For a process whose calls of that kind, on paths that match, never come back: it stops there. */
function stopAt(call: FileCall, path: RegExp): FaultHook {
  return (operation) => (operation.call === call && path.test(operation.path) ? new Promise(() => {}) : null);
}

/** Lets everything settle that does not wait for a stopped call. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await null;
}

async function appendSynced(journal: OwnedJournal): Promise<void> {
  if (journal.seal !== null) journal.append({ kind: "run.resumed", data: { seal: journal.seal, by: "t" } });
  journal.append(entry(1));
  await journal.sync();
}

async function count(store: Store): Promise<number> {
  return (await store.read(RUN)).entries.length;
}

describe("entries that were written and not synced", () => {
  /** Its second sync never ends: entry 1 is in the file, and not durable. */
  async function writeUnsynced({ open, killAll }: ReturnType<typeof createScene>): Promise<void> {
    const first = await createRun(open());
    await appendSynced(first);
    await first.release();
    const second = await open(stopAt("sync", /journal\.1\.jsonl$/)).acquire(RUN);
    second.append({ kind: "run.resumed", data: { seal: second.seal, by: "t" } });
    second.sync().catch(() => undefined);
    await turns();
    killAll();
  }

  test("are made durable by the process that takes over, before it acknowledges anything", async () => {
    const scene = createScene();
    await writeUnsynced(scene);
    const journal = await scene.open().acquire(RUN);
    expect(journal.recovered).toHaveLength(2);
    await appendSynced(journal);
    expect(await count(scene.afterPowerCut())).toBe(4);
  });

  test("are made durable by a reader that tells of them", async () => {
    const scene = createScene();
    await writeUnsynced(scene);
    expect(await count(scene.open())).toBe(2);
    expect(await count(scene.afterPowerCut())).toBe(1);
    expect((await scene.open().read(RUN, { isDurable: true })).entries).toHaveLength(2);
    expect(await count(scene.afterPowerCut())).toBe(2);
  });
});

describe("a reader that a takeover overtakes", () => {
  test("tells nothing that the old owner wrote after the new one had read", async () => {
    const { open, pass } = createScene();
    const old = await createRun(open());
    await appendSynced(old);
    pass();
    const gate = Promise.withResolvers<null>();
    const seeing = open((operation) =>
      /journal\.0/.test(operation.path) && operation.call === "read" ? gate.promise : null,
    );
    const reading = seeing.read(RUN, { isDurable: true });
    await turns();
    const taken = await open().acquire(RUN);
    old.append(entry(9));
    await expect(old.sync()).rejects.toMatchObject({ code: "STORE_FENCED" });
    await appendSynced(taken);
    gate.resolve(null);
    const told = (await reading).entries.map(({ hash }) => hash);
    expect(told).toEqual((await open().read(RUN)).entries.map(({ hash }) => hash));
  });
});

describe("a start whose process was killed", () => {
  test("before its first entry was synced: a second start that is told of the run finds it after a power cut", async () => {
    const scene = createScene();
    const made = await scene.open(stopAt("sync", /journal\.0\.jsonl$/)).create({ run: RUN, claim: CLAIM });
    if (!("journal" in made)) throw new Error("a new run was expected");
    made.journal.append(entry(0));
    made.journal.sync().catch(() => undefined);
    await turns();
    scene.killAll();
    expect(await scene.open().create({ run: "run_000000009other", claim: CLAIM })).toEqual({ existing: RUN });
    expect(await count(scene.afterPowerCut())).toBe(1);
  });

  test("before it wrote anything: the start that makes the run in its place is as durable as any", async () => {
    const scene = createScene();
    const first = scene.open(stopAt("syncDirectory", /runs/));
    await first.create({ run: RUN, claim: CLAIM });
    await turns();
    scene.killAll();
    const made = await scene.open().create({ run: "run_000000009other", claim: CLAIM });
    if (!("journal" in made)) throw new Error("the run was still to be made");
    await appendSynced(made.journal);
    expect(await count(scene.afterPowerCut())).toBe(1);
  });
});

describe("a blob", () => {
  test("that comes after the run was accepted is durable when its name is given out", async () => {
    const scene = createScene();
    const journal = await createRun(scene.open());
    await appendSynced(journal);
    const { blob } = await journal.blobs.put('"value"');
    expect(await (await scene.afterPowerCut().acquire(RUN)).blobs.get(blob)).toBe('"value"');
  });

  test("whose process was killed before its name was durable is made so by the next one that stores it", async () => {
    const scene = createScene();
    const journal = await createRun(scene.open(stopAt("syncDirectory", /blobs$/)));
    await appendSynced(journal);
    journal.blobs.put('"value"').catch(() => undefined);
    await turns();
    scene.killAll();
    const next = await scene.open().acquire(RUN);
    const { blob } = await next.blobs.put('"value"');
    await appendSynced(next);
    expect(await (await scene.afterPowerCut().acquire(RUN)).blobs.get(blob)).toBe('"value"');
  });
});
