import { describe, expect, test } from "vitest";
import type { AnyStateMachine } from "xstate";
import { runMachine } from "../../src/run/run-machine.ts";
import { machineWithout, type Outcome, send, transitionPlaces } from "./machine-drive.ts";
import { ROWS, type Row } from "./machine-table.ts";

const expected = ({ to, effects, after }: Row): Outcome => ({ to, effects, context: after });

function isKept(machine: AnyStateMachine, row: Row): boolean {
  return JSON.stringify(send(machine, row)) === JSON.stringify(expected(row));
}

describe("the run machine", () => {
  test.each(ROWS.map((row) => [row.says, row] as const))("%s", (_, row) => {
    expect(send(runMachine, row)).toEqual(expected(row));
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
