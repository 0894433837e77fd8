/** Stubs of the level loop: a missing or broken one is the suite's fault, and costs the planner nothing. */
import { expect, test } from "vitest";
import { LOOK, planOf, scoresOf } from "./scripted-suite.ts";

const SEND = { ...LOOK, name: "send", effect: "irreversible" as const, idempotency: "none" as const };
const CALL = planOf([{ id: "s", tool: "send", input: { x: 1 } }], { output: { v: { ref: "s.v" } } });
const GIVE_UP = { kind: "abandon", rationale: "r", reason: "no" };
const DONE = { assertions: [{ name: "done", check: { field: "status", is: "completed" } }], decision: 1 };

function trialOf(stubs: object | undefined) {
  return scoresOf([CALL, GIVE_UP], {}, { ...DONE, tools: [SEND], stubs }).then(({ trials, status }) => {
    return { trial: trials[0]!, status };
  });
}

test("a stub stands in for a tool with effects, without an approval", async () => {
  const { trial } = await trialOf({ send: [{ v: "sent" }] });
  expect(trial).toMatchObject({ error: null, scores: { goal_success: { score: 1 } } });
});

test("a tool with effects and no stub is an error of the trial, which names the tool and the case", async () => {
  const { trial, status } = await trialOf(undefined);
  expect(trial.error).toMatchObject({ code: "CONFIG_INVALID", message: "Tool 'send' has no stub in case 'c'." });
  expect([trial.scores, status]).toEqual([{}, "incomplete"]);
});

test("a stub that its tool could not have given is one, too", async () => {
  const { trial } = await trialOf({ send: [{ wrong: 1 }] });
  expect(trial.error?.message).toMatch(/^A stub of tool 'send' in case 'c' is no output of it: /);
});
