/**
 * A short lock on something that the processes of one store share. Owns: taking it, giving it back, and taking it from a
 * process that died. Must not: guard truth; a lock that is broken too early may only cost a rebuild.
 */

import { isRecent } from "./owner-file.ts";
import type { StoreDisk } from "./store-disk.ts";
import { removeIfThere } from "./store-disk.ts";
import { systemCode } from "./store-errors.ts";

/** How to give the lock back; null where another process holds it. A lock older than 10 s is taken for abandoned. */
export async function takeStoreLock(disk: StoreDisk, path: string): Promise<(() => Promise<void>) | null> {
  if (!(await createLock(disk, path))) {
    const isAbandoned = await isOld(disk, path);
    if (isAbandoned) await removeIfThere(disk.fileSystem, path);
    if (!isAbandoned || !(await createLock(disk, path))) return null;
  }
  return () => removeIfThere(disk.fileSystem, path);
}

async function createLock({ fileSystem }: StoreDisk, path: string): Promise<boolean> {
  try {
    await (await fileSystem.open(path, { create: "exclusive" })).close();
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

async function isOld(disk: StoreDisk, path: string): Promise<boolean> {
  try {
    return !isRecent((await disk.fileSystem.stat(path)).modifiedMs, disk);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return true;
    throw thrown;
  }
}
