/** What every store must keep (src/journal/store.ts). A new store's test file is five lines: a world and this call. */
import { describe, expect, test } from "vitest";
import type { NewEntry } from "../../src/journal/entries.ts";
import type { JournalLimits } from "../../src/journal/journal-limits.ts";
import type { OwnedJournal, Store } from "../../src/journal/store.ts";
import { canonicalJson } from "../../src/shared/json.ts";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import { movingRuns } from "./moving-runs.ts";

/** One process with the store open. */
export interface StoreProcess {
  store: Store;
  /** The process is dead for the others; what it still does is what a process does that everyone took for dead. */
  kill(): void;
}

/** One place where runs live, and the processes that open it. */
export interface StoreWorld {
  clock: ManualClock;
  open(limits?: Partial<JournalLimits>): StoreProcess;
}

export const RUN = "run_000000001aaaaaaaaa";
export const OTHER_RUN = "run_000000002bbbbbbbbb";

/** Small entries of three kinds; which kind does not matter to a store. */
export function entry(n: number): NewEntry {
  if (n === 0) return { kind: "run.started", data: {} };
  if (n % 2 === 0) return { kind: "cancel.requested", data: { by: `person ${n} – “€”` } };
  return {
    kind: "step.completed",
    step: `step${n}`,
    attempt: 1,
    data: { output: { value: { n, list: [n, null, "x"] } } },
  };
}

export async function createRun(store: Store, run = RUN): Promise<OwnedJournal> {
  const made = await store.create({ run });
  if ("existing" in made) throw new Error("a new run was expected");
  return made.journal;
}

export function append(journal: OwnedJournal, count: number): void {
  if (journal.seal !== null && journal.synced === journal.recovered.length - 1) {
    journal.append({ kind: "run.resumed", data: { seal: journal.seal, by: "test" } });
  }
  for (let n = 0; n < count; n++) journal.append(entry(n));
}

async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  }
  return "nothing was thrown";
}

export function describeStore(name: string, makeWorld: () => StoreWorld | Promise<StoreWorld>): void {
  describe(`${name}: journals`, () => journalTests(makeWorld));
  describe(`${name}: ownership`, () => ownershipTests(makeWorld));
  describe(`${name}: idempotent starts`, () => idempotencyTests(makeWorld));
  describe(`${name}: blobs and signals`, () => blobAndSignalTests(makeWorld));
  describe(`${name}: runs that come and go`, () => movingRuns(makeWorld));
}

type MakeWorld = () => StoreWorld | Promise<StoreWorld>;

