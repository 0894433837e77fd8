/** A whole run, recorded once and replayed: the same decisions, failures, results and costs, and nobody is asked. */
import { describe, expect, test } from "vitest";
import { createRuntime, type RunRequest, type RunResult } from "../../src/index.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { createCassetteModel } from "../../src/model/cassette-model.ts";
import { type Model, ModelError } from "../../src/model/model.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { modelReply, type ScriptedModelAnswer } from "../../src/testing/model-reply.ts";
import { createScriptedModel } from "../../src/testing/scripted-model.ts";

const TEXT = "Maria Lindqvist opened the new pier in Bremen on Monday. Everyone there was delighted with it.";
const REQUEST: RunRequest = { goal: "Sum it up, then name the people.", documents: [{ name: "n.md", text: TEXT }] };
const text = { text: { ref: "document.text" } };

/** A call that is refused at first, a plan with a wrong tool, its repair, a tool that asks, a replan. */
const ANSWERS: ScriptedModelAnswer[] = [
  new ModelError("MODEL_OVERLOADED", "Busy."),
  { kind: "plan", rationale: "r", steps: [{ id: "sum", tool: "sumarize", input: text }], then: "replan" },
  { kind: "plan", rationale: "r", steps: [{ id: "sum", tool: "summarize", input: text }], then: "replan" },
  modelReply({ pieces: ["Maria opened ", "a pier."], usage: { inputTokens: 321, outputTokens: 7 } }),
  {
    kind: "plan",
    rationale: "r",
    steps: [{ id: "who", tool: "extract_entities", input: text }],
    output: { sum: { ref: "sum.text" }, who: { ref: "who.items[0].text" } },
  },
];

/** Every answer takes its time, of which nothing is left in a replay. */
function slowly(answers: readonly ScriptedModelAnswer[], clock: ManualClock): ScriptedModelAnswer[] {
  return answers.map((answer) => (request) => {
    clock.advance(20_000);
    return typeof answer === "function" ? answer(request) : answer;
  });
}

function shortPause({ nextInMs }: ManualClock): number {
  return nextInMs !== null && nextInMs <= 5_000 ? nextInMs : 0;
}

async function runWith(model: Model, clock: ManualClock): Promise<RunResult> {
  const random = { next: () => 0.5 };
  const runtime = createRuntime({ model, clock, random, store: createMemoryStore({ clock }) });
  let isDone = false;
  const running = runtime.run(REQUEST).finally(() => {
    isDone = true;
  });
  // Only the pause before a retry passes: tools that are at work must not run into their time limits.
  while (!isDone) await clock.advanceAsync(shortPause(clock));
  const result = await running;
  await runtime.close();
  return result;
}

/** What does not depend on when and under which id a run was made. */
function lasting({ status, output, plan, steps, usage, costUsd, decisions, replans, model, error }: RunResult) {
  const rows = steps.map((step) => [step.id, step.tool, step.status, step.output, step.attempts]);
  return { status, output, plan, rows, usage, costUsd, decisions, replans, model, error };
}

describe("a recorded run", () => {
  test("is replayed however slow the model was, with the same decisions, results and costs", async () => {
    const fileSystem = createMemoryFileSystem();
    const file = "/run.jsonl";
    const clock = createManualClock();
    const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
    const inner = createScriptedModel(slowly(ANSWERS, clock), { name: "anthropic:some", provider: "anthropic", price });
    const recorder = await createCassetteModel({ file, mode: "record", inner, fileSystem, clock });
    const recorded = await runWith(recorder, clock);
    expect(lasting(recorded)).toMatchObject({
      ...{ status: "completed", output: { sum: "Maria opened a pier.", who: "Maria Lindqvist" } },
      ...{ decisions: 2, replans: 1, model: "anthropic:some", usage: { modelCalls: 5 } },
    });
    expect(recorded.costUsd).toBeGreaterThan(0);
    const replay = await createCassetteModel({ file, mode: "replay", fileSystem });
    const replayed = await runWith(replay, createManualClock());
    expect(lasting(replayed)).toEqual(lasting(recorded));
    inner.expectAsked({ count: 5 });
    expect(replay.recorded()).toBe(5);
  });

  test("whose goal changed fails as CASSETTE_MISS, and says so", async () => {
    const fileSystem = createMemoryFileSystem();
    const file = "/run.jsonl";
    const recorder = await createCassetteModel({
      ...{ file, mode: "record", fileSystem },
      inner: createScriptedModel([{ kind: "finish", rationale: "r", output: 1 }]),
    });
    const first = createRuntime({ model: recorder, store: createMemoryStore() });
    expect((await first.run({ goal: "One." })).status).toBe("completed");
    await first.close();
    const replay = await createCassetteModel({ file, mode: "replay", fileSystem });
    const second = createRuntime({ model: replay, store: createMemoryStore() });
    const { status, error } = await second.run({ goal: "Two." });
    await second.close();
    expect([status, error?.code]).toEqual(["failed", "CASSETTE_MISS"]);
    expect(error?.message).toMatch(/messages changed from message 1 on, at character \d+: .*One\..* → .*Two\./);
  });
});
