import { describe, expect, test } from "vitest";
import { createFileRunCache, createMemoryRunCache } from "../../src/journal/run-cache.ts";
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
    expect(cache.get(RUN_A)).toEqual({ status: "failed" });
    expect((await open()).get(RUN_A)).toBeUndefined();
    await clock.advanceAsync(600);
    expect((await open()).get(RUN_A)).toEqual({ status: "failed" });
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
    expect([third.get(RUN_A), third.get(RUN_B)]).toEqual([1, 2]);
  });

  test("garbage in the document reads as nothing and is written over", async () => {
    const { fileSystem, open } = await makeDisk();
    await put(fileSystem, "/data/index.json", '{"v":1,"runs":[\u0000');
    const cache = await open();
    expect(cache.get(RUN_A)).toBeUndefined();
    cache.set(RUN_A, 1);
    await cache.flush();
    expect((await open()).get(RUN_A)).toBe(1);
  });

  test("while another process holds the lock nothing is written; an abandoned lock is broken", async () => {
    const { clock, fileSystem, open } = await makeDisk();
    await put(fileSystem, "/data/index.lock", "");
    const cache = await open();
    cache.set(RUN_A, 1);
    await cache.flush();
    expect((await open()).get(RUN_A)).toBeUndefined();
    await clock.advanceAsync(11_000);
    expect((await open()).get(RUN_A)).toBe(1);
    expect(clock.timers).toBe(0);
  });

  test("a disk that fails costs the rows on disk, nothing else", async () => {
    const { fileSystem, open } = await makeDisk();
    const cache = await open();
    fileSystem.onCall = failCall(1, "EIO", { isLasting: true });
    cache.set(RUN_A, 1);
    await cache.flush();
    expect(cache.get(RUN_A)).toBe(1);
  });

  test("the memory twin keeps rows and stays bounded", async () => {
    const cache = createMemoryRunCache();
    for (let n = 0; n < 5_001; n++) cache.set(`run_${n}`, n);
    await cache.flush();
    expect([cache.get("run_0"), cache.get("run_5000")]).toEqual([undefined, 5_000]);
  });
});
