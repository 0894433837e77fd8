/**
 * `planwright runs watch RUN`: follows a run that any process drives, from its first event on. With --json one event
 * per line. Ends with the run, and where nobody drives it. Ctrl-C ends the watching, never the run.
 */
import type { RunEvent, RunResult } from "../../run/run-result.ts";
import type { Call } from "../call.ts";
import { EXIT, exitCodeOf } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { concludeRun, tellWaiting } from "../follow/conclude-run.ts";
import { createProgress } from "../follow/create-progress.ts";
import { type Session, withReadSession } from "../open-session.ts";

export async function runsWatchCommand(call: Call): Promise<number> {
  return withReadSession(call, async (session) => {
    const run = await findRun(session.store, call.args[0] ?? "");
    return call.report.isJson ? watchAsLines(session, run) : watchAsTree(session, run);
  });
}

async function watchAsLines(session: Session, run: string): Promise<number> {
  const { report, terminal } = session.call;
  const stopped = untilStopped(session);
  const result = await follow(session, run, {
    stopped: stopped.signal,
    isOver: () => stopped.isStopped() || terminal.stdout.isBroken(),
    tell: (event) => report.printJsonLine(event),
  });
  stopped.end();
  return stopped.isStopped() ? EXIT.cancelled : exitCodeOf(result.status);
}

async function watchAsTree(session: Session, run: string): Promise<number> {
  const { call, runtime } = session;
  const stopped = untilStopped(session);
  const progress = createProgress({ ...call, read: () => runtime.runs.get(run), commandLine: session.commandLine });
  try {
    const result = await follow(session, run, {
      stopped: stopped.signal,
      isOver: stopped.isStopped,
      tell: (event) => progress.event(event),
    });
    await progress.finish(result);
    if (stopped.isStopped()) return EXIT.cancelled;
    if (result.status !== "waiting") return concludeRun(session, result);
    tellWaiting(session, result);
    return EXIT.waiting;
  } finally {
    stopped.end();
    progress.stop();
  }
}

interface Watching {
  stopped: AbortSignal;
  isOver: () => boolean;
  tell: (event: RunEvent) => void;
}

/** Resolves with the run as it is at the end, or when nobody drives it, or when the watching is over. */
async function follow({ runtime }: Session, run: string, { stopped, isOver, tell }: Watching): Promise<RunResult> {
  for await (const event of runtime.runs.events(run, { signal: stopped })) {
    tell(event);
    if (isOver()) break;
  }
  return runtime.runs.get(run);
}

function untilStopped({ call }: Session): { signal: AbortSignal; isStopped: () => boolean; end: () => void } {
  const controller = new AbortController();
  const { signal } = controller;
  const end = call.terminal.onSignal(() => {
    if (signal.aborted) call.terminal.exit(EXIT.cancelled);
    controller.abort();
  });
  return { signal, isStopped: () => signal.aborted, end };
}
