/**
 * Small facts about runs in a lowdb document (`index.json`), so that listing need not read every journal (KERNEL 20).
 * Owns: loading, merging with what other processes cached, and writing rarely. Must not: matter. A missing, damaged or
 * outdated document costs a rebuild; a write that fails is dropped.
 */
import { join } from "node:path";
import type { Adapter } from "lowdb";
import { z } from "zod";
import { type CancelTimer, type Clock, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import type { JsonValue } from "../shared/json.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import { journalLimits } from "./journal-limits.ts";
import { type ProcessTable, systemProcessTable } from "./process-table.ts";
import type { RunCache } from "./store.ts";
import { createStoreDisk, readIfThere, replaceFile, type StoreDisk } from "./store-disk.ts";
import { takeStoreLock } from "./store-lock.ts";

/** How long changes gather before they are written. */
export const CACHE_WRITE_DELAY_MS = 500;

/** Newest runs kept: lowdb rewrites the whole document, 9 ms at this size. */
export const MAX_CACHED_RUNS = 5_000;

const rowsSchema = z.object({ v: z.literal(1), runs: z.record(z.string(), z.json()) });
type Rows = z.infer<typeof rowsSchema>;

export interface FileRunCacheOptions {
  /** The store's folder. */
  root: string;
  fileSystem?: FileSystem;
  clock?: Clock;
  random?: Random;
  processes?: ProcessTable;
}

/** A cache that lives with the process: the twin for memory stores. */
export function createMemoryRunCache(): RunCache {
  const rows = new Map<string, JsonValue>();
  return {
    get: (run) => rows.get(run),
    set(run, value) {
      rows.delete(run);
      rows.set(run, value);
      const oldest = rows.keys().next();
      if (rows.size > MAX_CACHED_RUNS && oldest.done !== true) rows.delete(oldest.value);
    },
    flush: async () => undefined,
  };
}

/** Reads `<root>/index.json` once; `set` writes it back later, `flush` at once. Neither ever throws for a bad file. */
export async function createFileRunCache(options: FileRunCacheOptions): Promise<RunCache> {
  const { root, fileSystem = nodeFileSystem, clock = systemClock, random = systemRandom } = options;
  const { processes = systemProcessTable() } = options;
  const disk = createStoreDisk({ root, fileSystem, clock, random, processes, limits: journalLimits() });
  const { Low } = await import("lowdb");
  const low = new Low<Rows>(documentAdapter(disk, join(root, "index.json")), { v: 1, runs: {} });
  await low.read();
  const rows = new Map(Object.entries(low.data.runs));
  const changed = new Set<string>();
  let cancel: CancelTimer | null = null;

  const arm = (): void => {
    cancel ??= clock.setTimer(CACHE_WRITE_DELAY_MS, () => {
      cancel = null;
      flush().catch(() => undefined); // `write` reports nothing either: the rows are still in memory.
    });
  };
  const write = async (): Promise<void> => {
    const unlock = await takeStoreLock(disk, join(root, "index.lock"));
    if (unlock === null) return arm();
    try {
      await low.read();
      for (const run of changed) low.data.runs[run] = rows.get(run) ?? null;
      low.data.runs = newestRuns(low.data.runs);
      changed.clear();
      await low.write();
    } finally {
      await unlock();
    }
  };
  const flush = async (): Promise<void> => {
    cancel?.();
    cancel = null;
    if (changed.size === 0) return;
    await write().catch(() => undefined); // A cache that cannot be written is no failure of anything.
  };
  return {
    get: (run) => rows.get(run),
    set(run, value) {
      rows.set(run, value);
      changed.add(run);
      arm();
    },
    flush,
  };
}

/** Run ids sort by time. */
function newestRuns(runs: Rows["runs"]): Rows["runs"] {
  const names = Object.keys(runs);
  if (names.length <= MAX_CACHED_RUNS) return runs;
  return Object.fromEntries(
    names
      .sort()
      .slice(-MAX_CACHED_RUNS)
      .map((name) => [name, runs[name] ?? null]),
  );
}

/** lowdb's adapter over our file system; whatever is not such a document reads as an empty one. */
function documentAdapter(disk: StoreDisk, path: string): Adapter<Rows> {
  return {
    async read() {
      try {
        const bytes = await readIfThere(disk.fileSystem, path);
        const parsed = bytes === null ? undefined : rowsSchema.safeParse(JSON.parse(bytes.toString())).data;
        return parsed ?? { v: 1, runs: {} };
      } catch {
        return { v: 1, runs: {} }; // Garbage or unreadable: the cache is rebuilt by those who use it.
      }
    },
    write: (rows) => replaceFile(disk, path, JSON.stringify(rows)),
  };
}
