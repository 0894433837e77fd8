/** Replays: a journal is checked and folded, and its decisions asked again, without any tool being called. */
import { describe, expect, it } from "vitest";
import { runReplaySchema } from "../../src/run/replay-report.ts";
import type { ReplayOptions } from "../../src/runtime/replay-run.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { modelReply, type ScriptedModelAnswer } from "../../src/testing/model-reply.ts";
import { createScriptedModel } from "../../src/testing/scripted-model.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld, type World } from "../run/run-world.ts";

const plan = (steps: JsonObject[], rest: JsonObject = {}): JsonObject => ({
  kind: "plan",
  rationale: "r",
  steps,
  ...rest,
});
const echo = (id: string, input: JsonObject = {}): JsonObject => ({ id, tool: "echo", input });
const FIRST = plan([echo("a", { deep: { list: [1, 2] } }), echo("b")], { then: "replan" });
const FINISH: JsonObject = { kind: "finish", rationale: "done", output: { ref: "a" } };
const PRICE = { inputUsdPerMillion: 1_000, outputUsdPerMillion: 1_000 };
const reply = (value: JsonObject): ScriptedModelAnswer =>
  modelReply({ value: JSON.stringify(value), usage: { inputTokens: 100, outputTokens: 10 } });

/** A run of two decisions by a model, and what the model says when it is asked again. */
async function replayed(later: ScriptedModelAnswer[], options: ReplayOptions = {}) {
  const clock = createManualClock();
  const answers = [reply(FIRST), reply(FINISH), ...later];
  const model = createScriptedModel(answers, { formats: ["text"], clock, price: PRICE });
  const world: World = createWorld({ clock, model, limits: { budget: { maxCostUsd: 1_000 } } });
  const { id } = await world.run({ goal: "Replay me." });
  const calls = world.calls.length;
  const replay = await world.until(world.runtime.replay(id, { maxCostUsd: 1_000, ...options }));
  expect(world.calls.length).toBe(calls);
  return { world, id, model, replay: runReplaySchema.parse(replay) };
}

