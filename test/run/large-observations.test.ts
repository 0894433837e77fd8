/** What is recorded of a step may be large: it goes where large values go, and the run waits for that. */
import { expect, test } from "vitest";
import { createMemoryStore, createMemoryStoreData } from "../../src/journal/memory-store.ts";
import type { Store } from "../../src/journal/store.ts";
import { createWorld, type World } from "./run-world.ts";

const EACH = { id: "each", tool: "text", input: { n: { ref: "item" } }, forEach: { items: [1, 2, 3, 4], max: 4 } };
const rules = { observe: [{ after: "each", record: ["output" as const, "attempts" as const] }] };
const text = (): string => "x".repeat(60_000);

async function journalOf({ clock, data }: World, run: string) {
  return createMemoryStore({ clock, data }).read(run);
}

test("the outputs of a long list are recorded beside the journal, before the run ends", async () => {
  const world = createWorld({ behaviours: { text } });
  const { id, status } = await world.apply([EACH], { output: 1, request: { rules } });
  expect(status).toBe("completed");
  const { entries, blobs } = await journalOf(world, id);
  const kinds = entries.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "observation.recorded")).toHaveLength(1);
  expect(kinds.indexOf("observation.recorded")).toBeLessThan(kinds.indexOf("run.ended"));
  const [recorded] = entries.flatMap((entry) => (entry.kind === "observation.recorded" ? [entry.data] : []));
  expect(recorded).toEqual({
    after: "each",
    values: { output: { blob: expect.any(String), bytes: 240_013 }, attempts: { value: 4 } },
  });
  const output = recorded?.values.output;
  const kept = output !== undefined && "blob" in output ? JSON.parse(await blobs.get(output.blob)) : null;
  expect(kept).toEqual([text(), text(), text(), text()]);
});

test("a crash while it is being stored loses nothing: the next process records it, once", async () => {
  const { clock } = createWorld();
  const data = createMemoryStoreData();
  const process = { isAlive: true };
  const store = createMemoryStore({ clock, data, process });
  const neverStores: Store = {
    ...store,
    async create(options) {
      const created = await store.create(options);
      if ("existing" in created) return created;
      const blobs = { ...created.journal.blobs, put: () => new Promise<never>(() => {}) };
      return { journal: Object.create(created.journal, { blobs: { value: blobs } }) };
    },
  };
  const world = createWorld({ clock, store: neverStores, behaviours: { text } });
  const plan = { kind: "plan", rationale: "r", steps: [EACH], output: 1 };
  const { id } = await world.until(world.runtime.start({ goal: "g", plan: plan as never, rules }));
  await clock.advanceAsync(50);
  expect((await store.read(id)).entries.at(-1)?.kind).toBe("step.completed");
  process.isAlive = false;
  const next = createWorld({ clock, store: createMemoryStore({ clock, data }), behaviours: { text } });
  const result = await next.result(await next.until(next.runtime.resume(id)));
  expect(result.status).toBe("completed");
  const { entries } = await createMemoryStore({ clock, data }).read(id);
  expect(entries.filter(({ kind }) => kind === "observation.recorded")).toHaveLength(1);
});

test("a run whose journal is full while one is to be recorded ends", async () => {
  const clock = createWorld().clock;
  for (let maxEntries = 10; maxEntries < 22; maxEntries++) {
    const store = createMemoryStore({ clock, limits: { maxEntries } });
    const world = createWorld({ clock, store, behaviours: { text } });
    const { status, id } = await world.apply([EACH], { output: 1, request: { rules } });
    const isRecorded = (await store.read(id)).entries.some(({ kind }) => kind === "observation.recorded");
    expect(status, `${maxEntries} entries`).toBe(isRecorded ? "completed" : "exhausted");
  }
});
