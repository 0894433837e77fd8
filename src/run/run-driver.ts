/**
 * The driver of one run: decide → append → apply → effects, in one loop (KERNEL 1).
 * Invariant D1: `mailbox.next()` below is the one suspension point. Between two of them a run's state changes only
 * through `append`, and nothing else awaits the outside world on the run's behalf inside the loop.
 * Owns: the loop, syncing, publishing. Must not: know what steps or plans mean.
 */
import type { BlobCache } from "../journal/blob-cache.ts";
import type { JournalEntry } from "../journal/entries.ts";
import type { OwnedJournal, Signal } from "../journal/store.ts";
import { callPlanner } from "./call-planner.ts";
import { judgeAnswer, requestDecision } from "./decide.ts";
import { entriesOf, sendCommand, whyGone } from "./driver-commands.ts";
import { append, type Command, type DriverCore, type DriverEnvironment, type Message } from "./driver-core.ts";
import { createEntryListeners, type EntryListeners } from "./entry-listeners.ts";
import { endRun, finishRun } from "./finish-run.ts";
import { handleMessage } from "./handle-message.ts";
import { withinJournal } from "./journal-room.ts";
import { abandonCalls, letGo } from "./let-go.ts";
import { listenForSignals } from "./listen-for-signals.ts";
import { createMailbox } from "./mailbox.ts";
import { createReadyQueue } from "./ready-queue.ts";
import { recordObservations } from "./record-observations.ts";
import type { RunEffect } from "./run-machine.ts";
import type { RunState } from "./run-state.ts";
import { isActive, isTerminal, runStatus, waitingReason } from "./run-status.ts";
import { startCalls } from "./start-calls.ts";
import { abortRunning, watchTime } from "./stop-run.ts";
import { takeUpRun } from "./take-up-run.ts";

export interface RunDriver {
  readonly run: string;
  readonly state: RunState;
  /** Settles when the loop has ended: the run is terminal, was parked, or its store failed (then it rejects). */
  readonly closed: Promise<void>;
  /** Resolves once what follows from the person's word is durable; rejects where it is not in order. */
  command(signal: Signal): Promise<void>;
  /** Everything that was appended has been published. */
  isQuiet(): boolean;
  /**
   * Tells of entries once they are durable (SAFETY R1), in order, and of the end of the loop; returns how to stop
   * listening.
   */
  onEntries: EntryListeners["add"];
  /** Stops driving without ending the run, so that another process can take it up. */
  park(): Promise<void>;
}

export interface DriverOptions {
  journal: OwnedJournal;
  state: RunState;
  blobs: BlobCache;
  environment: DriverEnvironment;
  /** Entries appended before the driver started, to be published first. */
  unpublished: JournalEntry[];
}

/** Takes up the run where its state stands and drives it until it ends or is parked. */
export function startDriver(options: DriverOptions): RunDriver {
  const { journal, state } = options;
  const core = createCore(options);
  const { mailbox } = core;
  const listeners = createEntryListeners();
  const commands = new Set<Command>();
  const stopSignals = listenForSignals(core);
  let isClosed = false;
  const close = (error: unknown): void => {
    isClosed = true;
    stopSignals();
    abandonCalls(core);
    for (const cancel of core.timers.values()) cancel();
    mailbox.close();
    for (const command of commands) command.settle(error ?? whyGone(core, command));
    listeners.end();
  };
  const closed = drive(core, listeners).then(
    () => close(null),
    (error: unknown) => {
      close(error);
      throw error;
    },
  );
  closed.catch(() => {});
  return {
    run: journal.run,
    state,
    closed,
    isQuiet: () => core.unpublished.length === 0,
    command(signal) {
      if (!isClosed) return sendCommand(core, commands, signal);
      return closed.then(() => Promise.reject(whyGone(core, { entries: entriesOf(core, signal) })));
    },
    onEntries: listeners.add,
    async park() {
      mailbox.post({ kind: "park" });
      await closed;
    },
  };
}

