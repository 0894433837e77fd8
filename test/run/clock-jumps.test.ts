/** The budget of wall time is spent by a clock that does not jump (SAFETY R9), whatever the system's time is set to. */
import { expect, test } from "vitest";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { validateEntry } from "../../src/journal/validate-entry.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { createWorld, sleep, type World } from "./run-world.ts";

const HOUR_MS = 3_600_000;
const chain = ["a", "b", "c"].map((id, place, ids) => ({
  id,
  tool: "step",
  input: {},
  ...(place === 0 ? {} : { after: [ids[place - 1]] }),
}));

/** Each step takes 25 s, in which the wall clock jumps. */
function jumping(jumpMs: number): World {
  const world: World = createWorld({
    behaviours: {
      step: async (_, { signal }) => {
        await sleep(world.clock, 25_000, signal);
        world.clock.jump(jumpMs);
        return {};
      },
    },
  });
  return world;
}

async function entriesOf({ clock, data }: World, run: string): Promise<JournalEntry[]> {
  return (await createMemoryStore({ clock, data }).read(run)).entries;
}

const activeMs = (entries: JournalEntry[]): number => foldJournal(entries, () => null).ledger.activeMs;

test("a clock that is set forward uses up no time", async () => {
  const world = jumping(HOUR_MS);
  const { id, status } = await world.apply(chain, { request: { budget: { maxSeconds: 80 } } });
  expect(status).toBe("completed");
  expect(activeMs(await entriesOf(world, id))).toBe(75_000);
});

test("a clock that is set back gives none, also within a step", async () => {
  const world = jumping(-HOUR_MS);
  const { id, status, error } = await world.apply(chain, { request: { budget: { maxSeconds: 40 } } });
  expect([status, error?.code]).toEqual(["exhausted", "LIMIT_TIME"]);
  expect(activeMs(await entriesOf(world, id))).toBe(40_000);
});

test("entries say how long it was only where the time has jumped", async () => {
  const steady = jumping(0);
  const steadyRun = await steady.apply(chain);
  expect((await entriesOf(steady, steadyRun.id)).some((entry) => "spentMs" in entry)).toBe(false);
  const world = jumping(HOUR_MS);
  const { id } = await world.apply(chain);
  const spent = (await entriesOf(world, id)).flatMap(({ kind, spentMs }) =>
    spentMs === undefined ? [] : [kind, spentMs],
  );
  expect(spent).toEqual(["step.completed", 25_000, "step.completed", 25_000, "step.completed", 25_000]);
  const [first] = await entriesOf(world, id);
  expect(validateEntry({ ...first, spentMs: -1 })).toEqual({ problem: "field 'spentMs' of entry 0" });
});
