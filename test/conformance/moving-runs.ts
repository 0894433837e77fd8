/** What every store must keep when whole runs come and go (`place` and `remove`), and when a part of them is listed. */
import { expect, test } from "vitest";
import type { NewEntry } from "../../src/journal/entries.ts";
import type { Store } from "../../src/journal/store.ts";
import type { StoreWorld } from "./store-suite.ts";

const RUNS = ["run_000000001aaaaaaaaa", "run_000000002bbbbbbbbb", "run_000000003ccccccccc"] as const;

const ENDED: NewEntry = {
  kind: "run.ended",
  data: { status: "completed", output: null, missing: [], reason: null, error: null },
};

async function makeRun(store: Store, run: string, isEnded: boolean): Promise<void> {
  const made = await store.create({ run });
  if ("existing" in made) throw new Error("a new run was expected");
  made.journal.append({ kind: "run.started", data: {} });
  if (isEnded) made.journal.append(ENDED);
  await made.journal.release();
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const thrown: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  );
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : String(thrown);
}

const names = async (store: Store): Promise<string[]> => (await store.list()).map(({ run }) => run);

export function movingRuns(makeWorld: () => StoreWorld | Promise<StoreWorld>): void {
  test("a list may begin after a run, be cut short, and pass over runs that are known", async () => {
    const { store } = (await makeWorld()).open();
    for (const run of RUNS) await makeRun(store, run, true);
    const [first, second, third] = RUNS;
    expect(await names(store)).toEqual([third, second, first]);
    expect((await store.list({ atMost: 2 })).map(({ run }) => run)).toEqual([third, second]);
    expect((await store.list({ before: third, atMost: 1 })).map(({ run }) => run)).toEqual([second]);
    const isKnown = (run: string): boolean => run === second;
    expect(await store.list({ isKnown })).toEqual([third, second, first].map((run) => ({ run, isOwned: false })));
  });

  test("a removed run is gone for every process, and its id can be used again", async () => {
    const { open } = await makeWorld();
    const { store } = open();
    await makeRun(store, RUNS[0], true);
    await makeRun(store, RUNS[1], true);
    await store.remove(RUNS[0]);
    const other = open().store;
    expect([await names(store), await names(other)]).toEqual([[RUNS[1]], [RUNS[1]]]);
    expect(await codeOf(other.read(RUNS[0]))).toBe("NOT_FOUND");
    expect(await codeOf(store.remove(RUNS[0]))).toBe("NOT_FOUND");
    await makeRun(store, RUNS[0], true);
    expect((await other.read(RUNS[0])).entries).toHaveLength(2);
  });

  test("a run that is owned, or has not ended, is not removed; an unfinished one only where that is allowed", async () => {
    const { open } = await makeWorld();
    const [one, other] = [open().store, open().store];
    const made = await one.create({ run: RUNS[0] });
    if ("existing" in made) throw new Error("a new run was expected");
    made.journal.append({ kind: "run.started", data: {} });
    await made.journal.sync();
    for (const store of [one, other]) {
      expect(await codeOf(store.remove(RUNS[0], { isUnfinishedAllowed: true }))).toBe("STORE_LOCKED");
    }
    await made.journal.release();
    expect(await codeOf(other.remove(RUNS[0]))).toBe("VALIDATION");
    expect(await codeOf(other.acquire(RUNS[0]))).toBe("null");
    await other.close();
    await one.remove(RUNS[0], { isUnfinishedAllowed: true });
    expect(await names(one)).toEqual([]);
  });

  test("a run that was placed is read as it was where it came from, blobs included, and can be taken over", async () => {
    const source = (await makeWorld()).open().store;
    const made = await source.create({ run: RUNS[0] });
    if ("existing" in made) throw new Error("a new run was expected");
    const text = JSON.stringify("x".repeat(100_000));
    const { blob, bytes } = await made.journal.blobs.put(text);
    made.journal.append({ kind: "step.completed", step: "a", attempt: 1, data: { output: { blob, bytes } } });
    await made.journal.release();
    const taken = await source.acquire(RUNS[0]);
    taken.append({ kind: "run.resumed", data: { seal: taken.seal, by: "test" } });
    await taken.release();
    const { entries } = await source.read(RUNS[0]);
    const epochs = new Map<number, string>();
    for (const entry of entries) epochs.set(entry.epoch, `${epochs.get(entry.epoch) ?? ""}${JSON.stringify(entry)}\n`);
    const { open } = await makeWorld();
    const { store } = open();
    const files = { epochs, blobs: new Map([[blob, text]]) };
    await store.place(RUNS[0], files);
    const placed = await open().store.read(RUNS[0]);
    expect(placed.entries).toEqual(entries);
    expect(placed.isOwned).toBe(false);
    expect(await placed.blobs.get(blob)).toBe(text);
    expect(await codeOf(store.place(RUNS[0], files))).toBe("VALIDATION");
    const owned = await store.acquire(RUNS[0]);
    expect(owned.recovered).toHaveLength(entries.length);
    await owned.release();
  });
}
