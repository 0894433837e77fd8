/** The typed errors of a store. Owns: their words, and which code a file system's error becomes. */
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";

/** `code` of a Node error such as ENOENT; empty where there is none. */
export function systemCode(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** STORE_FULL or STORE_IO for what the file system threw; errors of ours stay as they are. */
export function storeFailure(thrown: unknown, what: string, run: string | null = null): PlanwrightError {
  if (thrown instanceof PlanwrightError) return thrown;
  const isFull = FULL.has(systemCode(thrown));
  return new PlanwrightError(isFull ? "STORE_FULL" : "STORE_IO", `${what} failed: ${describeThrown(thrown)}.`, {
    runId: run,
    cause: thrown,
    hint: isFull
      ? "Free some space, then resume the run. Nothing after the last acknowledged entry counts."
      : "Check the disk and the folder's rights, then resume the run. Nothing after the last acknowledged entry counts.",
  });
}

/** Runs a call on the file system and throws what it throws as a store error. */
export async function asStoreCall<T>(what: string, run: string | null, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw storeFailure(thrown, what, run);
  }
}

export function runNotFound(run: string): PlanwrightError {
  return new PlanwrightError("NOT_FOUND", `There is no run '${run.slice(0, 80)}' in this store.`, {
    hint: "List the runs to see which there are; check the store folder.",
  });
}

export function runLocked(run: string, why: string): PlanwrightError {
  return new PlanwrightError("STORE_LOCKED", `Run '${run}' is owned by another live process (${why}).`, {
    runId: run,
    hint: "Wait for it to finish, send it a signal instead, or stop that process.",
  });
}

export function runFenced(run: string, epoch: number): PlanwrightError {
  return new PlanwrightError("STORE_FENCED", `Another process took over run '${run}' after epoch ${epoch}.`, {
    runId: run,
    hint: "This process must stop working on the run; its unacknowledged entries do not count.",
  });
}

/** For calls on a journal after its `release`. */
export function runReleased(run: string): PlanwrightError {
  return new PlanwrightError("STORE_FENCED", `This process has given run '${run}' up.`, {
    runId: run,
    hint: "Acquire the run again before appending to it.",
  });
}

export function runExists(run: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `There is a run '${run}' already.`, {
    runId: run,
    hint: "Use a new run id.",
  });
}

export function keyConflict(key: string, run: string): PlanwrightError {
  return new PlanwrightError(
    "IDEMPOTENCY_CONFLICT",
    `Idempotency key '${key.slice(0, 80)}' belongs to another request.`,
    {
      runId: run,
      hint: "Send the same request again, or use a new key.",
    },
  );
}

export function journalCorrupt(run: string, what: string): PlanwrightError {
  return new PlanwrightError("JOURNAL_CORRUPT", `The journal of run '${run}' is damaged: ${what}.`, {
    runId: run,
    hint: "Restore the run's folder from a backup. The run is read-only; other runs are not concerned.",
  });
}

export function journalVersion(run: string, what: string): PlanwrightError {
  return new PlanwrightError(
    "JOURNAL_VERSION",
    `The journal of run '${run}' was written by another version: ${what}.`,
    {
      runId: run,
      hint: "Open it with the version of Planwright that wrote it, or a newer one.",
    },
  );
}

export function runUnfinished(run: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `Run '${run}' has not ended, so it is not removed.`, {
    runId: run,
    hint: "Cancel it first, or allow unfinished runs to be removed.",
  });
}
