/** SAFETY R17 end to end: the disk fails at the Nth call, for N = 1, 2, … until a run is clean. */
import { describe, expect, test } from "vitest";
import type { RunEvent, RunResult } from "../../src/run/run-result.ts";
import type { RunHandle } from "../../src/runtime/run-handle.ts";
import { failCall } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem, type MemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { planOf } from "../fixtures/plans.ts";
import { createMachine, openFileStore } from "../journal/store-worlds.ts";
import { createWorld, type World } from "./run-world.ts";

const ref = (path: string) => ({ ref: path });

/** A read whose output is a blob, then a call with a key, then one that must not be repeated. */
const request = {
  goal: "test",
  plan: planOf(
    [
      { id: "a", tool: "large", input: {} },
      { id: "b", tool: "put", input: { text: ref("a.text") } },
      { id: "c", tool: "send", input: { at: ref("b.at") } },
    ],
    { output: { sent: ref("c.sent") } },
  ),
};

interface Disk {
  world: World;
  fileSystem: MemoryFileSystem;
}

function createDisk(): Disk {
  const clock = createManualClock();
  const fileSystem = createMemoryFileSystem({ clock });
  const { store } = openFileStore({ root: "/data", fileSystem, clock, limits: {}, machine: createMachine() });
  const world = createWorld({
    clock,
    store,
    behaviours: { large: () => ({ text: "x".repeat(70_000) }), put: () => ({ at: 1 }), send: () => ({ sent: true }) },
    definitions: { put: { effect: "read", idempotency: "key" }, send: { effect: "read", idempotency: "none" } },
  });
  return { world, fileSystem };
}

interface Attempt {
  handle: RunHandle | null;
  result: RunResult | null;
  error: { code?: string } | null;
  /** Events that were published. */
  told: RunEvent[];
}

async function attempt(world: World): Promise<Attempt> {
  const tried: Attempt = { handle: null, result: null, error: null, told: [] };
  try {
    const handle = await world.until(world.runtime.start(request));
    tried.handle = handle;
    const listening = listen(handle, tried.told);
    tried.result = await world.result(handle);
    await world.until(listening);
  } catch (thrown) {
    tried.error = thrown as { code?: string };
  }
  return tried;
}

async function listen(handle: RunHandle, told: RunEvent[]): Promise<void> {
  try {
    for await (const event of handle.events()) told.push(event);
  } catch {
    // A run that was given up also rejects its result, and that is what is looked at.
  }
}

/** What was published survives a power cut at this moment (R1). */
async function expectDurable({ world, fileSystem }: Disk, { told, handle }: Attempt): Promise<void> {
  if (handle === null || told.length === 0) return;
  const crashed = fileSystem.crashed({ unsynced: "lost" });
  const machine = createMachine("boot-2");
  const { store } = openFileStore({ root: "/data", fileSystem: crashed, clock: world.clock, limits: {}, machine });
  const { entries } = await store.read(handle.id);
  expect(entries.length).toBeGreaterThan(told.at(-1)?.seq ?? 0);
}

/** Nothing is called after the failure was told; what was called before may still be under way. */
async function expectSilence({ world }: Disk): Promise<void> {
  const { length } = world.calls;
  await world.clock.advanceAsync(500);
  expect(world.calls).toHaveLength(length);
}

/** Later, on a good disk: every run that was accepted is brought to its end. */
async function recover({ world }: Disk): Promise<void> {
  await world.clock.advanceAsync(11_000);
  const { items } = await world.until(world.runtime.runs.list());
  for (const { id, status } of items) {
    if (status === "completed") continue;
    expect(status).toBe("interrupted");
    const handle = await world.until(world.runtime.resume(id));
    const result = await world.result(handle);
    if (result.status === "waiting") {
      expect(result.waiting?.error?.code).toBe("TOOL_OUTCOME_UNKNOWN");
      await world.until(handle.answer({ sent: true }));
    }
    expect(await world.result(handle)).toMatchObject({ status: "completed", output: { sent: true } });
  }
}

function expectOnce({ world }: Disk): void {
  const runs = new Set(world.calls.map(({ context }) => context.run));
  for (const run of runs) {
    const own = world.calls.filter(({ context }) => context.run === run);
    expect(own.filter(({ tool }) => tool === "send").length).toBeLessThanOrEqual(1);
    const keys = own.filter(({ tool }) => tool === "put").map(({ context }) => context.idempotencyKey);
    expect(new Set(keys).size).toBeLessThanOrEqual(1);
  }
}

/** Fails the disk at the nth call; false once the run needs fewer calls. */
async function failAt(nth: number, code: "ENOSPC" | "EIO", isLasting: boolean): Promise<boolean> {
  const disk = createDisk();
  const { world, fileSystem } = disk;
  fileSystem.onCall = failCall(nth, code, { isLasting });
  const tried = await attempt(world);
  if (tried.error === null) expect(tried.result).toMatchObject({ status: "completed" });
  else expect(tried.error.code).toBe(code === "ENOSPC" ? "STORE_FULL" : "STORE_IO");
  await expectSilence(disk);
  await expectDurable(disk, tried);
  fileSystem.onCall = null;
  // The fault was this run's: another one on the same disk, in the same process, knows nothing of it.
  if (nth % 8 < 2) expect((await attempt(world)).result).toMatchObject({ status: "completed" });
  await recover(disk);
  expectOnce(disk);
  await world.until(world.runtime.close());
  return tried.error !== null;
}

/** Odd calls: the disk is full from here on; even calls: one error, once. */
async function sweep(from: number): Promise<number> {
  let failures = 0;
  let clean = 0;
  for (let nth = from; clean < 4; nth += 2) {
    const hasFailed = await failAt(nth, nth % 2 === 1 ? "ENOSPC" : "EIO", nth % 2 === 1);
    failures += hasFailed ? 1 : 0;
    clean = hasFailed ? 0 : clean + 1;
  }
  return failures;
}

describe("a disk that fails at the nth call, for every n (R17)", () => {
  test("full from then on: STORE_FULL, nothing more is called or told, and later the run completes", async () => {
    expect(await sweep(1)).toBeGreaterThan(10);
  });

  test("one error, once: STORE_IO, and the same", async () => {
    expect(await sweep(2)).toBeGreaterThan(5);
  });
});
