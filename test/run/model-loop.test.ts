/** A model plans, the software keeps its word: whole runs with a scripted model. */
import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/model/model.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { modelReply, type ScriptedModelAnswer } from "../../src/testing/model-reply.ts";
import { createScriptedModel, type ScriptedModelOptions } from "../../src/testing/scripted-model.ts";
import { createWorld, sleep, statuses, type WorldOptions } from "./run-world.ts";

const plan = (steps: object[], rest: object = {}): JsonValue =>
  ({ kind: "plan", rationale: "r", steps, ...rest }) as unknown as JsonValue;
const echo = (id: string, input: object = {}, rest: object = {}) => ({ id, tool: "echo", input, ...rest });

function worldOf(answers: ScriptedModelAnswer[], options: WorldOptions = {}, facts: ScriptedModelOptions = {}) {
  const clock = options.clock ?? createManualClock();
  const model = createScriptedModel(answers, { formats: ["text"], clock, ...facts });
  return { model, world: createWorld({ ...options, clock, model }) };
}

describe("the dynamic loop", () => {
  test("plans, reads the results, replans twice without any failure, and finishes with what the first plan found", async () => {
    const { model, world } = worldOf([
      plan([echo("look", { found: "north" })], { then: "replan" }),
      plan([echo("walk", { to: { ref: "look.found" } })], { then: "replan" }),
      plan([echo("tell", { saw: { template: "{{look.found}} and {{walk.to}}" } })], {
        output: { story: { ref: "tell.saw" }, first: { ref: "look" } },
      }),
    ]);
    const result = await world.run({ goal: "Find the way." });
    expect(result).toMatchObject({
      status: "completed",
      output: { story: "north and north", first: { found: "north" } },
      decisions: 3,
      replans: 2,
      planner: "model",
      model: "scripted",
    });
    const log = await world.runtime.runs.decisions(result.id);
    expect(log.map(({ cause, verdict, prompt }) => [cause, verdict, prompt?.name])).toEqual([
      ["start", "accepted", "planning"],
      ["then-replan", "accepted", "replanning"],
      ["then-replan", "accepted", "replanning"],
    ]);
    expect(JSON.stringify(model.requests[2])).toContain("look");
    expect(result.usage.modelCalls).toBe(3);
  });

  test("asks the model once where the plan works", async () => {
    const { model, world } = worldOf([plan([echo("a"), echo("b", { of: { ref: "a" } })])]);
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", decisions: 1, usage: { modelCalls: 1 } });
    model.expectAsked({ count: 1 });
  });

  test("what comes first in a request stays the same, byte for byte, in all requests of a run", async () => {
    const { model, world } = worldOf([
      plan([echo("a")], { then: "replan" }),
      plan([echo("b", { wrong: { ref: "nowhere.x" } })]),
      plan([echo("b")]),
    ]);
    await world.run({ goal: "test", documents: [{ name: "note.txt", text: "Some words about the harbour." }] });
    const [first, second, third] = model.requests;
    expect(second?.system).toEqual(first?.system);
    expect(third?.system).toEqual(first?.system);
    const stable = (request: typeof first) => request?.messages[0]?.parts.filter(({ isStable }) => isStable) ?? [];
    expect(stable(first).length).toBeGreaterThan(0);
    expect(stable(second).slice(0, stable(first).length)).toEqual(stable(first));
  });
});

