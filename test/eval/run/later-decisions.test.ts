/** Golds about a decision that is not the first: what the run had before counts, and one that never came has no score. */
import { describe, expect, test } from "vitest";
import { FIRST, LOOK, planOf, SECOND, scoresOf } from "./scripted-suite.ts";

describe("a second decision", () => {
  const finish = planOf([SECOND], { output: { v: { ref: "b.v" } } });
  const gold = { anyOf: [{ kind: "plan", steps: [SECOND], output: { v: { ref: "b.v" } } }] };

  test("may read the steps of the first, and is compared with its gold", async () => {
    const { trials } = await scoresOf([planOf([FIRST], { then: "replan" }), finish], {}, { gold });
    expect(trials[0]).toMatchObject({ decision: 2, error: null });
    expect(trials[0]?.scores["sound"]).toEqual({ score: 1, evidence: [] });
    expect(trials[0]?.scores["step_match"]?.score).toBe(1);
  });

  test("that gives an old step a new meaning is still unsound", async () => {
    const other = planOf([{ ...FIRST, input: { x: 2 } }]);
    const { trials } = await scoresOf([planOf([FIRST], { then: "replan" }), other], {}, { gold });
    expect(trials[0]?.scores["sound"]).toMatchObject({
      score: 0,
      evidence: [expect.stringContaining("PLAN_ID_REUSED")],
    });
  });

  test("that never came has no scores of a decision, and the report says so", async () => {
    const { trials, notes, counts } = await scoresOf([planOf([FIRST])], {}, { gold });
    const ids = [
      "schema_valid_first",
      "schema_valid",
      "sound",
      "tool_precision",
      "tool_recall",
      "step_match",
      "refusal",
    ];
    expect(ids.map((id) => trials[0]?.scores[id]?.score)).toEqual(ids.map(() => null));
    expect(trials[0]?.decision).toBeNull();
    expect(counts.errors).toBe(0);
    expect(notes.join()).toContain("1 trials ended before the decision that the golds are about (c)");
  });

  test("is no matter of the level plan, where there is only one", async () => {
    await expect(scoresOf([planOf([FIRST])], { level: "plan" }, { gold })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("case 'c', which the level plan never asks for"),
    });
  });
});

test("an order that the case forbids is looked for in every decision of the run", async () => {
  const send = { ...LOOK, name: "send", effect: "irreversible" as const, idempotency: "none" as const };
  const more = { tools: [LOOK, send], stubs: { look: [{ v: "x" }], send: [{ v: "y" }] }, decision: 1 };
  const forbidden = [{ tool: "send", before: "look" }];
  const [look, act] = [planOf([FIRST], { then: "replan" }), planOf([{ id: "s", tool: "send", input: { x: 1 } }])];
  const scoreOf = async (answers: object[]) =>
    (await scoresOf(answers, {}, { ...more, forbidden })).trials[0]?.scores["forbidden"]?.score;
  expect(await scoreOf([look, act])).toBe(1);
  const other = planOf([{ id: "o", tool: "send", input: { x: 0 } }], { then: "replan" });
  expect(await scoreOf([planOf([], { then: "replan" }), act])).toBe(0);
  expect(await scoreOf([other, look, act])).toBe(0);
});
