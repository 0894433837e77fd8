/**
 * One run of an experiment at a time: two would take each other's trials away. Owns: the lock beside the experiment's
 * folder, and taking it from a process that died. Must not: wait.
 */
import { dirname } from "node:path";
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { type ProcessTable, systemProcessTable } from "../../journal/process-table.ts";
import type { FileSystem } from "../../shared/file-system.ts";

const ownerSchema = z.object({ process: z.int(), bootId: z.string(), startToken: z.string().nullable() });

export interface LockOptions {
  fileSystem: FileSystem;
  processes?: ProcessTable;
}

/** How to give it back. Throws STORE_LOCKED where another call runs the experiment. */
export async function lockExperiment(folder: string, options: LockOptions): Promise<() => Promise<void>> {
  const { fileSystem, processes = systemProcessTable() } = options;
  const file = `${folder}.lock`;
  const own = { process: processes.id, bootId: processes.bootId, startToken: processes.startToken(processes.id) };
  await fileSystem.makeDirectory(dirname(file));
  if (!(await create(file, own, fileSystem))) {
    if (await isAlive(file, fileSystem, processes)) throw isRunning(folder, file);
    await fileSystem.remove(file).catch(ignoreMissing);
    if (!(await create(file, own, fileSystem))) throw isRunning(folder, file);
  }
  return () => fileSystem.remove(file).catch(ignoreMissing);
}

async function create(file: string, owner: z.infer<typeof ownerSchema>, fileSystem: FileSystem): Promise<boolean> {
  try {
    const handle = await fileSystem.open(file, { create: "exclusive" });
    await handle.append(Buffer.from(JSON.stringify(owner)));
    await handle.close();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw thrown;
  }
}

/** Of another machine nothing can be told, so that its lock holds. */
async function isAlive(file: string, fileSystem: FileSystem, processes: ProcessTable): Promise<boolean> {
  try {
    const text = Buffer.from(await fileSystem.read(file)).toString();
    const owner = ownerSchema.parse(JSON.parse(text));
    return owner.bootId !== processes.bootId || processes.startToken(owner.process) === owner.startToken;
  } catch (thrown) {
    // Gone meanwhile, or not yet written: whoever made it is at work.
    return (thrown as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function isRunning(folder: string, file: string): PlanwrightError {
  return new PlanwrightError("STORE_LOCKED", `Another call is running this suite in '${folder}'.`, {
    hint: `Wait for it, or use another --store. If there is none (it ran on another machine), remove '${file}'.`,
  });
}

function ignoreMissing(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
}
