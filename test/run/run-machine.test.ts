import type { AnyStateMachine } from "xstate";
import { describe, expect, test } from "vitest";
import { runMachine } from "../../src/run/run-machine.ts";
import { machineWithout, type Outcome, QUIET, send, transitionPlaces } from "./machine-drive.ts";
import { ROWS, type Row } from "./machine-table.ts";

function actual(machine: AnyStateMachine, row: Row): Outcome {
  const event = { type: row.on, ...row.with, counters: { ...QUIET, ...row.counters } };
  return send(machine, { from: row.from, event, context: row.context ?? {} });
}

function expected(row: Row, { context }: Outcome): Outcome {
  const verdict = row.verdict ?? row.context?.verdict ?? "completed";
  const limit = row.limit ?? row.context?.limit ?? null;
  return { to: row.to, effects: row.effects ?? [], context: { then: row.then ?? context.then, verdict, limit } };
}

function isKept(machine: AnyStateMachine, row: Row): boolean {
  const outcome = actual(machine, row);
  return JSON.stringify(outcome) === JSON.stringify(expected(row, outcome));
}

describe("the run machine", () => {
  test.each(ROWS.map((row) => [row.says, row] as const))("%s", (_, row) => {
    const outcome = actual(runMachine, row);
    expect(outcome).toEqual(expected(row, outcome));
  });
});

describe("the table", () => {
  test("has one row per saying", () => {
    expect(new Set(ROWS.map(({ says }) => says)).size).toBe(ROWS.length);
  });

  test("holds for a faithful copy of the machine", () => {
    const copy = machineWithout({ state: "nowhere", event: null, place: 0 });
    expect(ROWS.filter((row) => !isKept(copy, row)).map(({ says }) => says)).toEqual([]);
  });

  const places = transitionPlaces().map((place) => [place.state, place.event ?? "by itself", place] as const);
  test.each(places)("turns red without a transition of %s (%s)", (_state, _event, gone) => {
    const machine = machineWithout(gone);
    expect(ROWS.some((row) => !isKept(machine, row))).toBe(true);
  });
});
