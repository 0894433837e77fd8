import { expect, test } from "vitest";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { planningRequest } from "./fixtures/planning-request.ts";

const signal = new AbortController().signal;

test("a scripted planner answers in order: values, texts, functions and errors", async () => {
  const planner = createScriptedPlanner([
    { kind: "x" },
    "text",
    (request) => ({ goal: request.goal }),
    new Error("down"),
  ]);
  const ask = (goal: string) => planner.plan(planningRequest(goal, []), { signal });
  expect((await ask("a")).raw).toEqual({ kind: "x" });
  expect((await ask("b")).raw).toBe("text");
  expect((await ask("c")).raw).toEqual({ goal: "c" });
  await expect(ask("d")).rejects.toThrow("down");
  expect(planner.requests.map((request) => request.goal)).toEqual(["a", "b", "c", "d"]);
});

test("a scripted planner says so when its script is used up", async () => {
  const planner = createScriptedPlanner([]);
  await expect(planner.plan(planningRequest("a", [], { n: 3, cause: "answer" }), { signal })).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringMatching(/has 0 answers.*decision 3, try 1, cause answer/),
  });
});

test("a scripted planner keeps each request as it was", async () => {
  const planner = createScriptedPlanner([1], { visibility: "shape", name: "double" });
  const request = planningRequest("before", []);
  await planner.plan(request, { signal });
  request.goal = "after";
  expect(planner.requests[0]?.goal).toBe("before");
  expect(planner).toMatchObject({ visibility: "shape", name: "double" });
});