function journalTests(makeWorld: MakeWorld): void {
  test("entries are numbered without gap, stamped and chained at once", async () => {
    const { open, clock } = await makeWorld();
    const journal = await createRun(open().store);
    const first = journal.append(entry(0));
    clock.advance(5);
    const second = journal.append(entry(1));
    expect([first.seq, second.seq, first.prev, second.prev]).toEqual([0, 1, "", first.hash]);
    expect([first.run, first.epoch, first.v, first.synced]).toEqual([RUN, 0, 1, -1]);
    expect(Date.parse(second.at) - Date.parse(first.at)).toBe(5);
    await journal.release();
  });

  test("synced entries are read as they were appended, in another process too", async () => {
    const { open } = await makeWorld();
    const journal = await createRun(open().store);
    const appended = [0, 1, 2, 3].map((n) => journal.append(entry(n)));
    await Promise.all([journal.sync(), journal.sync()]);
    expect(journal.synced).toBe(3);
    expect(journal.append(entry(4)).synced).toBe(3);
    const read = await open().store.read(RUN);
    expect(read.entries.slice(0, 4)).toEqual(appended);
    expect(read.isOwned).toBe(true);
    await journal.release();
    expect((await open().store.read(RUN)).entries).toHaveLength(5);
  });

  test("a run that was given up is recovered with all its entries and goes on in the next epoch", async () => {
    const { open } = await makeWorld();
    const first = await createRun(open().store);
    append(first, 3);
    await first.release();
    const second = await open().store.acquire(RUN);
    expect([second.epoch > first.epoch, second.recovered.length, second.synced]).toEqual([true, 3, 2]);
    expect(second.seal?.epoch).toBe(0);
    append(second, 2);
    await second.release();
    const third = await open().store.acquire(RUN);
    expect(third.recovered.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(third.recovered[3]?.kind).toBe("run.resumed");
    await third.release();
  });

  test("a takeover that does not begin with its seal is refused", async () => {
    const { open } = await makeWorld();
    const first = await createRun(open().store);
    append(first, 1);
    await first.release();
    const second = await open().store.acquire(RUN);
    expect(await codeOf(() => second.append(entry(0)))).toBe("INTERNAL");
    await second.release();
  });

  test("unknown runs and names that could be paths are NOT_FOUND", async () => {
    const { store } = (await makeWorld()).open();
    for (const run of [OTHER_RUN, "../../etc", "run_../../../x", "", "RUN_000000001AAAAAAAAA"]) {
      expect(await codeOf(() => store.read(run))).toBe("NOT_FOUND");
      expect(await codeOf(() => store.acquire(run))).toBe("NOT_FOUND");
      expect(await codeOf(() => store.signal(run, { id: "a", kind: "cancel", data: {} }))).toBe("NOT_FOUND");
    }
    expect(await codeOf(() => store.create({ run: "../x" }))).toBe("NOT_FOUND");
    expect(await store.list()).toEqual([]);
  });

  test("runs are listed newest first, with whether someone owns them; those never accepted are not", async () => {
    const { open } = await makeWorld();
    const { store } = open();
    const older = await createRun(store);
    const newer = await createRun(store, OTHER_RUN);
    const empty = await createRun(store, "run_000000003ccccccccc");
    append(older, 1);
    append(newer, 1);
    await Promise.all([older.sync(), newer.release(), empty.release()]);
    const listed = [
      { run: OTHER_RUN, isOwned: false },
      { run: RUN, isOwned: true },
    ];
    expect(await store.list()).toEqual(listed);
    expect(await open().store.list()).toEqual(listed);
    await store.close();
    expect((await open().store.list()).some(({ isOwned }) => isOwned)).toBe(false);
  });

  test("a full journal refuses new work and still takes the entries that close the run", async () => {
    const { open } = await makeWorld();
    const journal = await createRun(open({ maxEntries: 4 }).store);
    for (let n = 0; n < 4; n++) journal.append({ kind: "run.started", data: {} });
    expect(await codeOf(() => journal.append({ kind: "run.started", data: {} }))).toBe("LIMIT_JOURNAL");
    expect(journal.append({ kind: "cancel.requested", data: { by: "test" } }).seq).toBe(4);
    await journal.release();
    const small = await createRun(open({ maxBytes: 500 }).store, OTHER_RUN);
    small.append(entry(0));
    small.append({ kind: "run.started", data: {} });
    expect(await codeOf(() => small.append({ kind: "run.started", data: {} }))).toBe("LIMIT_JOURNAL");
    await small.release();
  });
}

function ownershipTests(makeWorld: MakeWorld): void {
  test("a run with a live owner is STORE_LOCKED; given up, it can be taken at once", async () => {
    const { open } = await makeWorld();
    const [one, two] = [open(), open()];
    const journal = await createRun(one.store);
    append(journal, 2);
    await journal.sync();
    expect(await codeOf(() => two.store.acquire(RUN))).toBe("STORE_LOCKED");
    expect(await codeOf(() => one.store.acquire(RUN))).toBe("STORE_LOCKED");
    await journal.release();
    await (await two.store.acquire(RUN)).release();
  });

  test("of many takers one wins", async () => {
    const { open } = await makeWorld();
    const dead = open();
    append(await createRun(dead.store), 1);
    const journal = await dead.store.read(RUN).catch(() => null);
    expect(journal).toBeNull();
    const owner = await createRun(dead.store, OTHER_RUN);
    append(owner, 3);
    await owner.sync();
    dead.kill();
    const takers = await Promise.all(Array.from({ length: 8 }, () => codeOf(() => open().store.acquire(OTHER_RUN))));
    expect(takers.filter((code) => code === "nothing was thrown")).toHaveLength(1);
    expect(takers.filter((code) => code === "STORE_LOCKED")).toHaveLength(7);
  });

  test("an owner that others took for dead is fenced: its late entries count nowhere", async () => {
    const { open } = await makeWorld();
    const [one, two] = [open(), open()];
    const old = await createRun(one.store);
    append(old, 3);
    await old.sync();
    one.kill();
    const taken = await two.store.acquire(RUN);
    append(taken, 0);
    await taken.sync();
    const late = async (): Promise<void> => {
      old.append(entry(7));
      await old.sync();
    };
    expect(await codeOf(late)).toBe("STORE_FENCED");
    expect(await codeOf(() => old.append(entry(8)))).toBe("STORE_FENCED");
    expect(await codeOf(() => old.sync())).toBe("STORE_FENCED");
    append(taken, 0);
    taken.append(entry(5));
    await taken.release();
    const { entries } = await open().store.read(RUN);
    expect(entries.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 1, 1]);
    await old.release();
    expect((await open().store.read(RUN)).entries).toEqual(entries);
  });

  test("entries that a dead process had not synced are not recovered as its own seal says otherwise", async () => {
    const { open } = await makeWorld();
    const one = open();
    const old = await createRun(one.store);
    append(old, 2);
    await old.sync();
    old.append(entry(3));
    one.kill();
    const taken = await open().store.acquire(RUN);
    expect(taken.recovered).toHaveLength(2);
    await taken.release();
  });

  test("after release every call on the journal is refused", async () => {
    const { open } = await makeWorld();
    const journal = await createRun(open().store);
    append(journal, 1);
    await journal.release();
    await journal.release();
    expect(await codeOf(() => journal.append(entry(1)))).toBe("STORE_FENCED");
    expect(await codeOf(() => journal.sync())).toBe("STORE_FENCED");
  });
}

