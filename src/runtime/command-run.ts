/**
 * A person's word to a run, whoever drives it (KERNEL 19): this runtime, another process (by signal), or nobody, in
 * which case this runtime takes the run over.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { loadBlobs } from "../journal/blob-cache.ts";
import type { Signal } from "../journal/store.ts";
import { commandEntries } from "../run/commands.ts";
import { foldJournal, type RunState } from "../run/run-state.ts";
import type { JsonObject } from "../shared/json.ts";
import { newId } from "../shared/random.ts";
import type { ActiveRuns } from "./active-runs.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** How often another process's journal is looked at, and for how long. */
const POLL_MS = 100;
const PATIENCE_MS = 15_000;

/** Resolves once the word is journalled and durable. Throws what `commandEntries` throws, NOT_FOUND, STORE_ codes. */
export async function commandRun(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  word: { run: string; kind: Signal["kind"]; data: JsonObject },
): Promise<void> {
  const { clock, random, store } = environment;
  const signal: Signal = { id: newId("sig", { nowMs: clock.now(), random }), kind: word.kind, data: word.data };
  const own = active.get(word.run);
  if (own !== undefined) return (await own.driver()).command(signal);
  const seen = await readState(environment, word.run);
  checkWord(environment, seen.state, signal);
  if (seen.isOwned) {
    await store.signal(word.run, signal);
    return waitForEffect(environment, signal, { run: word.run, seq: seen.state.ledger.seq });
  }
  const isHeld = seen.state.ledger.waiting?.hold === true;
  const taken = await active.takeOver(word.run, word.kind === "resume" && isHeld ? "person" : "owner");
  if (word.kind === "resume" && !hasUnknown(seen.state)) return;
  return (await taken.driver()).command(signal);
}

function hasUnknown(state: RunState): boolean {
  return state.ledger.tallies.unknown > 0;
}

/** An unowned run may always be resumed, unless only a person's answer helps. */
function checkWord(environment: RuntimeEnvironment, state: RunState, signal: Signal): void {
  const { tools, clock } = environment;
  commandEntries(state.ledger, signal, { nowMs: clock.now(), getTool: tools.get });
}

export async function readState(
  environment: RuntimeEnvironment,
  run: string,
): Promise<{ state: RunState; isOwned: boolean }> {
  const { entries, isOwned, blobs } = await environment.store.read(run);
  const cache = await loadBlobs(entries, blobs);
  return { state: foldJournal(entries, cache.read), isOwned };
}

/** The owner has obeyed once the same word is out of order, or an entry of its kind has come. */
async function waitForEffect(
  environment: RuntimeEnvironment,
  signal: Signal,
  since: { run: string; seq: number },
): Promise<void> {
  const { clock, store } = environment;
  const until = clock.monotonic() + PATIENCE_MS;
  while (clock.monotonic() < until) {
    await new Promise<void>((resolve) => clock.setTimer(POLL_MS, resolve));
    const { entries, isOwned } = await store.read(since.run);
    if (entries.some((entry) => entry.seq > since.seq && EFFECTS[signal.kind].has(entry.kind))) return;
    if (!isOwned) break;
  }
  throw new PlanwrightError(
    "STORE_LOCKED",
    `The process that drives run ${since.run} did not take up the ${signal.kind}.`,
    {
      runId: since.run,
      hint: "It was left for the next owner; look at runs show.",
    },
  );
}

const EFFECTS: Record<Signal["kind"], ReadonlySet<string>> = {
  approve: new Set(["approval.granted"]),
  reject: new Set(["approval.denied"]),
  answer: new Set(["question.answered"]),
  cancel: new Set(["cancel.requested", "run.ended"]),
  resume: new Set(["run.resumed", "step.failed"]),
};
