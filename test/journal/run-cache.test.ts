import { describe, expect, test } from "vitest";
import {
  createFileRunCache,
  createMemoryRunCache,
  MAX_CACHED_RUNS,
  ROWS_PER_DOCUMENT,
} from "../../src/journal/run-cache.ts";
import type { RunCache } from "../../src/journal/store.ts";
import type { FileSystem } from "../../src/shared/file-system.ts";
import { failCall } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";

const [RUN_A, RUN_B] = ["run_000000001aaaaaaaaa", "run_000000002bbbbbbbbb"];

async function makeDisk() {
  const clock = createManualClock();
  const fileSystem = createMemoryFileSystem({ clock });
  await fileSystem.makeDirectory("/data");
  return { clock, fileSystem, open: () => createFileRunCache({ root: "/data", fileSystem, clock }) };
}

async function row(cache: RunCache, run: string): Promise<unknown> {
  return (await cache.rows()).get(run);
}

async function put(fileSystem: FileSystem, path: string, text: string): Promise<void> {
  const file = await fileSystem.open(path, { create: "if-missing" });
  await file.append(Buffer.from(text));
  await file.close();
}

describe("the run cache", () => {
  test("what was set is there at once, and in the next process after the pause", async () => {
    const { clock, open } = await makeDisk();
    const cache = await open();
    cache.set(RUN_A, { status: "completed" });
    cache.set(RUN_A, { status: "failed" });
    expect(await row(cache, RUN_A)).toEqual({ status: "failed" });
    expect(await row(await open(), RUN_A)).toBeUndefined();
    await clock.advanceAsync(600);
    expect(await row(await open(), RUN_A)).toEqual({ status: "failed" });
    expect(clock.timers).toBe(0);
  });

  test("two processes do not wipe each other's rows", async () => {
    const { open } = await makeDisk();
    const [one, two] = [await open(), await open()];
    one.set(RUN_A, 1);
    two.set(RUN_B, 2);
    await one.flush();
    await two.flush();
    const third = await open();
    expect([await row(third, RUN_A), await row(third, RUN_B)]).toEqual([1, 2]);
  });

  test("garbage in the document reads as nothing and is written over", async () => {
    const { fileSystem, open } = await makeDisk();
    await fileSystem.makeDirectory("/data/index");
    await put(fileSystem, "/data/index/0.json", '{"v":2,"runs":[\u0000');
    const cache = await open();
    expect(await row(cache, RUN_A)).toBeUndefined();
    cache.set(RUN_A, 1);
    await cache.flush();
    expect(await row(await open(), RUN_A)).toBe(1);
  });

  test("while another process holds the lock nothing is written; an abandoned lock is broken", async () => {
    const { clock, fileSystem, open } = await makeDisk();
    await put(fileSystem, "/data/index.lock", "");
    const cache = await open();
    cache.set(RUN_A, 1);
    await cache.flush();
    expect(await row(await open(), RUN_A)).toBeUndefined();
    await clock.advanceAsync(11_000);
    expect(await row(await open(), RUN_A)).toBe(1);
    expect(clock.timers).toBe(0);
  });

  test("a disk that fails costs the rows on disk, nothing else", async () => {
    const { fileSystem, open } = await makeDisk();
    const cache = await open();
    fileSystem.onCall = failCall(1, "EIO", { isLasting: true });
    cache.set(RUN_A, 1);
    await cache.flush();
    expect(await row(cache, RUN_A)).toBe(1);
  });

  test("a full document is left alone: what comes next begins another one", async () => {
    const { fileSystem, open } = await makeDisk();
    const cache = await open();
    const names = Array.from({ length: ROWS_PER_DOCUMENT + 1 }, (_, n) => `run_${String(n).padStart(18, "0")}`);
    for (const name of names) cache.set(name, name);
    await cache.flush();
    expect((await fileSystem.list("/data/index")).sort()).toEqual(["0.json", "1.json"]);
    const first = Buffer.from(await fileSystem.read("/data/index/0.json")).toString();
    cache.set("run_later", 1);
    await cache.flush();
    expect(Buffer.from(await fileSystem.read("/data/index/0.json")).toString()).toBe(first);
    expect((await (await open()).rows()).size).toBe(ROWS_PER_DOCUMENT + 2);
  });

  test("rows of removed runs are gone, in this process and in the next", async () => {
    const { open } = await makeDisk();
    const cache = await open();
    for (const run of [RUN_A, RUN_B]) cache.set(run, 1);
    await cache.flush();
    await cache.remove([RUN_A]);
    for (const one of [cache, await open()]) expect([...(await one.rows()).keys()]).toEqual([RUN_B]);
  });

  test("the memory twin keeps rows and stays bounded", async () => {
    const cache = createMemoryRunCache();
    for (let n = 0; n <= MAX_CACHED_RUNS; n++) cache.set(`run_${n}`, n);
    await cache.flush();
    expect([await row(cache, "run_0"), await row(cache, "run_1")]).toEqual([undefined, 1]);
  });
});
