/**
 * A run's events as server-sent events (CONTRACTS 4, SAFETY R14): ids are entry numbers, so that a client that lost the
 * stream goes on after the last one it saw. Owns: framing, heartbeats, and giving up on clients that read nothing.
 * Must not: buffer; the journal is the buffer.
 */
import type { RunEvent } from "../run/run-result.ts";
import type { CancelTimer, Clock } from "../shared/clock.ts";

/** A comment after so long a silence, so that both ends see that the other lives. */
const HEARTBEAT_MS = 15_000;

/** How long a client may leave what was sent unread. */
const STALL_MS = 30_000;

export interface EventStreamOptions {
  events: AsyncIterable<RunEvent | "end">;
  clock: Clock;
  /** Aborted once nobody listens any more: ends `events`. */
  abort: AbortController;
  /** Cuts the connection to a client that reads nothing. */
  drop: () => void;
  /** Told why the events broke off; the client comes back for the rest. */
  onFault: (thrown: unknown) => void;
}

export function eventStreamResponse(options: EventStreamOptions): Response {
  return new Response(eventStream(options), {
    headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" },
  });
}

/** Pulled by whoever reads: an event is taken from the run when the one before was handed on. */
function eventStream({ events, clock, abort, drop, onFault }: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = events[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<RunEvent | "end">> | null = null;
  let cancelStall: CancelTimer = () => {};
  const stop = (): void => {
    cancelStall();
    abort.abort();
    iterator.return?.().catch(() => undefined);
  };
  /** The next piece of text, null at the end. */
  const read = async (): Promise<string | null> => {
    next ??= iterator.next();
    const result = await withHeartbeat(next, clock);
    if (result === "heartbeat") return ": heartbeat\n\n";
    next = null;
    return result.done === true ? null : partOf(result.value);
  };
  const send = (controller: ReadableStreamDefaultController<Uint8Array>, text: string): void => {
    controller.enqueue(encoder.encode(text));
    cancelStall = clock.setTimer(STALL_MS, () => {
      stop();
      controller.close();
      drop();
    });
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => send(controller, ": open\n\n"),
    async pull(controller) {
      cancelStall();
      const text = await read().catch((thrown: unknown) => {
        onFault(thrown);
        return null;
      });
      if (abort.signal.aborted) return;
      if (text === null) return controller.close();
      send(controller, text);
    },
    cancel: stop,
  });
}

/** `end` is for clients that must tell an ended run from a broken connection. */
function partOf(event: RunEvent | "end"): string {
  if (event === "end") return ": end\n\n";
  return `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function withHeartbeat<T>(next: Promise<T>, clock: Clock): Promise<T | "heartbeat"> {
  let cancel: CancelTimer = () => {};
  const silence = new Promise<"heartbeat">((resolve) => {
    cancel = clock.setTimer(HEARTBEAT_MS, () => resolve("heartbeat"));
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    cancel();
  }
}