function idempotencyTests(makeWorld: MakeWorld): void {
  const claim = { key: "order 7/../", requestHash: "sha256:aa" };

  test("the same key and request give the same run, another request a conflict, also after a restart", async () => {
    const { open } = await makeWorld();
    const { store } = open();
    const made = await store.create({ run: RUN, claim });
    if (!("journal" in made)) throw new Error("a new run was expected");
    append(made.journal, 1);
    await made.journal.sync();
    expect(await store.create({ run: OTHER_RUN, claim })).toEqual({ existing: RUN });
    await store.close();
    const again = open().store;
    expect(await again.create({ run: OTHER_RUN, claim })).toEqual({ existing: RUN });
    const conflict = again.create({ run: OTHER_RUN, claim: { ...claim, requestHash: "sha256:bb" } });
    expect(await codeOf(() => conflict)).toBe("IDEMPOTENCY_CONFLICT");
    expect(await again.list()).toHaveLength(1);
  });

  test("a hundred starts at the same time, in two processes, make one run", async () => {
    const { open, clock } = await makeWorld();
    const processes = [open(), open()];
    const ids: string[] = [];
    let made = 0;
    const start = async (n: number): Promise<void> => {
      const run = `run_0000000${String(n).padStart(3, "0")}xyz`;
      const started = await processes[n % 2]!.store.create({ run, claim });
      if ("existing" in started) return void ids.push(started.existing);
      made += 1;
      append(started.journal, 1);
      await started.journal.sync();
      ids.push(started.journal.run);
    };
    const all = Promise.all(Array.from({ length: 100 }, (_, n) => start(n)));
    let isDone = false;
    const finish = (): void => {
      isDone = true;
    };
    all.then(finish, finish);
    // In small steps: on a real disk, simulated time must not run away from the heartbeats that are being written.
    while (!isDone) await clock.advanceAsync(1);
    await all;
    expect([made, new Set(ids).size, ids.length]).toEqual([1, 1, 100]);
    expect(await open().store.list()).toHaveLength(1);
    for (const { store } of processes) await store.close();
  });

  test("a key whose run died before it was accepted is healed with the same run id", async () => {
    const { open } = await makeWorld();
    const one = open();
    const made = await one.store.create({ run: RUN, claim });
    if (!("journal" in made)) throw new Error("a new run was expected");
    one.kill();
    const healed = await open().store.create({ run: OTHER_RUN, claim });
    if (!("journal" in healed)) throw new Error("the run was expected to be made again");
    expect(healed.journal.run).toBe(RUN);
    append(healed.journal, 1);
    await healed.journal.release();
    expect(await open().store.create({ run: OTHER_RUN, claim })).toEqual({ existing: RUN });
    expect((await open().store.read(RUN)).entries).toHaveLength(1);
  });
}

