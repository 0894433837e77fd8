/**
 * Goes along with a run that this process drives, until it ends or waits for somebody who is not here. Owns: progress,
 * Ctrl-C (cancels; twice kills), SIGTERM and SIGHUP (park) and the dialogue with the person at the terminal.
 */
import type { RunResult } from "../../run/run-result.ts";
import { EXIT } from "../exit-code.ts";
import type { Session } from "../open-session.ts";
import { isInteractive } from "../terminal.ts";
import { askPerson } from "./ask-person.ts";
import { createProgress } from "./create-progress.ts";
import type { Progress } from "./progress.ts";

export interface FollowOptions {
  run: string;
  /** Last event that needs no telling; -1 for a new run. */
  after: number;
}

/** Resolves with the result as it is then. Rejects where the run's store failed. */
export async function followRun(session: Session, { run, after }: FollowOptions): Promise<RunResult> {
  const { call, runtime } = session;
  const progress = createProgress({ ...call, read: () => runtime.runs.get(run) });
  const interrupts = catchSignals(session, run, progress);
  const telling = tellEvents(session, { run, after }, progress);
  try {
    const result = await driveToEnd(session, { run, progress, interrupts });
    const final = interrupts.isParked() ? await interrupts.parked() : result;
    await runtime.close(); // Ends the stream of events, so that every one of them is told before the end is.
    await telling;
    await progress.finish(final);
    return final;
  } finally {
    progress.stop();
    interrupts.stop();
  }
}

interface Following {
  run: string;
  progress: Progress;
  interrupts: Interrupts;
}

async function driveToEnd(session: Session, following: Following): Promise<RunResult> {
  for (;;) {
    const result = await session.runtime.runs.settled(following.run);
    if (result.status !== "waiting" || following.interrupts.isParked()) return result;
    if ((await tryToGoOn(session, result, following)) === "leave") return result;
  }
}

/** The run waits: for a cancel to take effect, for the person here, or for somebody who is not. */
async function tryToGoOn(session: Session, result: RunResult, following: Following): Promise<"go on" | "leave"> {
  const { progress, interrupts } = following;
  if (interrupts.signal.aborted) return (await interrupts.cancelled()) ? "go on" : "leave";
  if (!isInteractive(session.call.terminal)) return "leave";
  await progress.pause(result);
  const reply = await askPerson(session, result, interrupts.signal);
  if (reply === "quit" && !interrupts.signal.aborted) return "leave";
  progress.resume();
  return "go on";
}

interface Interrupts {
  /** Aborts at the first signal: open prompts close. */
  signal: AbortSignal;
  /** Resolves once a requested cancel is durable; false where it was refused. */
  cancelled(): Promise<boolean>;
  isParked(): boolean;
  /** The run as it was left. */
  parked(): Promise<RunResult>;
  stop(): void;
}

function catchSignals(session: Session, run: string, progress: Progress): Interrupts {
  const { call, runtime } = session;
  const { terminal, report } = call;
  const controller = new AbortController();
  let cancelling = Promise.resolve(false);
  let parking: Promise<RunResult> | null = null;
  const kill = (code: number): void => {
    progress.stop();
    report.note("Killed. What was running can be resumed: its journal is kept.");
    terminal.exit(code);
  };
  const interrupt = (): void => {
    progress.note(report.noteStyle.yellow("Cancelling … press Ctrl-C again to kill."));
    cancelling = runtime.runs.cancel(run).then(
      () => true,
      () => false, // It has ended meanwhile: nothing is left to cancel.
    );
  };
  const park = async (): Promise<RunResult> => {
    await runtime.close();
    return runtime.runs.get(run);
  };
  const stop = terminal.onSignal((signal) => {
    if (controller.signal.aborted) return kill(signal === "SIGINT" ? EXIT.cancelled : EXIT.parked);
    if (signal === "SIGINT") interrupt();
    else parking = park();
    controller.abort();
  });
  return {
    signal: controller.signal,
    cancelled: () => cancelling,
    isParked: () => parking !== null,
    parked: () => parking ?? runtime.runs.get(run),
    stop,
  };
}

async function tellEvents(session: Session, { run, after }: FollowOptions, progress: Progress): Promise<void> {
  try {
    for await (const event of session.runtime.runs.events(run, { after })) progress.event(event);
  } catch {
    // A journal that can't be read is the result's to report.
  }
}
