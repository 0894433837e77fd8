/**
 * A run's events over a connection that may break: it is made again, and goes on after the last event that came
 * (SAFETY R14). Owns: reading server-sent events, and when to give up.
 */
import type { RunEvent } from "../run/run-result.ts";
import type { Clock } from "../shared/clock.ts";
import { callServer, type Server } from "./call-server.ts";
import { ClientError } from "./client-error.ts";

export interface FollowOptions {
  /** Number of the last event that is known already; from the first on by default. */
  after?: number;
  /** Ends the stream: the loop over it ends as if the run had. */
  signal?: AbortSignal;
}

/** Failures in a row, with nothing received in between, after which the last one is thrown. */
const MOST_FAILURES = 10;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** How far a stream has come, over all its connections. */
interface Progress {
  last: number;
  failures: number;
  isDone: boolean;
}

export async function* followRun(
  { server, clock }: { server: Server; clock: Clock },
  id: string,
  { after = -1, signal }: FollowOptions = {},
): AsyncGenerator<RunEvent> {
  const progress: Progress = { last: after, failures: 0, isDone: false };
  const isOver = (): boolean => progress.isDone || signal?.aborted === true;
  while (!isOver()) {
    yield* readOn(server, id, { progress, signal });
    if (isOver()) return;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** progress.failures);
    progress.failures += 1;
    await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve));
  }
}

/** What one connection gives. Throws what another one would not change. */
async function* readOn(
  server: Server,
  id: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal | undefined },
): AsyncGenerator<RunEvent> {
  try {
    for await (const event of readStream(server, id, { last: progress.last, signal })) {
      progress.isDone = event === "end" || event.kind === "run.ended";
      if (event === "end") return;
      Object.assign(progress, { last: event.seq, failures: 0 });
      yield event;
    }
  } catch (thrown) {
    if (signal?.aborted === true) return;
    if (isFinal(thrown) || progress.failures >= MOST_FAILURES) throw thrown;
  }
}

/** What would be answered the same again. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof ClientError && thrown.problem.status >= 400 && thrown.problem.status < 500;
}

async function* readStream(
  server: Server,
  id: string,
  { last, signal }: { last: number; signal: AbortSignal | undefined },
): AsyncGenerator<RunEvent | "end"> {
  const headers = last < 0 ? {} : { "last-event-id": String(last) };
  const response = await callServer(server, `/v1/runs/${encodeURIComponent(id)}/events`, { headers, signal });
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", stop);
  try {
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const frames = `${rest}${decoder.decode(value, { stream: true })}`.split("\n\n");
      rest = frames.pop() ?? "";
      for (const frame of frames) yield* eventOf(frame);
    }
  } finally {
    // The reader may have stopped in the middle; the connection is given back.
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** The comment with which the server says that nothing more will come, as told from a connection that broke. */
const END = ": end";

/** None for other comments, and for what has no number: progress. */
function eventOf(frame: string): (RunEvent | "end")[] {
  if (frame === END) return ["end"];
  const lines = frame.split("\n");
  const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length));
  const hasId = lines.some((line) => line.startsWith("id:"));
  return data.length === 0 || !hasId ? [] : [JSON.parse(data.join("\n")) as RunEvent];
}
