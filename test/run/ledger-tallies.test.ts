/** The queue asks `isStartable`, the machine reads counters: where they disagree, a run hangs or starts too much. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandEntries } from "../../src/run/commands.ts";
import { type Call, type Ledger, mustNotRepeat } from "../../src/run/ledger.ts";
import { countersOf, isStartable, stepsLeft } from "../../src/run/ledger-tallies.ts";
import { emptyTallies, READY_KIND_NAMES, READY_KINDS, type ReadyKind } from "../../src/run/tallies.ts";

const count = fc.integer({ min: 0, max: 3 });

interface Shape {
  ready: Record<ReadyKind, number>;
  toReplan: number;
  fatal: number;
  hold: boolean;
  maxSteps: number;
}

function ledgerOf({ ready, toReplan, fatal, hold, maxSteps }: Shape): Ledger {
  const tallies = { ...emptyTallies(), ready, toReplan, fatal };
  const accepted = { budget: { maxSteps, maxReplans: 1 } };
  const waiting = hold ? { hold } : null;
  return {
    tallies,
    accepted,
    waiting,
    countedSteps: 0,
    decisions: 1,
    due: new Set(),
    recovering: new Set(),
    compensation: null,
    review: null,
    reservations: new Map(),
  } as unknown as Ledger;
}

const ledgers = fc
  .record({
    ready: fc.record({ freeRead: count, freeEffect: count, freshRead: count, freshEffect: count }),
    toReplan: count,
    fatal: fc.integer({ min: 0, max: 1 }),
    hold: fc.boolean(),
    maxSteps: count,
  })
  .map(ledgerOf);

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

const ready = { freeRead: 1, freeEffect: 1, freshRead: 1, freshEffect: 1 };
const usual: Shape = { ready, toReplan: 0, fatal: 0, hold: false, maxSteps: 10 };

test.each<[string, Partial<Shape>, number]>([
  ["usually all", {}, 4],
  ["after a failure that a new plan follows: reads, and what was started before", { toReplan: 1, ready }, 2],
  ["after a failure that ends the run: nothing", { fatal: 1 }, 0],
  ["in a held run: nothing", { hold: true }, 0],
  ["without steps left: what was started before", { maxSteps: 0 }, 2],
])("what may start: %s", (_, change, expected) => {
  expect(countersOf(ledgerOf({ ...usual, ...change })).startable).toBe(expected);
});

test("a run that a failure ends can be resumed although an approval is open", () => {
  const tallies = { ...emptyTallies(), waiting: 1, fatal: 1 };
  const open = { ended: null, question: null, open: null, steps: new Map(), approvals: new Map() };
  const ledger = { ...ledgerOf(usual), ...open, tallies } as unknown as Ledger;
  const resume = { id: "s", kind: "resume" as const, data: {} };
  const options = { nowMs: 0, getTool: () => undefined, checkPlan: () => [] };
  expect(commandEntries(ledger, resume, options)).toEqual([]);
  const waiting = { ...ledger, tallies: { ...tallies, fatal: 0 } };
  expect(() => commandEntries(waiting, resume, options)).toThrow("Resuming alone does not help");
});

test("a step of whose tool nothing is known is not repeated", () => {
  const step = (facts: object | null) => ({ step: { facts } }) as unknown as Call;
  expect(mustNotRepeat(step(null))).toBe(true);
  expect(mustNotRepeat(step({ idempotency: "none" }))).toBe(true);
  expect(mustNotRepeat(step({ idempotency: "pure" }))).toBe(false);
});