function createCore({ journal, state, blobs, environment, unpublished }: DriverOptions): DriverCore {
  return {
    environment,
    journal,
    state,
    mailbox: createMailbox<Message>(environment.clock),
    ready: createReadyQueue(),
    blobs,
    running: new Map(),
    appendedAtMs: environment.clock.monotonic(),
    undoing: null,
    observed: null,
    dueRetries: [],
    timers: new Map(),
    effects: [],
    heldEffects: [],
    unpublished: [...unpublished],
    slotsUsed: 0,
    started: 0,
    abortPlanner: null,
    isAsking: false,
    streamed: null,
    awaitingBudget: [],
  };
}

async function drive(core: DriverCore, listeners: EntryListeners): Promise<void> {
  withinJournal(core, () => takeUpRun(core));
  const flush = createFlusher(core, listeners);
  for (;;) {
    do withinJournal(core, () => goOn(core));
    while (core.effects.length > 0 && core.observed !== "storing");
    watchTime(core);
    flush();
    if (isTerminal(runStatus(core.state, true))) break;
    const messages = await core.mailbox.next();
    if (messages.length > 1) messages.sort((left, right) => orderOf(left) - orderOf(right));
    if (handleAll(core, messages) === "park") break;
  }
  if (!isTerminal(runStatus(core.state, true))) await letGo(core);
  await core.journal.sync();
  publish(core, listeners);
}

/** Everything that can be done at this moment. */
function goOn(core: DriverCore): void {
  do {
    if (!recordObservations(core)) return;
    performEffects(core);
  } while (startCalls(core) || core.effects.length > 0);
}

/** Completions that arrive together are taken by start; everything else keeps its place before them. */
function orderOf(message: Message): number {
  return message.kind === "call-settled" ? message.order : 0;
}

function handleAll(core: DriverCore, messages: readonly Message[]): "park" | "go on" {
  for (const message of messages) {
    if (message.kind === "park") return "park";
    withinJournal(core, () => handleMessage(core, message));
  }
  return "go on";
}

function performEffects(core: DriverCore): void {
  if (core.heldEffects.length > 0 && !isHeld(core)) core.effects.push(...core.heldEffects.splice(0));
  for (let effect = core.effects.shift(); effect !== undefined; effect = core.effects.shift()) perform(core, effect);
}

/** Nothing is asked or started before a person resumes the run. */
function isHeld(core: DriverCore): boolean {
  return core.state.ledger.waiting?.hold === true;
}

const WAIT_FOR_RESUME: ReadonlySet<RunEffect> = new Set(["requestDecision", "callPlanner", "checkDecision"]);

function perform(core: DriverCore, effect: RunEffect): void {
  const { ledger } = core.state;
  if (isHeld(core) && WAIT_FOR_RESUME.has(effect)) {
    core.heldEffects.push(effect);
    return;
  }
  switch (effect) {
    case "requestDecision":
      return requestDecision(core);
    case "callPlanner":
      return callPlanner(core);
    case "checkDecision":
      return judgeAnswer(core);
    case "askQuestion":
      if (ledger.lastDecision?.kind !== "ask") return;
      append(core, { kind: "question.asked", data: { n: ledger.decisions, question: ledger.lastDecision.question } });
      return;
    case "announceWaiting":
      if (ledger.waiting !== null || !isActive(core.state)) return;
      append(core, { kind: "run.waiting", data: waitingReason(ledger) });
      return;
    case "announceResumed":
      if (ledger.waiting === null || ledger.waiting.hold || !isActive(core.state)) return;
      append(core, { kind: "run.resumed", data: { seal: null, by: "run" } });
      return;
    case "finishRun":
      return finishRun(core);
    case "abortRunning":
      return abortRunning(core);
    case "endRun":
      return endRun(core);
  }
}

/** Syncs in the background, one sync at a time, and publishes what became durable. */
function createFlusher(core: DriverCore, listeners: EntryListeners): () => void {
  let isFlushing = false;
  const flush = (): void => {
    if (isFlushing || core.unpublished.length === 0) return;
    isFlushing = true;
    core.journal.sync().then(
      () => {
        isFlushing = false;
        publish(core, listeners);
        flush();
      },
      (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
    );
  };
  return flush;
}

function publish(core: DriverCore, listeners: EntryListeners): void {
  const { synced } = core.journal;
  let count = 0;
  while (count < core.unpublished.length && (core.unpublished[count]?.seq ?? Infinity) <= synced) count += 1;
  const entries = core.unpublished.splice(0, count);
  if (entries.length === 0) return;
  listeners.tell(entries);
}
