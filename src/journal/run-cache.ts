/**
 * Small facts about runs in lowdb documents (`index/0.json`, `index/1.json` …), so that listings and statistics need
 * not read every journal (KERNEL 20). Owns: loading, adding to what other processes cached, and writing rarely.
 * Must not: matter. A missing, damaged or outdated document costs a rebuild; a write that fails is dropped.
 *
 * lowdb rewrites a whole document, so a document that is full is left alone and the next one begins: what a write costs
 * does not grow with the number of runs.
 */
import { join } from "node:path";
import type { Adapter, Low } from "lowdb";
import { type CancelTimer, type Clock, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import { journalLimits } from "./journal-limits.ts";
import { type ProcessTable, systemProcessTable } from "./process-table.ts";
import type { RunCache } from "./store.ts";
import { createStoreDisk, listIfThere, readIfThere, removeIfThere, replaceFile, type StoreDisk } from "./store-disk.ts";
import { takeStoreLock } from "./store-lock.ts";

/** How long changes gather before they are written. */
export const CACHE_WRITE_DELAY_MS = 500;

/** Rows of one document. */
export const ROWS_PER_DOCUMENT = 500;

/** Newest rows kept, over all documents. */
export const MAX_CACHED_RUNS = 100_000;

const FORMAT = 2;

interface Rows {
  v: typeof FORMAT;
  runs: JsonObject;
}

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
    rows: async () => rows,
    set(run, value) {
      rows.delete(run);
      rows.set(run, value);
      const oldest = rows.keys().next();
      if (rows.size > MAX_CACHED_RUNS && oldest.done !== true) rows.delete(oldest.value);
    },
    async remove(runs) {
      for (const run of runs) rows.delete(run);
    },
    flush: async () => undefined,
  };
}

interface Cache {
  disk: StoreDisk;
  open: OpenDocument;
  /** Rows that are not written yet. */
  pending: Map<string, JsonValue>;
  cancel: CancelTimer | null;
}

type OpenDocument = (name: string) => Promise<Low<Rows>>;

/**
 * Reads documents when rows are first asked for; `set` writes them back later, `flush` at once. None of them ever
 * throws for a bad file.
 */
export async function createFileRunCache(options: FileRunCacheOptions): Promise<RunCache> {
  const { root, fileSystem = nodeFileSystem, clock = systemClock, random = systemRandom } = options;
  const { processes = systemProcessTable() } = options;
  const disk = createStoreDisk({ root, fileSystem, clock, random, processes, limits: journalLimits() });
  const { Low } = await import("lowdb");
  const open: OpenDocument = async (name) => {
    const low = new Low<Rows>(documentAdapter(disk, join(indexFolder(disk), name)), { v: FORMAT, runs: {} });
    await low.read();
    return low;
  };
  const cache: Cache = { disk, open, pending: new Map(), cancel: null };
  let loaded: Promise<Map<string, JsonValue>> | null = null;
  return {
    rows() {
      loaded ??= loadRows(cache);
      return loaded;
    },
    set(run, value) {
      cache.pending.set(run, value);
      loaded?.then((rows) => rows.set(run, value)).catch(() => undefined); // Loading never throws.
      arm(cache);
    },
    async remove(runs) {
      const rows = await loaded;
      for (const run of runs) {
        cache.pending.delete(run);
        rows?.delete(run);
      }
      await dropRows(cache, new Set(runs)).catch(() => undefined); // Rows of runs that are gone are never asked for.
    },
    flush: () => flush(cache),
  };
}

function indexFolder({ root }: StoreDisk): string {
  return join(root, "index");
}

/** Names of the documents, oldest first. */
async function documentNames(disk: StoreDisk): Promise<string[]> {
  const names = await listIfThere(disk.fileSystem, indexFolder(disk));
  return names.filter((name) => /^\d{1,9}\.json$/.test(name)).sort((left, right) => numberOf(left) - numberOf(right));
}

function numberOf(name: string): number {
  return Number(name.slice(0, -".json".length));
}

async function loadRows({ disk, open, pending }: Cache): Promise<Map<string, JsonValue>> {
  const rows = new Map<string, JsonValue>();
  const names = await documentNames(disk).catch(() => []); // An index that cannot be read is rebuilt by those who use it.
  for (const name of names) {
    const { data } = await open(name);
    for (const [run, row] of Object.entries(data.runs)) rows.set(run, row);
  }
  for (const [run, row] of pending) rows.set(run, row);
  return rows;
}

function arm(cache: Cache): void {
  cache.cancel ??= cache.disk.clock.setTimer(CACHE_WRITE_DELAY_MS, () => {
    cache.cancel = null;
    flush(cache).catch(() => undefined); // `write` reports nothing either.
  });
}

async function flush(cache: Cache): Promise<void> {
  cache.cancel?.();
  cache.cancel = null;
  if (cache.pending.size === 0) return;
  await writePending(cache).catch(() => undefined); // A cache that cannot be written is no failure of anything.
}

/** Fills the newest document, then begins others. */
async function writePending(cache: Cache): Promise<void> {
  const { disk, open, pending } = cache;
  const unlock = await takeStoreLock(disk, join(disk.root, "index.lock"));
  if (unlock === null) return arm(cache);
  try {
    await disk.fileSystem.makeDirectory(indexFolder(disk));
    const names = await documentNames(disk);
    let number = numberOf(names.at(-1) ?? "0.json");
    let low = await open(`${number}.json`);
    let room = ROWS_PER_DOCUMENT - Object.keys(low.data.runs).length;
    for (const [run, row] of [...pending]) {
      if (room <= 0 && !Object.hasOwn(low.data.runs, run)) {
        await low.write();
        number += 1;
        low = await open(`${number}.json`);
        room = ROWS_PER_DOCUMENT;
      }
      low.data.runs[run] = row;
      if (pending.get(run) === row) pending.delete(run);
      room -= 1;
    }
    await low.write();
    const oldest = number - MAX_CACHED_RUNS / ROWS_PER_DOCUMENT;
    for (const name of names) {
      if (numberOf(name) <= oldest) await removeIfThere(disk.fileSystem, join(indexFolder(disk), name));
    }
  } finally {
    await unlock();
  }
}

async function dropRows({ disk, open }: Cache, runs: ReadonlySet<string>): Promise<void> {
  const unlock = await takeStoreLock(disk, join(disk.root, "index.lock"));
  if (unlock === null) return;
  try {
    for (const name of await documentNames(disk)) {
      const low = await open(name);
      const kept = Object.entries(low.data.runs).filter(([run]) => !runs.has(run));
      if (kept.length === Object.keys(low.data.runs).length) continue;
      low.data.runs = Object.fromEntries(kept);
      await low.write();
    }
  } finally {
    await unlock();
  }
}

/** lowdb's adapter over our file system; whatever is not such a document reads as an empty one. */
function documentAdapter(disk: StoreDisk, path: string): Adapter<Rows> {
  return {
    async read() {
      try {
        const bytes = await readIfThere(disk.fileSystem, path);
        const parsed: unknown = bytes === null ? null : JSON.parse(bytes.toString());
        if (isJsonObject(parsed) && parsed["v"] === FORMAT && isJsonObject(parsed["runs"])) {
          return { v: FORMAT, runs: parsed["runs"] };
        }
      } catch {
        // Garbage or unreadable: the cache is rebuilt by those who use it.
      }
      return { v: FORMAT, runs: {} };
    },
    write: (rows) => replaceFile(disk, path, JSON.stringify(rows)),
  };
}
