/** Forks of runs that undo steps: what was undone does not stand in them, and they undo only what they did themselves. */
import { describe, expect, it } from "vitest";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { createWorld, statuses, type World } from "../run/run-world.ts";

const plan = (steps: JsonObject[], then = "finish"): JsonValue => ({ kind: "plan", rationale: "r", steps, then });
const BOOK = { id: "book", tool: "book", input: { what: "hotel" } };
const TICKETS = { id: "tickets", tool: "book", input: { for: { ref: "item" } }, forEach: { items: [1, 2], max: 2 } };
const PAY = { id: "pay", tool: "pay", input: {} };
const DONE: JsonValue = { kind: "finish", rationale: "enough", output: 1 };

interface Trip {
  world: World;
  booked: string[];
  undone: string[];
  requests: readonly PlanningRequest[];
}

function trip(answers: ScriptedAnswer[], undo: () => unknown = () => null): Trip {
  const booked: string[] = [];
  const undone: string[] = [];
  const planner = createScriptedPlanner(answers);
  const world = createWorld({
    planner,
    policy: () => ({ outcome: "allow", rule: "test" }),
    behaviours: {
      book: (_, { run }) => ({ id: booked.push(run) }),
      pay: () => Promise.reject(new Error("card refused")),
    },
    definitions: {
      book: {
        effect: "write",
        idempotency: "none",
        compensate: ({ context }) => {
          undone.push(context.run);
          return undo();
        },
      },
    },
  });
  return { world, booked, undone, requests: planner.requests };
}

async function bookAndFail({ world }: Trip): Promise<RunResult> {
  const rules = { recovery: [{ step: "pay", on: "*", do: "compensate" as const }] };
  return world.run({ goal: "g", rules });
}

async function fork({ world }: Trip, source: string, atDecision = 2) {
  const forked = await world.until(world.runtime.fork(source, { atDecision }));
  return { forked, result: await world.result(forked) };
}

describe("a fork of a run that has undone its steps", () => {
  it("undoes nothing once more, however often it is forked, and does not go on as if the step stood", async () => {
    const journey = trip([plan([BOOK], "replan"), plan([PAY]), plan([PAY]), plan([PAY])]);
    const source = await bookAndFail(journey);
    expect(journey.undone).toEqual([source.id]);
    for (const _ of [1, 2]) {
      const { result, forked } = await fork(journey, source.id);
      expect(result).toMatchObject({ status: "failed", error: { stepId: "pay" } });
      expect(statuses(result)).toMatchObject({ book: "failed" });
      expect(forked.mayRepeat).toEqual([]);
    }
    expect(journey.booked).toEqual([source.id]);
    expect(journey.undone).toEqual([source.id]);
  });

  it("tells the planner, and refuses a plan that rests on the step", async () => {
    const resting = plan([{ id: "note", tool: "echo", input: { of: { ref: "book.id" } } }]);
    const again = plan([{ ...BOOK, id: "book2" }]);
    const journey = trip([plan([BOOK], "replan"), plan([PAY]), resting, again]);
    const source = await bookAndFail(journey);
    const { result } = await fork(journey, source.id);
    expect(journey.requests.at(-2)?.history).toMatchObject([
      { step: "book", status: "failed", error: { message: expect.stringContaining("was undone, or may have been") } },
    ]);
    expect(journey.requests.at(-1)?.issues).toMatchObject([{ code: "PLAN_BAD_REF" }]);
    expect(result).toMatchObject({ status: "completed", output: { book2: { id: 2 } } });
    expect(journey.booked).toEqual([source.id, result.id]);
  });

  it("undoes what it has done itself", async () => {
    const again = plan([
      { ...BOOK, id: "book2" },
      { ...PAY, after: ["book2"] },
    ]);
    const journey = trip([plan([BOOK], "replan"), plan([PAY]), again]);
    const source = await bookAndFail(journey);
    const { result } = await fork(journey, source.id);
    expect(result.error?.message).toContain("Undone: book2.");
    expect(journey.undone).toEqual([source.id, result.id]);
  });

  it("takes the elements of a list that were undone for failed, and those that could not be undone for done", async () => {
    let calls = 0;
    const undo = () => (++calls === 1 ? Promise.reject(new Error("too late")) : null);
    const journey = trip([plan([TICKETS], "replan"), plan([PAY]), DONE], undo);
    const source = await bookAndFail(journey);
    const { result } = await fork(journey, source.id);
    expect(source.error?.message).toMatch(/Undone: tickets\[0\]\. Not undone: tickets\[1\]/);
    expect(statuses(result)).toEqual({ tickets: "failed", "tickets[0]": "failed", "tickets[1]": "completed" });
  });

  it("passes that on to forks of its own", async () => {
    const other = { id: "other", tool: "book", input: { what: "flight" } };
    const journey = trip([plan([BOOK], "replan"), plan([PAY]), plan([other], "replan"), plan([PAY]), DONE]);
    const source = await bookAndFail(journey);
    const first = await fork(journey, source.id);
    expect(statuses(first.result)).toMatchObject({ book: "failed", other: "completed", pay: "failed" });
    const second = await fork(journey, first.result.id, 3);
    expect(second.result.status).toBe("completed");
    expect(statuses(second.result)).toEqual({ book: "failed", other: "failed" });
    expect(journey.undone).toEqual([source.id, first.result.id]);
  });

  it("is not made while its source is undoing", async () => {
    const journey = trip([plan([BOOK], "replan"), plan([PAY]), DONE], () => new Promise(() => {}));
    const rules = { recovery: [{ step: "pay", on: "*", do: "compensate" as const }] };
    const { world } = journey;
    const source = await world.until(world.runtime.start({ goal: "g", rules }));
    for (let turn = 0; turn < 50 && journey.undone.length === 0; turn++) await world.clock.advanceAsync(1);
    await expect(world.until(world.runtime.fork(source.id, { atDecision: 2 }))).rejects.toMatchObject({
      code: "VALIDATION",
    });
    await world.until(world.runtime.runs.cancel(source.id));
    expect((await world.result(source)).status).toBe("cancelled");
    const { result } = await fork(journey, source.id);
    expect(statuses(result)).toEqual({ book: "failed" });
  });
});

it("a fork of a run that went well undoes nothing of it, and leaves standing what it took over", async () => {
  const journey = trip([plan([BOOK], "replan"), DONE, plan([PAY])]);
  const source = await bookAndFail(journey);
  const { result } = await fork(journey, source.id);
  expect(source.status).toBe("completed");
  expect(statuses(result)).toEqual({ book: "completed", pay: "failed" });
  expect(journey.undone).toEqual([]);
});
