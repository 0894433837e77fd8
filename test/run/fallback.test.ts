/** A planner that stands in where the run's own has no good answer. */
import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld } from "./run-world.ts";

const planOf = (steps: object[], rest: object = {}) =>
  ({ kind: "plan", rationale: "test", steps, ...rest }) as unknown as JsonValue;
const good = planOf([{ id: "a", tool: "echo", input: { x: 1 } }]);
const bad = planOf([{ id: "a", tool: "nowhere", input: {} }]);
const down = new PlanwrightError("MODEL_UNAVAILABLE", "The model is down.");
const standIn = () => createScriptedPlanner([good], { name: "rule", visibility: "shape" });

describe("a planner that stands in", () => {
  test("is asked at once where the model has no answer; the log says so", async () => {
    const fallback = standIn();
    const world = createWorld({ planner: createScriptedPlanner([down]), fallback });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", planner: "scripted", output: { a: { x: 1 } } });
    const [entry] = await world.runtime.runs.decisions(result.id);
    expect(entry).toMatchObject({
      verdict: "fallback",
      planner: "rule",
      tries: [{ issues: [{ code: "MODEL_UNAVAILABLE" }] }, {}],
    });
    expect(fallback.requests).toMatchObject([{ n: 1, attempt: 2, visibility: "shape" }]);
  });

  test("is asked once the repairs are used up", async () => {
    const planner = createScriptedPlanner([bad, bad, bad]);
    const world = createWorld({ planner, fallback: standIn() });
    const result = await world.run({ goal: "test" });
    expect(result.status).toBe("completed");
    expect(planner.requests).toHaveLength(3);
    const [entry] = await world.runtime.runs.decisions(result.id);
    expect(entry).toMatchObject({ verdict: "fallback", tries: { length: 4 } });
  });

  test("is asked where the planner only repeats itself", async () => {
    const again = planOf([{ id: "a", tool: "broken", input: {} }]);
    const planner = createScriptedPlanner([again, again, again]);
    const fallback = createScriptedPlanner([planOf([{ id: "b", tool: "echo", input: {} }])], { name: "rule" });
    const broken = () => Promise.reject(new Error("no"));
    const result = await createWorld({ planner, fallback, behaviours: { broken } }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: { b: {} } });
  });

  test("has one try: what it says wrong, or cannot say, fails the run", async () => {
    for (const [answer, code] of [
      [bad, "PLAN_UNKNOWN_TOOL"],
      [down, "MODEL_UNAVAILABLE"],
    ] as const) {
      const fallback = createScriptedPlanner([answer, good], { name: "rule" });
      const result = await createWorld({ planner: createScriptedPlanner([down]), fallback }).run({ goal: "test" });
      expect(result).toMatchObject({ status: "failed", error: { code } });
      expect(fallback.requests).toHaveLength(1);
    }
  });

  test("does not keep the run's own planner from the next decision", async () => {
    const first = planOf([{ id: "a", tool: "echo", input: {} }], { then: "replan" });
    const planner = createScriptedPlanner([down, { kind: "finish", rationale: "r", output: "own" }]);
    const fallback = createScriptedPlanner([first], { name: "rule" });
    const result = await createWorld({ planner, fallback }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: "own" });
    expect(planner.requests[1]).toMatchObject({ n: 2, attempt: 1, issues: [] });
  });

  test("is not asked where the run is cancelled, nor for a person's plan", async () => {
    const fallback = standIn();
    const world = createWorld({ planner: { name: "slow", plan: () => new Promise(() => {}) }, fallback });
    const handle = await world.runtime.start({ goal: "test" });
    await world.clock.advanceAsync(10);
    await world.until(handle.cancel());
    expect(await world.result(handle)).toMatchObject({ status: "cancelled" });
    const given = await world.run({ goal: "test", plan: bad });
    expect(given).toMatchObject({ status: "failed", error: { code: "PLAN_UNKNOWN_TOOL" } });
    expect(fallback.requests).toHaveLength(0);
  });

  test("serves dry runs in the same way", async () => {
    const world = createWorld({ planner: createScriptedPlanner([down]), fallback: standIn() });
    expect(await world.until(world.runtime.plan({ goal: "test" }))).toMatchObject({
      valid: true,
      planner: "rule",
      repairs: 1,
    });
    const spoiled = createWorld({ planner: createScriptedPlanner([bad, bad, bad]), fallback: standIn() });
    expect(await spoiled.until(spoiled.runtime.plan({ goal: "test" }))).toMatchObject({ valid: true, repairs: 3 });
    const alone = createWorld({ planner: createScriptedPlanner([down]) });
    await expect(alone.until(alone.runtime.plan({ goal: "test" }))).rejects.toMatchObject({
      code: "MODEL_UNAVAILABLE",
    });
  });
});

describe("an answer that was decoded", () => {
  test("is kept as the model wrote it, and given back with what was wrong", async () => {
    const issue = {
      severity: "error" as const,
      code: "DIALECT_DECODE" as const,
      path: "/steps/0",
      message: "m",
      hint: "h",
      fix: null,
    };
    const requests: unknown[] = [];
    const world = createWorld({
      planner: {
        name: "model",
        async plan(request) {
          requests.push(structuredClone(request));
          if (request.attempt === 1) return { raw: null, answer: "written {", issues: [issue], dialect: "entries" };
          return { raw: good, answer: "written well", dialect: "entries" };
        },
      },
    });
    const result = await world.run({ goal: "test" });
    expect(requests[1]).toMatchObject({ attempt: 2, previous: null, previousAnswer: "written {", issues: [issue] });
    const [entry] = await world.runtime.runs.decisions(result.id);
    expect(entry?.tries).toMatchObject([
      { raw: "written {", decision: null, issues: [{ code: "DIALECT_DECODE" }], dialect: "entries" },
      { raw: "written well", decision: { kind: "plan" } },
    ]);
  });
});
