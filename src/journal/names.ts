/** Names that come from outside and end up as file names. Owns: which are safe. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { runNotFound } from "./store-errors.ts";

const RUN_ID = /^run_[0-9a-z]{6,40}$/;
const SIGNAL_ID = /^[A-Za-z0-9_-]{1,80}$/;
const BLOB_NAME = /^[0-9a-f]{64}$/;

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** Throws NOT_FOUND for anything that cannot be a run's id, such as a path. */
export function checkRunId(run: string): void {
  if (!isRunId(run)) throw runNotFound(run);
}

/** Throws VALIDATION for ids that could leave the signals folder. */
export function checkSignalId(id: string): void {
  if (SIGNAL_ID.test(id)) return;
  throw new PlanwrightError("VALIDATION", `'${id.slice(0, 80)}' cannot be a signal's id.`, {
    hint: "Use up to 80 letters, digits, underscores and hyphens.",
  });
}

export function isBlobName(text: string): boolean {
  return BLOB_NAME.test(text);
}