describe("a model that errs", () => {
  const flawed: [string, JsonValue][] = [
    ["PLAN_UNKNOWN_TOOL", plan([{ id: "a", tool: "serach", input: {} }])],
    ["PLAN_CYCLE", plan([echo("a", { x: { ref: "b" } }), echo("b", { x: { ref: "a" } })])],
    ["PLAN_BAD_VALUE", plan([{ id: "b", tool: "count", input: { text: 7 } }])],
    ["PLAN_TYPE_MISMATCH", plan([{ id: "b", tool: "count", input: { text: { ref: "now" } } }])],
    ["PLAN_BAD_REF", plan([echo("a", { x: { ref: "nowhere.y" } })])],
  ];
  const count = {
    behaviours: { count: ({ text }: JsonObject) => ({ words: String(text).split(" ").length }) },
    definitions: {
      count: { inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] } as never },
    },
  };

  test.each(flawed)("is told %s in the same words as the log, and repairs it", async (code, wrong) => {
    const { model, world } = worldOf([wrong, plan([echo("good", { ok: true })])], count);
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: { good: { ok: true } } });
    const [entry] = await world.runtime.runs.decisions(result.id);
    const told = entry?.tries[0]?.issues.find(({ severity }) => severity === "error");
    expect([told?.code, entry?.tries.length]).toEqual([code, 2]);
    expect(entry?.tries[1]?.issues).toEqual([]);
    const asked = JSON.stringify(model.requests[1]?.messages.at(-1));
    expect(asked).toContain(told?.code);
    expect(asked).toContain(JSON.stringify(told?.message).slice(1, -1));
    expect(entry?.prompt?.name).toBe("repair");
    expect(world.calls.map(({ tool }) => tool)).toEqual(["echo"]);
  });

  test("five ways in a row and then goes on: not within two repairs; the run fails with the first issue", async () => {
    const { model, world } = worldOf(
      flawed.map(([, wrong]) => wrong),
      count,
    );
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", decisions: 1, steps: [] });
    expect(result.error?.code).toMatch(/^PLAN_/);
    model.expectAsked({ count: 3 });
    expect(world.calls).toEqual([]);
  });

  test("and never learns leaves the decision to rules, and the work to tools without a model, where they stand in", async () => {
    const wrong = flawed[0]?.[1] ?? null;
    const gone = new ModelError("MODEL_AUTH", "The key is not valid any more.");
    const { model, world } = worldOf([wrong, wrong, wrong, gone], { ...count, fallback: "rule", builtInTools: true });
    const result = await world.run({
      goal: "Summarise this in one sentence",
      documents: [{ name: "note.txt", text: "The pier opened on Monday. Everyone in Bremen was delighted with it." }],
    });
    expect(result.status).toBe("completed");
    model.expectAsked({ count: 4 });
    expect(JSON.stringify(result.steps)).toContain("sentence-centrality");
    expect((await world.runtime.runs.decisions(result.id))[0]).toMatchObject({ verdict: "fallback", planner: "rule" });
  });

  test("by repeating a failing step ends as PLAN_STUCK", async () => {
    const again = plan([{ id: "a", tool: "broken", input: {} }]);
    const broken = () => Promise.reject(new Error("no"));
    const { world } = worldOf([again, again, again, again], { behaviours: { broken } });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", error: { code: "PLAN_STUCK" } });
  });

  test("with something that is no plan is never taken for one that is down", async () => {
    const { model, world } = worldOf(["I would rather not.", "Still no.", plan([echo("a")])]);
    const result = await world.run({ goal: "test" });
    expect(result.status).toBe("completed");
    model.expectAsked({ count: 3 });
    const [entry] = await world.runtime.runs.decisions(result.id);
    expect(entry?.tries.map(({ raw, issues }) => [raw.slice(0, 7), issues[0]?.code ?? null])).toEqual([
      ["I would", "PLAN_NOT_JSON"],
      ["Still n", "PLAN_NOT_JSON"],
      [entry?.tries[2]?.raw.slice(0, 7), null],
    ]);
  });

  test("by refusing ends the run as MODEL_REFUSED, without another try", async () => {
    const { model, world } = worldOf([new ModelError("MODEL_REFUSED", "The model refuses.")]);
    expect(await world.run({ goal: "test" })).toMatchObject({ status: "failed", error: { code: "MODEL_REFUSED" } });
    model.expectAsked({ count: 1 });
  });
});

describe("a provider that does not take a schema", () => {
  test("is asked in the next dialect, and not again in the first", async () => {
    const rejected = new ModelError("MODEL_BAD_REQUEST", "compiled grammar is too large");
    const answer = plan([echo("a")]);
    const { model, world } = worldOf(
      [rejected, answer, plan([echo("b")])],
      {},
      { provider: "openai", formats: ["schema", "tool", "text"] },
    );
    const first = await world.run({ goal: "test" });
    const second = await world.run({ goal: "test" });
    expect([first.status, second.status]).toEqual(["completed", "completed"]);
    const formats = model.requests.map(({ format }) => JSON.stringify(format));
    expect(formats[1]).not.toBe(formats[0]);
    expect(formats[2]).toBe(formats[1]);
  });
});

describe("a plan that is streamed", () => {
  const steps = [400, 10, 10, 10].map((ms, place) => ({ id: `s${place}`, tool: "wait", input: { ms } }));
  const text = JSON.stringify(plan(steps));
  const pieces = text.match(/.{1,10}/gs) ?? [];

  test("runs its first step while the model is still writing, and ends sooner than one that comes whole", async () => {
    const durations: number[] = [];
    for (const formats of [["text"], ["text"]] as const) {
      const isWhole = durations.length === 1;
      const clock = createManualClock();
      const reply = isWhole
        ? modelReply({ value: text, pieces: [text], delayMs: 10 * pieces.length })
        : modelReply({ value: text, pieces, delayMs: 10 });
      const wait = async (input: JsonObject) => {
        await sleep(clock, Number(input.ms));
        return input;
      };
      const { world } = worldOf([reply], { clock, behaviours: { wait } }, { formats: [...formats] });
      const result = await world.run({ goal: "test" });
      expect(result.status).toBe("completed");
      expect(Object.values(statuses(result))).toEqual(["completed", "completed", "completed", "completed"]);
      durations.push(result.durationMs);
    }
    const [streamed = 0, whole = 0] = durations;
    expect(streamed).toBeLessThan(whole);
    expect(whole).toBe(10 * pieces.length + 400);
  });
});

describe("visibility", () => {
  test("under shape no word of a document, and nothing of a result, reaches the model; the plan stays trusted", async () => {
    const secret = "xylophone";
    const { model, world } = worldOf(
      [plan([echo("a", { text: { ref: "document.text" } })], { then: "replan" }), plan([echo("b")])],
      { visibility: "shape" },
    );
    const result = await world.run({ goal: "test", documents: [{ name: "n.txt", text: `The ${secret} plays.` }] });
    expect(result.status).toBe("completed");
    expect(JSON.stringify(model.requests)).not.toContain(secret);
    const seen = worldOf([plan([echo("a", { text: { ref: "document.text" } })])]);
    await seen.world.run({ goal: "test", documents: [{ name: "n.txt", text: `The ${secret} plays.` }] });
    expect(JSON.stringify(seen.model.requests)).toContain(secret);
  });
});
