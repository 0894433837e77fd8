/** The layout of a store's folder (KERNEL 18–20). Owns: where each file of a run is. */
import { join } from "node:path";

export function runsFolder(root: string): string {
  return join(root, "runs");
}

export function keysFolder(root: string): string {
  return join(root, "keys");
}

/** `run` must have passed `checkRunId`. */
export function runFolder(root: string, run: string): string {
  return join(root, "runs", run);
}

export function journalPath(folder: string, epoch: number): string {
  return join(folder, `journal.${epoch}.jsonl`);
}

export function ownerPath(folder: string, epoch: number): string {
  return join(folder, `owner.${epoch}`);
}

/** The last epoch that a journal's name can tell. */
export const LAST_EPOCH = 999_999_999;

const JOURNAL_NAME = /^journal\.(0|[1-9][0-9]{0,8})\.jsonl$/;

/** Epochs that have a journal file, newest first. */
export function epochsIn(names: readonly string[]): number[] {
  const epochs: number[] = [];
  for (const name of names) {
    const found = JOURNAL_NAME.exec(name);
    if (found !== null) epochs.push(Number(found[1]));
  }
  return epochs.sort((left, right) => right - left);
}
