/**
 * Where experiments lie: `<store>/evals/<experiment>`, each with its trial journal, what judges said, and the runs of its trials. Owns: the
 * layout, and finding the newest experiment of a suite. Must not: run anything.
 */
import { join } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { FileSystem } from "../../shared/file-system.ts";
import type { LoadedSuite } from "../loaded-suite.ts";
import type { LinesPlace } from "./growing-lines.ts";
import { readTrialJournal, type TrialJournal } from "./trial-journal.ts";

export function experimentsFolder(store: string): string {
  return join(store, "evals");
}

export function experimentFolder(store: string, experiment: string): string {
  return join(experimentsFolder(store), experiment);
}

export function journalFile(folder: string): string {
  return join(folder, "trials.jsonl");
}

/** The trials themselves. */
export function trialsPlace(folder: string, fileSystem: FileSystem): LinesPlace {
  return { file: journalFile(folder), fileSystem };
}

/** What judges said of the trials. */
export function judgementsPlace(folder: string, fileSystem: FileSystem): LinesPlace {
  return { file: join(folder, "judgements.jsonl"), fileSystem };
}

/** The newest one whose trials were asked as this suite would ask them. Throws NOT_FOUND. */
export async function findExperiment(
  suite: LoadedSuite,
  { store, fileSystem }: { store: string; fileSystem: FileSystem },
): Promise<{ folder: string; journal: TrialJournal }> {
  const root = experimentsFolder(store);
  const names = await fileSystem.list(root).catch(() => [] as string[]);
  let found: { folder: string; journal: TrialJournal; modifiedMs: number } | null = null;
  for (const name of names.filter((one) => /^exp_[0-9a-z]+$/.test(one))) {
    const folder = join(root, name);
    const file = journalFile(folder);
    const stat = await fileSystem.stat(file).catch(() => null);
    if (stat === null || (found !== null && stat.modifiedMs <= found.modifiedMs)) continue;
    const journal = await readTrialJournal({ file, fileSystem });
    const isSame = journal?.header.suite === suite.name && journal.header.askedHash === suite.askedHash;
    if (journal !== null && isSame) found = { folder, journal, modifiedMs: stat.modifiedMs };
  }
  if (found !== null) return found;
  throw new PlanwrightError("NOT_FOUND", `No experiment of suite '${suite.name}' as it is now is in '${store}'.`, {
    hint: "Goals, documents or tools have changed since, or it was run with another --store: run it first.",
  });
}
