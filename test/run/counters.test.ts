/** The machine is asked only where an answer changed: that must never make a difference. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createActor } from "xstate";
import type { EntryKind } from "../../src/journal/entries.ts";
import { type Counters, guardAnswers } from "../../src/run/counters.ts";
import { type MachineEvent, runMachine } from "../../src/run/run-machine.ts";
import { QUIET } from "./machine-drive.ts";

const few = fc.integer({ min: 0, max: 2 });
const counters: fc.Arbitrary<Counters> = fc.record({
  ...(Object.fromEntries(Object.keys(QUIET).map((name) => [name, few])) as unknown as Record<
    keyof Counters,
    typeof few
  >),
  isHeld: fc.boolean(),
  canReplan: fc.boolean(),
} as never);

const HANDLED = runMachine.events as EntryKind[];
const NOT_HANDLED: EntryKind[] = ["step.started", "step.completed", "step.failed", "recovery.applied", "decision.step"];
const event: fc.Arbitrary<MachineEvent> = fc.record({
  type: fc.constantFrom(...HANDLED.filter((kind) => kind !== "run.ended"), ...NOT_HANDLED),
  counters,
  decision: fc.constantFrom("plan" as const, "finish" as const, "ask" as const, "abandon" as const),
  then: fc.constantFrom("finish" as const, "replan" as const),
  isLastTry: fc.boolean(),
  isPlan: fc.boolean(),
  isReviewed: fc.boolean(),
});

/** Whether the run state would ask, given what it asked about last. */
function isAsked(before: number | null, { type, counters: now }: MachineEvent, value: unknown): boolean {
  return before !== guardAnswers(now) || HANDLED.includes(type) || value === "stopping";
}

test("no kind that a state waits for counts as one that only brings counters", () => {
  expect(NOT_HANDLED.filter((kind) => HANDLED.includes(kind))).toEqual([]);
});

test("entries that the machine is not asked about change neither its state nor its effects", () => {
  let skipped = 0;
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), (events) => {
      const machine = createActor(runMachine);
      let effects = 0;
      machine.on("effect", () => {
        effects += 1;
      });
      machine.start();
      machine.send({ type: "run.started", counters: QUIET });
      let before: number | null = guardAnswers(QUIET);
      for (const next of events) {
        const { value, context, status } = machine.getSnapshot();
        if (status !== "active") return;
        const seen = effects;
        const asked = isAsked(before, next, value);
        machine.send(next);
        before = guardAnswers(next.counters);
        if (asked) continue;
        skipped += 1;
        const after = machine.getSnapshot();
        expect([after.value, after.context, effects]).toEqual([value, context, seen]);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(skipped).toBeGreaterThan(100);
});
