/** The queue asks `isStartable`, the machine reads counters: where they disagree, a run hangs or starts too much. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ledger } from "../../src/run/ledger.ts";
import { countersOf, isStartable, stepsLeft } from "../../src/run/ledger-tallies.ts";
import { emptyTallies, READY_KIND_NAMES, READY_KINDS } from "../../src/run/tallies.ts";

const count = fc.integer({ min: 0, max: 3 });

const ledgers = fc
  .record({
    ready: fc.record({ freeRead: count, freeEffect: count, freshRead: count, freshEffect: count }),
    toReplan: count,
    fatal: fc.integer({ min: 0, max: 1 }),
    hold: fc.boolean(),
    maxSteps: count,
  })
  .map(({ ready, toReplan, fatal, hold, maxSteps }) => {
    const tallies = { ...emptyTallies(), ready, toReplan, fatal };
    const accepted = { budget: { maxSteps, maxReplans: 1 } };
    const waiting = hold ? { hold } : null;
    return { tallies, accepted, waiting, countedSteps: 0, decisions: 1, due: new Set() } as unknown as Ledger;
  });

test("something counts as startable exactly when a ready call of some kind may start", () => {
  fc.assert(
    fc.property(ledgers, (ledger) => {
      const { ready } = ledger.tallies;
      const mayStart = READY_KIND_NAMES.some((kind) => ready[kind] > 0 && isStartable(ledger, kind));
      expect(countersOf(ledger).startable > 0).toBe(mayStart);
    }),
  );
});

test("over budget are the ready calls that a larger budget alone would let start", () => {
  fc.assert(
    fc.property(ledgers, (ledger) => {
      const { startable, overBudget } = countersOf(ledger);
      const budget = { ...ledger.accepted.budget, maxSteps: 1_000 };
      const rich = countersOf({ ...ledger, accepted: { ...ledger.accepted, budget } });
      expect(rich).toMatchObject({ startable: startable + overBudget, overBudget: 0 });
      const free = READY_KIND_NAMES.filter((kind) => READY_KINDS[kind].isFree);
      const most = free.reduce((sum, kind) => sum + ledger.tallies.ready[kind], stepsLeft(ledger));
      expect(startable).toBeLessThanOrEqual(most);
    }),
  );
});
