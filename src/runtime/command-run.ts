/**
 * A person's word to a run, whoever drives it (KERNEL 19): this runtime, another process (by signal), or nobody, in
 * which case this runtime takes the run over.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { loadBlobs } from "../journal/blob-cache.ts";
import type { JournalEntry, NewEntry } from "../journal/entries.ts";
import type { Signal, SignalKind } from "../journal/store.ts";
import { entriesOf } from "../run/driver-commands.ts";
import { factsOf, findCall, toolOf } from "../run/ledger.ts";
import { foldJournal, type RunState } from "../run/run-state.ts";
import { runStatus } from "../run/run-status.ts";
import type { JsonObject } from "../shared/json.ts";
import { newId } from "../shared/random.ts";
import { incompatibility } from "../step/step-factory.ts";
import type { ActiveRun, ActiveRuns } from "./active-runs.ts";
import type { SeenRun } from "./recover-run.ts";
import { environmentOf } from "./run-planning.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** How often another process's journal is looked at, and for how long. */
const POLL_MS = 100;
const PATIENCE_MS = 15_000;

/** How often a word looks again for who owns the run, where owners come and go. */
const LOOKS = 5;

interface Word {
  run: string;
  kind: SignalKind;
  data: JsonObject;
}

/** Resolves once the word is journalled and durable. Throws what `commandEntries` throws, NOT_FOUND, STORE_ codes. */
export async function commandRun(environment: RuntimeEnvironment, active: ActiveRuns, word: Word): Promise<void> {
  const { clock, random } = environment;
  const signal: Signal = { id: newId("sig", { nowMs: clock.now(), random }), kind: word.kind, data: word.data };
  for (let look = 1; ; look++) {
    const own = active.get(word.run);
    if (own !== undefined) return (await own.driver()).command(signal);
    if (word.kind === "resume" && active.isQueued(word.run)) return; // It goes on as soon as there is a place.
    const seen = await readState(environment, word.run);
    const its = await environmentFor(environment, word, seen.state);
    const entries = entriesOf({ environment: its, state: seen.state }, signal)();
    if (seen.isOwned) return tellOwner(environment, active, { signal, state: seen.state, entries: entries.length });
    for (const entry of entries) checkCallable(its, seen.state, entry);
    if (await tellTakenRun(active, word, { signal, seen, isLast: look === LOOKS })) return;
  }
}

/** A run can be cancelled, or put back in the queue, also where the model that it asked for cannot be had. */
async function environmentFor(
  environment: RuntimeEnvironment,
  { kind }: Word,
  { ledger }: RunState,
): Promise<RuntimeEnvironment> {
  return kind === "cancel" || kind === "resume" ? environment : environmentOf(environment, ledger.accepted.asked);
}

/** Takes over a run that nobody drives, and tells it; false where another process was faster. */
async function tellTakenRun(
  active: ActiveRuns,
  word: Word,
  { signal, seen, isLast }: { signal: Signal; seen: SeenRun; isLast: boolean },
): Promise<boolean> {
  const isUnknown = waitsForOutcome(seen.state); // Whoever takes the run over goes on with what was seen.
  if (word.kind === "resume" && !isUnknown && !isHeld(seen)) {
    await active.goOn(word.run, seen);
    return true;
  }
  const taken = await takeOver(active, word, { seen, isLast });
  if (taken === null) return false;
  if (word.kind !== "resume" || isUnknown) await (await taken.driver()).command(signal);
  return true;
}

/** An approval is used up by the call that follows: where that call cannot be made here, the word is not taken. */
function checkCallable({ tools }: RuntimeEnvironment, { ledger }: RunState, entry: NewEntry): void {
  if (entry.kind !== "approval.granted") return;
  const call = findCall(ledger, { step: entry.step ?? "", index: entry.index ?? null });
  if (call === undefined) return;
  const name = toolOf(call);
  const problem = incompatibility(name, factsOf(call), tools.get(name));
  if (problem === null) return;
  throw new PlanwrightError("RESUME_INCOMPATIBLE", `Step '${call.step.id}' cannot go on here: ${problem}.`, {
    runId: ledger.run,
    stepId: call.step.id,
    hint: "Give the tools with which the run was started (--tools FILE, or `tools` of the runtime), then approve again; the approval is still open.",
  });
}

