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
import { type Session, withSession } from "../open-session.ts";

const LOOK_MS = 200;

export async function runsWatchCommand(call: Call): Promise<number> {
  return withSession(call, async (session) => {
    const run = await findRun(session.store, call.args[0] ?? "");
    return call.report.isJson ? watchAsLines(session, run) : watchAsTree(session, run);
  });
}

async function watchAsLines(session: Session, run: string): Promise<number> {
  const { report, terminal } = session.call;
  const stopped = untilStopped(session);
  const result = await follow(session, run, {
    isOver: () => stopped.isStopped() || terminal.stdout.isBroken(),
    tell: (event) => report.printJsonLine(event),
  });
  stopped.end();
  return stopped.isStopped() ? EXIT.cancelled : exitCodeOf(result.status);
}

async function watchAsTree(session: Session, run: string): Promise<number> {
  const { call, runtime } = session;
  const stopped = untilStopped(session);
  const progress = createProgress({ ...call, read: () => runtime.runs.get(run) });
  try {
    const result = await follow(session, run, { isOver: stopped.isStopped, tell: (event) => progress.event(event) });
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
  isOver: () => boolean;
  tell: (event: RunEvent) => void;
}

/** Looks again and again, since the run may belong to another process; resolves with the run as it is at the end. */
async function follow(session: Session, run: string, { isOver, tell }: Watching): Promise<RunResult> {
  const { runtime, store, call } = session;
  let after = -1;
  for (;;) {
    const { isOwned } = await store.read(run);
    const events = await eventsAfter(session, run, after);
    for (const event of events) tell(event);
    after = events.at(-1)?.seq ?? after;
    if (!isOwned || isOver() || events.at(-1)?.kind === "run.ended") return runtime.runs.get(run);
    await new Promise<void>((resolve) => call.terminal.clock.setTimer(LOOK_MS, resolve));
  }
}

/** Those that are there now: this runtime does not drive the run, so that its stream ends with them. */
async function eventsAfter({ runtime }: Session, run: string, after: number): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runtime.runs.events(run, { after })) events.push(event);
  return events;
}

function untilStopped({ call }: Session): { isStopped: () => boolean; end: () => void } {
  let isStopped = false;
  const end = call.terminal.onSignal(() => {
    if (isStopped) call.terminal.exit(EXIT.cancelled);
    isStopped = true;
  });
  return { isStopped: () => isStopped, end };
}
