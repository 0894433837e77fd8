/**
 * A run's events over a connection that may break: it is made again, and goes on after the last event that came
 * (SAFETY R14). Owns: reading server-sent events, and when to give up.
 */
import type { RunEvent } from "../run/run-result.ts";
import type { Clock } from "../shared/clock.ts";
import { callServer, type Server } from "./call-server.ts";
import { badAnswer, ClientError } from "./client-error.ts";
import { createFrameReader } from "./event-frames.ts";

export interface FollowOptions {
  /** Number of the last event that is known already; from the first on by default. */
  after?: number;
  /** Ends the stream: the loop over it ends as if the run had. */
  signal?: AbortSignal;
}

/** Connections in a row that failed, or ended, with nothing received, and are tried again; the next failure is thrown. */
const MOST_FAILURES = 10;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** How far a stream has come, over all its connections. */
interface Progress {
  last: number;
  failures: number;
  /** Why the last connection gave no more. */
  failure: unknown;
  isDone: boolean;
}

export async function* followRun(
  { server, clock }: { server: Server; clock: Clock },
  id: string,
  { after = -1, signal }: FollowOptions = {},
): AsyncGenerator<RunEvent> {
  const progress: Progress = { last: after, failures: 0, failure: null, isDone: false };
  const isOver = (): boolean => progress.isDone || signal?.aborted === true;
  while (!isOver()) {
    yield* readOn(server, id, { progress, signal });
    if (isOver()) return;
    if (progress.failures >= MOST_FAILURES) throw progress.failure;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** progress.failures);
    progress.failures += 1;
    await pause(clock, pauseMs, signal);
  }
}

/** Ends early where it is aborted. */
function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.setTimer(ms, end);
    signal?.addEventListener("abort", end);
  });
}

/** What one connection gives. Throws what another one would not change. */
async function* readOn(
  server: Server,
  id: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal | undefined },
): AsyncGenerator<RunEvent> {
  try {
    for await (const event of readStream(server, id, { last: progress.last, signal })) {
      progress.failures = 0;
      if (event === "comment") continue;
      progress.isDone = event === "end" || event.kind === "run.ended";
      if (event !== "end" && event.seq > progress.last) {
        progress.last = event.seq;
        yield event;
      }
      if (progress.isDone) return; // Nothing comes after it, whether or not the connection ends.
    }
    progress.failure = badAnswer(200, "with a stream of events that ended before it began");
  } catch (thrown) {
    if (signal?.aborted === true) return;
    if (isFinal(thrown)) throw thrown;
    progress.failure = thrown;
  }
}

/** What would be answered the same again: a refusal, or the answer of another server. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof ClientError && thrown.problem.status > 0 && thrown.problem.status < 500;
}

async function* readStream(
  server: Server,
  id: string,
  { last, signal }: { last: number; signal: AbortSignal | undefined },
): AsyncGenerator<Told> {
  const headers = last < 0 ? {} : { "last-event-id": String(last) };
  const response = await callServer(server, `/v1/runs/${encodeURIComponent(id)}/events`, { headers, signal });
  if (!/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) {
    void response.body?.cancel().catch(() => undefined);
    throw badAnswer(response.status, "with something else than a stream of events");
  }
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const framesOf = createFrameReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const frame of framesOf(decoder.decode(value, { stream: true }))) yield told(frame, response.status);
    }
  } finally {
    // The reader may have stopped in the middle; the connection is given back.
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** The comment with which the server says that nothing more will come, as told from a connection that broke. */
const END = ": end";

/** `comment`: any other, and what has no number: progress. They show that the server is there. */
type Told = RunEvent | "end" | "comment";

function told(frame: readonly string[], status: number): Told {
  if (frame.length === 1 && frame[0] === END) return "end";
  const data = frame.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length));
  const hasId = frame.some((line) => line.startsWith("id:"));
  if (data.length === 0 || !hasId) return "comment";
  const event = parse(data.join("\n"));
  if (!Number.isSafeInteger(event?.seq)) throw badAnswer(status, "with an event that is none");
  return event as RunEvent;
}

function parse(text: string): Partial<RunEvent> | null {
  try {
    return JSON.parse(text) as Partial<RunEvent> | null;
  } catch {
    return null; // Refused as an event without a number.
  }
}