/** Null where another process was a moment faster: it gets the word instead. Only one of them can resume the run. */
async function takeOver(
  active: ActiveRuns,
  { run, kind }: Word,
  { seen, isLast }: { seen: SeenRun | null; isLast: boolean },
): Promise<ActiveRun | null> {
  try {
    return await active.takeOver(run, kind === "resume" && isHeld(seen) ? "person" : "owner", seen);
  } catch (thrown) {
    if (kind !== "resume" && !isLast && isLocked(thrown)) return null;
    throw thrown;
  }
}

function isHeld(seen: SeenRun | null): boolean {
  return seen?.state.ledger.waiting?.hold === true;
}

function isLocked(thrown: unknown): boolean {
  return thrown instanceof PlanwrightError && thrown.code === "STORE_LOCKED";
}

/** Leaves the word to the process that owns the run. Nothing to do for it: cancelled already, or driven already. */
async function tellOwner(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  { signal, state, entries }: { signal: Signal; state: RunState; entries: number },
): Promise<void> {
  const { run, seq } = state.ledger;
  if (entries === 0 && signal.kind === "resume") {
    throw new PlanwrightError("STORE_LOCKED", `Run '${run}' is driven by another live process.`, {
      runId: run,
      hint: "Follow the run's events; it needs no resuming while that process lives.",
    });
  }
  if (entries === 0) return;
  await environment.store.signal(run, signal);
  await waitForEffect(environment, active, { signal, run, seq });
}

/** An interrupted run goes on first; what is unknown is asked about once nothing else is left to do. */
function waitsForOutcome(state: RunState): boolean {
  return state.ledger.tallies.unknown > 0 && runStatus(state, false) === "waiting";
}

export async function readState(
  environment: RuntimeEnvironment,
  run: string,
  options: { isDurable?: boolean } = {},
): Promise<SeenRun & { isOwned: boolean }> {
  const { entries, isOwned, blobs } = await environment.store.read(run, options);
  const cache = await loadBlobs(entries, blobs);
  return { state: foldJournal(entries, cache.read), blobs: cache, isOwned, entries };
}

/**
 * The owner has obeyed once an entry that answers the word has come; where it died, this process takes its place.
 * Throws RUN_ENDED where the run was over before the owner heard the word: then nothing came of it.
 */
async function waitForEffect(
  environment: RuntimeEnvironment,
  active: ActiveRuns,
  word: { signal: Signal; run: string; seq: number },
): Promise<void> {
  const { clock, store } = environment;
  const until = clock.monotonic() + PATIENCE_MS;
  while (clock.monotonic() < until) {
    await new Promise<void>((resolve) => clock.setTimer(POLL_MS, resolve));
    const { entries, isOwned } = await store.read(word.run, { isDurable: true });
    if (entries.some((entry) => entry.seq > word.seq && isEffect(entry, word.signal))) return;
    checkNotEnded(word.run, entries.at(-1));
    if (!isOwned) await takeOver(active, { run: word.run, ...word.signal }, { seen: null, isLast: false });
  }
  throw new PlanwrightError(
    "STORE_LOCKED",
    `The process that drives run ${word.run} did not take up the ${word.signal.kind}.`,
    {
      runId: word.run,
      hint: "It was left for the next owner; look at the run's result.",
    },
  );
}

function checkNotEnded(run: string, last: JournalEntry | undefined): void {
  if (last?.kind !== "run.ended") return;
  throw new PlanwrightError("RUN_ENDED", `The run is ${last.data.status}.`, {
    runId: run,
    hint: "Start or fork a run instead.",
  });
}

const EFFECTS: Record<SignalKind, ReadonlySet<string>> = {
  approve: new Set(["approval.granted"]),
  reject: new Set(["approval.denied"]),
  answer: new Set(["question.answered"]),
  cancel: new Set(["cancel.requested"]),
  resume: new Set(["run.resumed", "step.failed"]),
};

function isEffect(entry: JournalEntry, { kind, data }: Signal): boolean {
  if (!EFFECTS[kind].has(entry.kind)) return false;
  const isDecision = entry.kind === "approval.granted" || entry.kind === "approval.denied";
  return !isDecision || data.approval === undefined || data.approval === entry.data.approval;
}