describe("a replay", () => {
  it("finds a journal whole, says what it folds to, and outlines the decisions, asking nobody", async () => {
    const { world, id, model, replay } = await replayed([]);
    expect(replay).toMatchObject({ run: id, status: "completed", asked: null, noise: null, costUsd: 0 });
    expect(replay.entries).toBe(world.data.runs.get(id)?.files.flat().length);
    expect(replay.snapshot).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(
      replay.decisions.map(({ n, cause, isRequestIntact, prompt }) => [n, cause, isRequestIntact, prompt]),
    ).toEqual([
      [1, "start", true, "planning@1"],
      [2, "then-replan", true, "replanning@1"],
    ]);
    expect(model.requests).toHaveLength(2);
    expect(await world.runtime.replay(id)).toEqual(await world.runtime.replay(id));
  });

  it("asks every decision again, each against the run as it was then, and says what would have changed", async () => {
    const other = plan([echo("a", { deep: { list: [1, 3] } }), echo("c")], { then: "finish" });
    const { replay, model } = await replayed([reply(other), reply(FIRST), reply(FINISH), reply(FINISH)], { ask: true });
    const [first, second] = replay.decisions;
    expect(first?.asked).toMatchObject({
      isValid: true,
      comparison: {
        isSame: false,
        diff: { kept: [], dropped: ["b"], added: ["c"], changed: ["a"] },
        firstInput: { step: "a", path: "/input/deep/list/1", before: 2, after: 3 },
        others: ["then"],
      },
    });
    expect(second?.asked?.comparison).toMatchObject({ isSame: true });
    expect(replay.asked).toMatchObject({ answers: 2, same: 1, usage: { modelCalls: 2, inputTokens: 200 } });
    expect(replay.noise).toMatchObject({ answers: 2, same: 2 });
    expect(replay.costUsd).toBeCloseTo(4 * 0.11);
    expect(JSON.stringify(model.requests[2]?.messages)).toBe(JSON.stringify(model.requests[0]?.messages));
    expect(JSON.stringify(model.requests[4]?.messages)).toBe(JSON.stringify(model.requests[1]?.messages));
  });

  it("shows how much what planned then varies by itself", async () => {
    const odd = plan([echo("x")]);
    const lanes = [reply(FIRST), reply(odd), reply(FIRST), reply(FINISH), reply(FINISH), reply(odd)];
    const { replay } = await replayed(lanes, { ask: true, noise: 2 });
    expect(replay.decisions.map(({ noise }) => noise.map(({ comparison }) => comparison?.isSame))).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(replay.noise).toMatchObject({ answers: 4, same: 2 });
    const none = await replayed([reply(FIRST), reply(FINISH)], { ask: true, noise: 0 });
    expect(none.replay).toMatchObject({ noise: null, noNoise: "It was not asked for." });
  });

  it("parses, checks and repairs like a run: a wrong answer is repaired, one that stays wrong is no plan", async () => {
    const bad = plan([{ id: "z", tool: "nosuch", input: {} }]);
    const { replay } = await replayed([reply(bad), reply(FIRST), reply(bad), reply(bad), reply(bad)], {
      ask: true,
      noise: 0,
    });
    expect(replay.decisions[0]?.asked).toMatchObject({ tries: 2, isValid: true, comparison: { isSame: true } });
    expect(replay.decisions[1]?.asked).toMatchObject({ tries: 3, isValid: false });
    expect(replay.decisions[1]?.asked?.issues[0]?.code).toBe("PLAN_UNKNOWN_TOOL");
    expect(replay.asked?.same).toBe(1);
  });

  it("spends no more than its limit, and says what was not asked for that", async () => {
    const { replay } = await replayed([reply(FIRST)], { ask: true, noise: 0, maxCostUsd: 12 });
    expect(replay.decisions[0]?.asked?.comparison?.isSame).toBe(true);
    const all = await replayed([], { ask: true, noise: 0, maxCostUsd: 0.01 });
    expect(all.replay.decisions.map(({ notAsked }) => notAsked)).toEqual([
      "Too little of the limit of 0.01 USD is left to ask.",
      "Too little of the limit of 0.01 USD is left to ask.",
    ]);
    expect(all.replay.costUsd).toBe(0);
  });

  it("asks another planner on old runs, which needs no model", async () => {
    const answers: JsonValue[] = [FIRST, FINISH];
    const world = createWorld({ planner: createScriptedPlanner(answers) });
    const { id } = await world.run({ goal: "g" });
    const planner = createScriptedPlanner([plan([echo("a", { deep: { list: [1, 2] } })]), FINISH]);
    const replay = await world.until(world.runtime.replay(id, { ask: { planner } }));
    expect(replay.asked).toMatchObject({ planner: "scripted", answers: 2, same: 1 });
    expect(replay.noNoise).toBe("No model planned this run.");
    expect(planner.requests.map(({ n, cause, run }) => [n, cause, run])).toEqual([
      [1, "start", id],
      [2, "then-replan", id],
    ]);
  });

  it("leaves out a person's plan, and what a fork inherits", async () => {
    const world = createWorld({ planner: createScriptedPlanner([FIRST, FINISH, FINISH, FINISH]) });
    const applied = await world.apply([echo("a")]);
    const own = await world.until(world.runtime.replay(applied.id, { ask: true }));
    expect(own.decisions[0]).toMatchObject({ asked: null, notAsked: expect.stringContaining("already was taken") });
    const source = await world.run({ goal: "g" });
    const fork = await world.until(world.runtime.fork(source.id, { atDecision: 2 }));
    await world.result(fork);
    const replay = await world.until(world.runtime.replay(fork.id, { ask: true }));
    expect(replay).toMatchObject({ forkedFrom: `${source.id}@2` });
    expect(replay.decisions.map(({ n, notAsked, isRequestIntact }) => [n, notAsked, isRequestIntact])).toEqual([
      [1, `It was decided in run ${source.id}: replay that one.`, true],
      [2, null, true],
    ]);
  });

  it("refuses a journal of which a bit was changed, whatever the store says", async () => {
    const world = createWorld({ planner: createScriptedPlanner([FINISH]) });
    const { id } = await world.run({ goal: "g" });
    const file = world.data.runs.get(id)?.files[0];
    if (file?.[1] === undefined) throw new Error("no journal");
    file[1] = file[1].replace('"run.started"', '"run.startex"');
    await expect(world.runtime.replay(id)).rejects.toMatchObject({ code: expect.stringMatching(/^JOURNAL_/) });
  });
});
