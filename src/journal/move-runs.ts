/**
 * Whole runs come into a store and leave it in one piece. Owns: that after a crash at any moment a run is either there
 * with all of its files, or not there. Must not: judge whether it may come or go.
 */
import { join } from "node:path";
import { journalPath, runFolder, runsFolder } from "./run-folder.ts";
import type { RunFiles } from "./store.ts";
import { listIfThere, type StoreDisk } from "./store-disk.ts";
import { runExists, systemCode } from "./store-errors.ts";

/** What `rename` says where the run is there already. */
const TAKEN: ReadonlySet<string> = new Set(["ENOTEMPTY", "EEXIST", "EISDIR", "ENOTDIR"]);

/** Readers pass over names that are no run's id. */
const LEFT_OVER = /^run_[0-9a-z]+\..+\.tmp$/;

/** Another process may be at work with a younger one. */
const ABANDONED_AFTER_MS = 600_000;

/** Files first, under another name; durable when it resolves. Throws the error of a run that exists. */
export async function placeRun(disk: StoreDisk, run: string, { epochs, blobs }: RunFiles): Promise<void> {
  const { fileSystem, root } = disk;
  const folder = runFolder(root, run);
  const temporary = disk.temporaryFor(folder);
  try {
    await fileSystem.makeDirectory(join(temporary, "blobs"));
    for (const [name, text] of blobs) await writeFile(disk, join(temporary, "blobs", name), text);
    for (const [epoch, text] of epochs) await writeFile(disk, journalPath(temporary, epoch), text);
    await fileSystem.syncDirectory(join(temporary, "blobs"));
    await fileSystem.syncDirectory(temporary);
    await fileSystem.rename(temporary, folder);
  } catch (thrown) {
    await fileSystem.removeDirectory(temporary).catch(() => undefined); // The first failure is the one to tell.
    throw TAKEN.has(systemCode(thrown)) ? runExists(run) : thrown;
  }
  await disk.syncDirectory(runsFolder(root));
}

async function writeFile({ fileSystem }: StoreDisk, path: string, text: string): Promise<void> {
  const file = await fileSystem.open(path, { create: "exclusive" });
  try {
    await file.append(Buffer.from(text));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The name first: from then on the run is gone, whatever becomes of its files. Also clears up after earlier crashes. */
export async function takeRunAway(disk: StoreDisk, run: string): Promise<void> {
  const { fileSystem, root, clock } = disk;
  const folder = runFolder(root, run);
  const temporary = disk.temporaryFor(folder);
  await fileSystem.rename(folder, temporary);
  await disk.syncDirectory(runsFolder(root));
  await fileSystem.removeDirectory(temporary);
  for (const name of await listIfThere(fileSystem, runsFolder(root))) {
    if (!LEFT_OVER.test(name)) continue;
    const path = join(runsFolder(root), name);
    const { modifiedMs } = await fileSystem.stat(path);
    if (clock.now() - modifiedMs > ABANDONED_AFTER_MS) await fileSystem.removeDirectory(path);
  }
}
