import { beforeEach, describe, expect, test, vi } from "vitest";
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { ReadBlob } from "../../src/journal/store.ts";
import type { RunState } from "../../src/run/run-state.ts";
import { SCENARIOS } from "./scenarios.ts";

/** One life of a run: its entries and the live snapshot after each, as it was at that moment. */
interface Life {
  entries: JournalEntry[];
  snapshots: string[];
  readBlob: ReadBlob;
}

const { lives } = vi.hoisted(() => ({ lives: [] as Life[] }));

/** Every state that the runtime drives is watched; states that are only read are folds anyway. */
vi.mock("../../src/run/run-state.ts", async (load) => {
  const real = await load<typeof import("../../src/run/run-state.ts")>();
  const watch = (state: RunState, entries: readonly JournalEntry[], readBlob: ReadBlob): RunState => {
    const life: Life = { entries: [...entries], snapshots: [state.snapshot()], readBlob };
    lives.push(life);
    const apply: RunState["apply"] = (entry) => {
      const effects = state.apply(entry);
      life.entries.push(entry);
      life.snapshots.push(state.snapshot());
      return effects;
    };
    return { ...state, apply };
  };
  return {
    ...real,
    createRunState: (...[first, readBlob]: Parameters<typeof real.createRunState>) =>
      watch(real.createRunState(first, readBlob), [first], readBlob),
    foldJournal: (...[entries, readBlob]: Parameters<typeof real.foldJournal>) =>
      watch(real.foldJournal(entries, readBlob), entries, readBlob),
  };
});

beforeEach(() => {
  lives.length = 0;
});

describe("folding the journal gives the live snapshot, byte for byte (R8)", () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("%s", async (_, { play }) => {
    const real = await vi.importActual<typeof import("../../src/run/run-state.ts")>("../../src/run/run-state.ts");
    await play();
    expect(lives.length).toBeGreaterThan(0);
    expect(Math.max(...lives.map(({ snapshots }) => snapshots.length))).toBeGreaterThan(3);
    for (const { entries, snapshots, readBlob } of lives) {
      const stored = JSON.parse(JSON.stringify(entries)) as JournalEntry[];
      const offset = entries.length - snapshots.length;
      const state = real.foldJournal(stored.slice(0, 1), readBlob);
      const folded = [state.snapshot()];
      for (const entry of stored.slice(1)) {
        state.apply(entry);
        folded.push(state.snapshot());
      }
      expect(folded.slice(offset)).toEqual(snapshots);
    }
  });
});
