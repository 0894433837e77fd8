/** The client against answers that no Planwright server gives: proxies, broken bodies, silence. */
import { expect, test } from "vitest";
import { createClient } from "../../src/client/create-client.ts";
import type { Clock } from "../../src/shared/clock.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";

type Answer = (path: string, init: RequestInit) => Response | Promise<Response>;

/** Whatever waits for it need not wait. */
const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer(_, fire) {
    setImmediate(fire);
    return () => {};
  },
};

function clientOf(answer: Answer, options: Partial<Parameters<typeof createClient>[0]> = {}) {
  const fetch = async (url: unknown, init: RequestInit = {}) => answer(new URL(String(url)).pathname, init);
  return createClient({ url: "http://x", token: "t", clock, fetch: fetch as typeof globalThis.fetch, ...options });
}

const stream = (...pieces: string[]): Response =>
  new Response(new Blob(pieces).stream(), { headers: { "content-type": "text/event-stream" } });
const event = (seq: number, kind = "a"): string =>
  `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify({ seq, kind })}\n\n`;

async function seqsOf(client: ReturnType<typeof clientOf>, options = {}): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of client.events("run_x", options)) seqs.push(seq);
  return seqs;
}

/** Ends with the abort only, as `fetch` and the bodies of its responses do. */
const untilAborted = ({ signal }: RequestInit): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

test.each(["<html>proxy</html>", "null", "", "5"])("%j with status 200 is a bad answer, not a crash", async (body) => {
  const client = clientOf(() => new Response(body));
  const bad = {
    name: "ClientError",
    code: "BAD_ANSWER",
    problem: { status: 200, hint: expect.stringContaining("proxy") },
  };
  await expect(client.get("run_x")).rejects.toMatchObject(bad);
  await expect(client.wait("run_x")).rejects.toMatchObject(bad);
  await expect(client.list()).rejects.toMatchObject(bad);
  await expect(client.start({ goal: "x" })).rejects.toMatchObject(bad);
  await expect(seqsOf(client)).rejects.toMatchObject(bad);
});

test("a stream that ends again and again with nothing in it is given up; one with comments is followed on", async () => {
  let calls = 0;
  const empty = clientOf(() => {
    calls++;
    return stream();
  });
  await expect(seqsOf(empty)).rejects.toMatchObject({ code: "BAD_ANSWER" });
  expect(calls).toBe(11);
  calls = 0;
  const quiet = clientOf(() => {
    calls++;
    return calls < 40 ? stream(": waiting\n\n") : stream(event(0), ": end\n\n");
  });
  expect(await seqsOf(quiet)).toEqual([0]);
});

test("frames end with any line ends, also in the middle of a piece, and a repeated event comes once", async () => {
  const frames = `${event(0)}${event(0)}${event(1)}: progress\n\n${event(2, "run.ended")}`;
  for (const ends of ["\n", "\r\n", "\r"]) {
    const text = frames.replaceAll("\n", ends);
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 7, bytes.length]) {
      const body = new ReadableStream<Uint8Array>({
        // Never closed: the last event ends it.
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        },
      });
      const client = clientOf(
        () => new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
      );
      expect(await seqsOf(client)).toEqual([0, 1, 2]);
    }
  }
});

test.each(["null", "[]", "{", "5"])("%s in place of an event is a bad answer", async (data) => {
  const client = clientOf(() => stream(event(0), `id: 1\ndata: ${data}\n\n`));
  await expect(seqsOf(client)).rejects.toMatchObject({ code: "BAD_ANSWER" });
});

test("an abort ends the pause before the next connection", async () => {
  const manual = createManualClock();
  const abort = new AbortController();
  const client = clientOf(() => Promise.reject(new TypeError("fetch failed")), { clock: manual });
  const following = seqsOf(client, { signal: abort.signal });
  while (manual.timers === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  expect(await following).toEqual([]);
  expect(manual.timers).toBe(0);
});

test("an abort ends waiting, also while the run is read again, and while the body of a failure comes", async () => {
  const abort = new AbortController();
  let reads = 0;
  const client = clientOf((path, init) => {
    if (path.endsWith("/events")) return stream(event(0, "run.waiting"));
    reads++;
    return reads === 1 ? Response.json({ endedAt: null, waiting: null }) : untilAborted(init);
  });
  const waiting = client.wait("run_x", { signal: abort.signal });
  while (reads < 2) await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");

  const late = new AbortController();
  const stalled = clientOf((_, init) => {
    const body = new ReadableStream({
      start: (controller) => void untilAborted(init).catch((why) => controller.error(why)),
    });
    return new Response(body, { status: 500 });
  });
  const getting = stalled.get("run_x", { signal: late.signal });
  setImmediate(() => late.abort(new Error("enough")));
  await expect(getting).rejects.toThrow("enough");
});

test("a declared type goes with bytes and with a Blob", async () => {
  let form = new FormData();
  const client = clientOf((_, { body }) => {
    form = body as FormData;
    return Response.json({ id: "run_x", status: "queued" });
  });
  const bytes = new TextEncoder().encode("a;b");
  const documents = [
    { name: "a", type: "text/csv", bytes: new Blob([bytes]) },
    { name: "b", type: "text/csv", bytes: new Blob([bytes], { type: "text/plain" }) },
    { name: "c", bytes: new Blob([bytes], { type: "text/plain" }) },
    { name: "d", type: "text/csv", bytes },
  ];
  await client.start({ goal: "x", documents });
  const files = form.getAll("document") as File[];
  expect(files.map(({ type }) => type)).toEqual(["text/csv", "text/csv", "text/plain", "text/csv"]);
  expect(await files[0]?.text()).toBe("a;b");
});
