/** Streams of events: comments keep them alive, nobody's slowness is anybody else's (SAFETY R13, R14). */
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/run/run-result.ts";
import { eventStreamResponse } from "../../src/server/event-stream.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createServerWorld } from "./server-world.ts";

const event = (seq: number): RunEvent => ({
  ...{ v: 1, run: "run_aaaaaaaa", seq, at: "2026-01-01T00:00:00.000Z", kind: "step.started" },
  ...{ step: null, index: null, attempt: null, data: {} },
});

function createStream(events: AsyncIterable<RunEvent>) {
  const clock = createManualClock();
  const abort = new AbortController();
  let drops = 0;
  const faults: unknown[] = [];
  const response = eventStreamResponse({
    ...{ events, clock, abort },
    drop: () => {
      drops += 1;
    },
    onFault: (thrown) => faults.push(thrown),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  return { clock, abort, reader, faults, body: response.body, drops: () => drops };
}

async function* never(): AsyncGenerator<RunEvent> {
  yield event(0);
  await new Promise(() => {});
}

describe("a stream of events", () => {
  test("has a comment after every 15 seconds of silence", async () => {
    const { clock, reader } = createStream(never());
    expect((await reader.read()).value).toBe(": open\n\n");
    expect((await reader.read()).value).toMatch(/^id: 0\nevent: step\.started\ndata: \{.*\}\n\n$/);
    for (let beats = 0; beats < 3; beats++) {
      const next = reader.read();
      await clock.advanceAsync(15_000);
      expect((await next).value).toBe(": heartbeat\n\n");
    }
  });

  test("to a client that reads nothing is cut after 30 seconds, and takes no more of the run's events", async () => {
    let taken = 0;
    async function* many(): AsyncGenerator<RunEvent> {
      for (let seq = 0; seq < 10_000; seq++) {
        taken += 1;
        yield event(seq);
      }
    }
    const clock = createManualClock();
    const abort = new AbortController();
    let drops = 0;
    eventStreamResponse({ events: many(), clock, abort, drop: () => drops++, onFault: () => {} });
    await clock.advanceAsync(29_999);
    expect([drops, abort.signal.aborted]).toEqual([0, false]);
    await clock.advanceAsync(1);
    expect([drops, abort.signal.aborted]).toEqual([1, true]);
    expect(taken).toBeLessThan(10);
    expect(clock.timers).toBe(0);
  });

  test("ends where the run's events break off, and says why to the server's own", async () => {
    async function* broken(): AsyncGenerator<RunEvent> {
      yield event(0);
      throw new Error("the disk is gone");
    }
    const { reader, faults } = createStream(broken());
    let text = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    expect(text).not.toContain("disk");
    expect(text).not.toContain(": end");
    expect(faults).toEqual([new Error("the disk is gone")]);
  });

  test("is given up when the client goes", async () => {
    const { reader, abort, clock } = createStream(never());
    await reader.read();
    await reader.cancel();
    await clock.advanceAsync(0);
    expect(abort.signal.aborted).toBe(true);
    await clock.advanceAsync(15_000);
    expect(clock.timers).toBe(0);
  });
});

test("a client that is thousands of events behind holds up no run, and misses none when it reads at last", async () => {
  const world = createServerWorld({
    tools: [createFakeTool({ name: "work" })],
    limits: { budget: { maxSteps: 2_000 } },
  });
  const steps = [
    { id: "w", tool: "work", input: {}, forEach: { items: Array.from({ length: 1_500 }, () => 1), max: 1_500 } },
  ];
  const body = { goal: "Work", plan: { kind: "plan", rationale: "test", steps, output: 1 } };
  const { id } = (await world.ask("POST", "/v1/runs", { body })).json<{ id: string }>();
  const response = await world.open("GET", `/v1/runs/${id}/events`);
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  expect(await world.runtime.runs.settled(id)).toMatchObject({ status: "completed" });
  let text = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
  const seqs = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  expect(seqs.length).toBeGreaterThan(3_000);
  expect(seqs).toEqual(seqs.map((_, place) => place));
});

test.each([0, 3, 7])("with Last-Event-ID %i the stream goes on after it", async (after) => {
  const world = createServerWorld();
  const body = { goal: "x", plan: { kind: "plan", rationale: "test", steps: [], output: 1 } };
  const { id } = (await world.ask("POST", "/v1/runs?wait=true", { body })).json<{ id: string }>();
  const read = async (headers: Record<string, string>) =>
    [...(await (await world.open("GET", `/v1/runs/${id}/events`, { headers })).text()).matchAll(/^id: (\d+)$/gm)].map(
      (match) => Number(match[1]),
    );
  const all = await read({});
  expect(await read({ "last-event-id": String(after) })).toEqual(all.filter((seq) => seq > after));
});