function blobAndSignalTests(makeWorld: MakeWorld): void {
  test("blobs are named by their content and read by others; missing ones are JOURNAL_CORRUPT", async () => {
    const { open } = await makeWorld();
    const journal = await createRun(open().store);
    const text = canonicalJson({ long: "é".repeat(70_000) });
    const [once, twice] = await Promise.all([journal.blobs.put(text), journal.blobs.put(text)]);
    expect(once).toEqual({ blob: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: Buffer.byteLength(text) });
    expect(twice).toEqual(once);
    append(journal, 1);
    await journal.release();
    const { blobs } = await open().store.read(RUN);
    expect(await blobs.get(once.blob)).toBe(text);
    expect(await codeOf(() => blobs.get("0".repeat(64)))).toBe("JOURNAL_CORRUPT");
    expect(await codeOf(() => blobs.get("../journal.0.jsonl"))).toBe("JOURNAL_CORRUPT");
  });

  test("a value may be larger than a tool's result", async () => {
    const journal = await createRun((await makeWorld()).open().store);
    const text = JSON.stringify("x".repeat(17 * 2 ** 20));
    const { blob, bytes } = await journal.blobs.put(text);
    expect(bytes).toBe(text.length);
    expect((await journal.blobs.get(blob)) === text).toBe(true);
    await journal.release();
  });

  test("signals reach the owner in order and stay until they are settled", async () => {
    const { open, clock } = await makeWorld();
    const [owner, other] = [open(), open()];
    const journal = await createRun(owner.store);
    append(journal, 1);
    await journal.sync();
    let wakes = 0;
    const stop = journal.onSignal(() => {
      wakes += 1;
    });
    await other.store.signal(RUN, { id: "b", kind: "answer", data: { answer: "ja" } });
    clock.advance(1);
    await other.store.signal(RUN, { id: "a", kind: "cancel", data: {} });
    for (let turn = 0; turn < 50 && wakes === 0; turn++) await clock.advanceAsync(50);
    expect(wakes).toBeGreaterThan(0);
    expect((await journal.pendingSignals()).map(({ id }) => id)).toEqual(["b", "a"]);
    expect((await journal.pendingSignals())[0]).toEqual({ id: "b", kind: "answer", data: { answer: "ja" } });
    await journal.settleSignal("b");
    expect((await journal.pendingSignals()).map(({ id }) => id)).toEqual(["a"]);
    stop();
    await journal.release();
    const next = await other.store.acquire(RUN);
    expect((await next.pendingSignals()).map(({ id }) => id)).toEqual(["a"]);
    await next.release();
    expect(clock.timers).toBe(0);
  });

  test("a signal whose id is a path is refused", async () => {
    const journal = await createRun((await makeWorld()).open().store);
    append(journal, 1);
    await journal.release();
    const { store } = (await makeWorld()).open();
    expect(await codeOf(() => store.signal(RUN, { id: "../x", kind: "cancel", data: {} }))).not.toBe(
      "nothing was thrown",
    );
  });
}
