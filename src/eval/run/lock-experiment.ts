/**
 * One run of an experiment at a time: two would take each other's trials away. Owns: the lock beside the experiment's
 * folder, and taking it from a process that died. Must not: wait.
 */
import { dirname } from "node:path";
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { type ProcessTable, systemProcessTable } from "../../journal/process-table.ts";
import { readIfThere, removeIfThere } from "../../journal/store-disk.ts";
import { systemCode } from "../../journal/store-errors.ts";
import type { FileSystem } from "../../shared/file-system.ts";
import { newId, systemRandom } from "../../shared/random.ts";

const ownerSchema = z.object({ process: z.int(), bootId: z.string(), startToken: z.string().nullable() });

export interface LockOptions {
  fileSystem: FileSystem;
  processes?: ProcessTable;
}

/** How to give it back. Throws STORE_LOCKED where another call runs the experiment. */
export async function lockExperiment(folder: string, options: LockOptions): Promise<() => Promise<void>> {
  const { fileSystem, processes = systemProcessTable() } = options;
  const file = `${folder}.lock`;
  const lock: Lock = { file, own: ownText(processes), fileSystem, processes };
  await fileSystem.makeDirectory(dirname(file));
  const isTaken = (await publish(lock)) || ((await removeDead(lock)) && (await publish(lock)));
  if (!isTaken) throw isRunning(folder, file);
  return async () => {
    if ((await readText(file, fileSystem)) === lock.own) await removeIfThere(fileSystem, file);
  };
}

interface Lock {
  file: string;
  /** What this process writes into it. */
  own: string;
  fileSystem: FileSystem;
  processes: ProcessTable;
}

function ownText(processes: ProcessTable): string {
  const { id, bootId } = processes;
  return JSON.stringify({ process: id, bootId, startToken: processes.startToken(id) });
}

/** Whole, and only where there is none. */
async function publish({ file, own, fileSystem }: Lock): Promise<boolean> {
  const temporary = `${file}.${newId("lock", { nowMs: 0, random: systemRandom })}`;
  const handle = await fileSystem.open(temporary, { create: "exclusive" });
  await handle.append(Buffer.from(own));
  await handle.close();
  try {
    await fileSystem.link(temporary, file);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return false;
    throw thrown;
  } finally {
    await removeIfThere(fileSystem, temporary);
  }
}

/**
 * False where its process is at work. It is moved aside before it is removed, and put back where another call has taken
 * it meanwhile.
 */
async function removeDead({ file, fileSystem, processes }: Lock): Promise<boolean> {
  const text = await readText(file, fileSystem);
  if (text === null) return true;
  if (isAlive(text, processes)) return false;
  const aside = `${file}.${newId("dead", { nowMs: 0, random: systemRandom })}`;
  try {
    await fileSystem.rename(file, aside);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return true;
    throw thrown;
  }
  const isSame = (await readText(aside, fileSystem)) === text;
  if (!isSame) await fileSystem.link(aside, file).catch(() => undefined); // Taken again already.
  await removeIfThere(fileSystem, aside);
  return isSame;
}

/** Of another machine nothing can be told, so that its lock holds; one that a power cut has torn is nobody's. */
function isAlive(text: string, processes: ProcessTable): boolean {
  try {
    const owner = ownerSchema.parse(JSON.parse(text));
    return owner.bootId !== processes.bootId || processes.startToken(owner.process) === owner.startToken;
  } catch {
    return false;
  }
}

async function readText(file: string, fileSystem: FileSystem): Promise<string | null> {
  const bytes = await readIfThere(fileSystem, file);
  return bytes === null ? null : bytes.toString();
}

function isRunning(folder: string, file: string): PlanwrightError {
  return new PlanwrightError("STORE_LOCKED", `Another call is running this suite in '${folder}'.`, {
    hint: `Wait for it, or use another --store. If there is none (it ran on another machine), remove '${file}'.`,
  });
}
