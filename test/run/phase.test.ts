import fc from "fast-check";
import { expect, test } from "vitest";
import { createActor } from "xstate";
import type { EntryKind } from "../../src/journal/entries.ts";
import { entryData } from "../../src/journal/entries.ts";
import { COUNTER_GUARDS, type Counters, guardAnswers } from "../../src/run/counters.ts";
import { FIRST_PHASE, nextPhase } from "../../src/run/phase.ts";
import { type MachineEvent, outstandingEffects, runMachine } from "../../src/run/run-machine.ts";
import { QUIET, stateName } from "./machine-drive.ts";

/** Mostly nothing, as in a ledger; else few or many, so that different numbers give the same answers. */
const count = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.nat(3), fc.nat(1_000));

const counters: fc.Arbitrary<Counters> = fc.record({
  ...Object.fromEntries(Object.keys(QUIET).map((name) => [name, count])),
  isHeld: fc.oneof({ weight: 10, arbitrary: fc.constant(false) }, fc.boolean()),
  canReplan: fc.oneof({ weight: 10, arbitrary: fc.constant(true) }, fc.boolean()),
}) as unknown as fc.Arbitrary<Counters>;

/** Each of the fields that an entry may bring to the machine, on entries of every kind. */
const fields: fc.Arbitrary<Partial<MachineEvent>> = fc.oneof(
  fc.constant({}),
  fc.record({
    decision: fc.constantFrom("plan", "finish", "ask", "abandon"),
    then: fc.constantFrom("finish", "replan"),
  }),
  fc.record({ isLastTry: fc.boolean() }),
  fc.record({ limit: fc.constantFrom("LIMIT_TIME", "LIMIT_TOKENS") }),
  fc.record({ status: fc.constantFrom("completed", "failed", "exhausted", "cancelled") }),
);

const event: fc.Arbitrary<MachineEvent> = fc
  .record({ type: fc.constantFrom(...(Object.keys(entryData) as EntryKind[])), counters, fields })
  .map(({ type, counters, fields }) => ({ type, counters, ...fields }));

/** What leads on where a run does what its phase asks for, so that walks get far. */
const ANSWERS: Record<string, EntryKind> = {
  requestDecision: "decision.requested",
  callPlanner: "decision.received",
  checkDecision: "decision.accepted",
  askQuestion: "question.asked",
  finishRun: "run.ended",
  endRun: "run.ended",
};

const mostly = fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0);

const START: MachineEvent = { type: "run.started", counters: QUIET };

const steps = fc.array(fc.record({ event, isObedient: mostly }), { minLength: 1, maxLength: 40 });

/** Effects, state and context after each entry of the walk: what is remembered, and what an actor says. */
function follow(walk: readonly { event: MachineEvent; isObedient: boolean }[]): {
  remembered: string[];
  live: string[];
} {
  const emitted: string[] = [];
  const actor = createActor(runMachine);
  actor.on("effect", ({ effect }) => emitted.push(effect));
  actor.start();
  let phase = FIRST_PHASE;
  const [remembered, live]: [string[], string[]] = [[], []];
  for (const { event: next, isObedient } of [{ event: START, isObedient: false }, ...walk]) {
    const [wanted = ""] = outstandingEffects(phase.snapshot.value);
    const told = isObedient ? { ...next, type: ANSWERS[wanted] ?? next.type } : next;
    actor.send(told);
    const decided = nextPhase(phase, told);
    phase = decided.phase;
    const { value, context, status } = actor.getSnapshot();
    live.push(JSON.stringify([emitted.splice(0), stateName(value), context]));
    remembered.push(JSON.stringify([decided.effects, stateName(phase.snapshot.value), phase.snapshot.context]));
    if (status === "done") break;
  }
  return { remembered, live };
}

test("what is remembered of the machine is what an actor that is told of every entry comes to, effects included", () => {
  const property = fc.property(steps, (walk) => {
    const { remembered, live } = follow(walk);
    expect(remembered).toEqual(live);
  });
  fc.assert(property, { numRuns: 500 });
});

test("runs at the same point share their phase; whatever limits journals name, the memory of them has an end", () => {
  const { phase } = nextPhase(FIRST_PHASE, START);
  expect(nextPhase(FIRST_PHASE, START).phase).toBe(phase);
  for (let place = 0; place < 3_000; place++) {
    const limit = `LIMIT_${place}`;
    const ended = nextPhase(phase, { type: "budget.settled", counters: QUIET, limit });
    expect(ended.phase.snapshot.context.limit).toBe(limit);
  }
  expect(phase.decided.size).toBe(1_000);
});

test("every question can tell counters apart by itself", () => {
  const seen = new Map(Object.keys(COUNTER_GUARDS).map((name) => [name, new Set<boolean>()]));
  for (const one of fc.sample(counters, { numRuns: 2_000, seed: 1 })) {
    const bits = guardAnswers(one).toString(2).padStart(seen.size, "0");
    for (const [place, [name, ask]] of Object.entries(COUNTER_GUARDS).entries()) {
      expect(bits[place]).toBe(ask(one) ? "1" : "0");
      seen.get(name)?.add(ask(one));
    }
  }
  expect([...seen.values()].every((answers) => answers.size === 2)).toBe(true);
});
