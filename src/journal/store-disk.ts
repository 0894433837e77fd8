/**
 * What the parts of a file store share: the file system, the clock, who we are, and how files become durable.
 * Owns: write-sync-rename-sync. Must not: know what the files mean.
 */
import { dirname } from "node:path";
import type { Clock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { newId, type Random } from "../shared/random.ts";
import type { JournalLimits } from "./journal-limits.ts";
import type { ProcessTable } from "./process-table.ts";
import { shareWork } from "./share-work.ts";
import { systemCode } from "./store-errors.ts";

export interface StoreDisk {
  readonly root: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly processes: ProcessTable;
  readonly limits: JournalLimits;
  /** Syncs a directory; concurrent calls for the same one share the work. */
  syncDirectory(path: string): Promise<void>;
  /** A name beside `path` that no other process uses; readers ignore what ends in `.tmp`. */
  temporaryFor(path: string): string;
}

export interface StoreDiskOptions {
  root: string;
  fileSystem: FileSystem;
  clock: Clock;
  random: Random;
  processes: ProcessTable;
  limits: JournalLimits;
}

export function createStoreDisk({ random, ...options }: StoreDiskOptions): StoreDisk {
  const { fileSystem, clock } = options;
  const syncs = new Map<string, { sync: () => Promise<void>; users: number }>();
  const token = newId("w", { nowMs: clock.now(), random });
  let temporaries = 0;
  return {
    ...options,
    async syncDirectory(path) {
      const shared = syncs.get(path) ?? { sync: shareWork(() => fileSystem.syncDirectory(path)), users: 0 };
      syncs.set(path, shared);
      shared.users += 1;
      try {
        await shared.sync();
      } finally {
        shared.users -= 1;
        if (shared.users === 0) syncs.delete(path);
      }
    },
    temporaryFor(path) {
      temporaries += 1;
      return `${path}.${token}.${temporaries}.tmp`;
    },
  };
}

/** Null where the file is missing. */
export async function readIfThere(fileSystem: FileSystem, path: string): Promise<Buffer | null> {
  try {
    const bytes = await fileSystem.read(path);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

/** Empty where the directory is missing. */
export async function listIfThere(fileSystem: FileSystem, path: string): Promise<string[]> {
  try {
    return await fileSystem.list(path);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT" || systemCode(thrown) === "ENOTDIR") return [];
    throw thrown;
  }
}

export async function removeIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.remove(path);
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOENT") throw thrown;
  }
}

export async function isThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.stat(path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return false;
    throw thrown;
  }
}

/** Writes a file of this content under a temporary name, hands the name to `publish`, and clears up after a failure. */
export async function withTemporary(
  disk: StoreDisk,
  file: { path: string; content: string; isSynced: boolean },
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const { fileSystem } = disk;
  const temporary = disk.temporaryFor(file.path);
  const open = await fileSystem.open(temporary, { create: "exclusive" });
  try {
    try {
      await open.append(Buffer.from(file.content));
      if (file.isSynced) await open.sync();
    } finally {
      await open.close();
    }
    await publish(temporary);
  } catch (thrown) {
    await removeIfThere(fileSystem, temporary).catch(() => undefined); // The first failure is the one to tell.
    throw thrown;
  }
}

/** Replaces a file in one piece; durable when it resolves. */
export async function writeDurably(disk: StoreDisk, path: string, content: string): Promise<void> {
  await withTemporary(disk, { path, content, isSynced: true }, (temporary) => disk.fileSystem.rename(temporary, path));
  await disk.syncDirectory(dirname(path));
}

/** Replaces a file in one piece without any sync: for what may be lost, but not torn by a crash of the process. */
export async function replaceFile(disk: StoreDisk, path: string, content: string): Promise<void> {
  await withTemporary(disk, { path, content, isSynced: false }, (temporary) => disk.fileSystem.rename(temporary, path));
}
