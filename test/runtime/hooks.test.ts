/** Listeners of the application are told of everything once it is durable, and can harm nothing (SAFETY R15). */
import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunEvent } from "../../src/run/run-result.ts";
import { createWorld } from "../run/run-world.ts";

const STEPS = [
  { id: "a", tool: "echo", input: { n: 1 } },
  { id: "b", tool: "echo", input: { n: { ref: "a.n" } } },
];

test("onEvent gets every event of every run, in order, and none before it is durable", async () => {
  const events: RunEvent[] = [];
  const early: number[] = [];
  const world = createWorld({
    onEvent(event) {
      events.push(event);
      const lines = [...world.data.runs.values()].flatMap(({ files }) => files.flat());
      if (!lines.some((line) => line.includes(`"seq":${event.seq},`))) early.push(event.seq);
    },
  });
  const { id } = await world.apply(STEPS);
  const { entries } = await createMemoryStore({ data: world.data }).read(id);
  expect(events.map(({ seq, kind }) => [seq, kind])).toEqual(entries.map(({ seq, kind }) => [seq, kind]));
  expect(early).toEqual([]);
});

test("one that throws, rejects, never settles or changes what it was given changes nothing", async () => {
  const calm = await createWorld().apply(STEPS);
  const bad: ((event: RunEvent) => unknown)[] = [
    () => {
      throw new Error("no");
    },
    () => Promise.reject(new Error("no")),
    () => new Promise(() => {}),
    (event) => {
      event.kind = "run.ended";
      for (const key of Object.keys(event.data)) delete event.data[key];
    },
  ];
  for (const onEvent of bad) {
    const result = await createWorld({ onEvent, onObservation: onEvent }).apply(STEPS);
    expect(result.output).toEqual(calm.output);
    expect(result.journalHead).toBe(calm.journalHead);
  }
});
