/** Success criteria, targets and observation points: checked on the result, told in entries, honest at the end. */
import { describe, expect, test } from "vitest";
import type { GivenRules } from "../../src/goal/run-rules.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { RunEvent, RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createScriptedModel } from "../../src/testing/scripted-model.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld, sleep, type World } from "./run-world.ts";

const planOf = (steps: JsonValue[], rest: { [key: string]: JsonValue } = {}): JsonValue => ({
  kind: "plan",
  rationale: "test",
  steps,
  then: "finish",
  ...rest,
});
const echo = (id: string, input: { [key: string]: JsonValue }): JsonValue => ({ id, tool: "echo", input });
const ref = (path: string): { ref: string } => ({ ref: path });

async function eventsOf(world: World, { id }: RunResult): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of world.runtime.runs.events(id)) events.push(event);
  return events;
}

describe("success criteria", () => {
  const topics = { name: "has-topics", check: { ref: "topics.items", empty: false } };

  test("met: the run completes, and says what each criterion saw", async () => {
    const world = createWorld();
    const result = await world.apply([echo("topics", { items: ["a"] }) as object], { request: { success: [topics] } });
    expect(result).toMatchObject({
      status: "completed",
      success: [{ name: "has-topics", met: true, evidence: 'topics.items = ["a"]' }],
    });
    const checked = (await eventsOf(world, result)).find(({ kind }) => kind === "success.checked");
    expect(checked?.data).toMatchObject({ met: true });
  });

  test("unmet under a fixed plan: the run fails at once, and keeps its output", async () => {
    const world = createWorld();
    const result = await world.apply([echo("topics", { items: [] }) as object], { request: { success: [topics] } });
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" }, decisions: 1 });
    expect(result.output).toEqual({ topics: { items: [] } });
    expect(result.error?.issues?.[0]?.message).toContain("'has-topics' is not met: topics.items = []");
  });

  test("unmet: the planner is told which criterion and what it saw, and may do better", async () => {
    const seen: PlanningRequest[] = [];
    const planner = createScriptedPlanner([
      planOf([echo("a", { n: 1 })], { output: { n: ref("a.n") } }),
      (request: PlanningRequest) => {
        seen.push(request);
        return planOf([echo("a", { n: 1 }), echo("b", { n: 5 })], { output: { n: ref("b.n") } });
      },
    ]);
    const world = createWorld({ planner });
    const success = [{ name: "enough", check: { ref: "output.n", gte: 5 } }];
    const result = await world.run({ goal: "count", success });
    expect(result).toMatchObject({ status: "completed", output: { n: 5 }, decisions: 2 });
    expect(seen[0]).toMatchObject({ cause: "success-unmet" });
    expect(seen[0]?.issues[0]).toMatchObject({ code: "SUCCESS_UNMET", path: "/success/0" });
    expect(seen[0]?.issues[0]?.message).toContain("output.n = 1");
    expect(world.calls).toHaveLength(2);
  });

  test("unmet until the replans are gone: SUCCESS_UNMET, not exhausted and not completed", async () => {
    let n = 0;
    const planner = createScriptedPlanner(
      Array.from({ length: 5 }, () => () => planOf([echo(`s${n++}`, { n })], { output: { n: 0 } })),
    );
    const world = createWorld({ planner });
    const success = [{ name: "enough", check: { ref: "output.n", gt: 0 } }];
    const result = await world.run({ goal: "count", success, budget: { maxReplans: 2 } });
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" }, decisions: 3 });
  });

  test("another budget that runs out before the goal is met fails the run, too; what was reached is kept", async () => {
    const world = createWorld();
    const steps = [echo("a", { n: 1 }), echo("b", { n: 2 })] as object[];
    const success = [{ name: "both", check: { ref: "b.n", exists: true } }];
    const request = { success, budget: { maxSteps: 1 } };
    const result = await world.apply(steps, { request });
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" }, output: { a: { n: 1 } } });
    expect(result.reason).toContain("1 steps");
    const met = [{ name: "one", check: { ref: "a.n", exists: true } }];
    expect(await createWorld().apply(steps, { request: { ...request, success: met } })).toMatchObject({
      status: "exhausted",
      error: { code: "LIMIT_STEPS" },
    });
  });

  test("a schema of the output, or of a part of it", async () => {
    const schema = { type: "object", required: ["n"], properties: { n: { type: "integer", minimum: 3 } } };
    const run = (n: number, ref?: string): Promise<RunResult> =>
      createWorld().apply([echo("a", { n }) as object], {
        request: { success: [{ name: "shape", schema, ...(ref === undefined ? {} : { ref }) }] },
      });
    expect((await run(3, "a")).status).toBe("completed");
    expect(await run(2, "output.a")).toMatchObject({ status: "failed", success: [{ met: false }] });
    expect(await run(9)).toMatchObject({ status: "failed" });
  });

  test.each([
    [[{ name: "x", check: { ref: "a", is: 1, not: 2 } }], "cannot be read"],
    [[topics, topics], "is used twice"],
    [[{ name: "x", schema: {}, ref: "a..b" }], "is no path"],
    [[{ name: "x" }], "success"],
  ])("a criterion that makes no sense is refused before anything starts: %j", async (success, message) => {
    const refused = createWorld().run({ goal: "x", success: success as never });
    await expect(refused).rejects.toMatchObject({ code: "VALIDATION", message: expect.stringContaining(message) });
  });
});

describe("a criterion that a model judges", () => {
  const judged = [{ name: "polite", judge: "Is the text polite?" }];
  const request = { goal: "write", success: judged, plan: planOf([echo("a", { text: "Good morning to you" })]) };
  const verdict = (met: boolean, evidence: string): string => JSON.stringify({ verdicts: [{ met, evidence }] });

  test("is asked last, once, with usage and prompt in the journal", async () => {
    const model = createScriptedModel([verdict(true, "Good morning to you")]);
    const world = createWorld({ model });
    const result = await world.run(request);
    expect(result).toMatchObject({ status: "completed", success: [{ name: "polite", met: true }] });
    expect(result.usage.modelCalls).toBe(1);
    const checks = (await eventsOf(world, result)).filter(({ kind }) => kind === "success.checked");
    expect(checks.map(({ data }) => data.met)).toEqual([null, true]);
    expect(checks[0]?.data).toHaveProperty("reservation");
    expect(checks[1]?.data).toMatchObject({ prompts: [{ name: "judge-success", version: 1 }] });
  });

  test("a yes that quotes nothing of the output is no", async () => {
    const model = createScriptedModel([verdict(true, "Dear Sir or Madam, with all respect")]);
    const result = await createWorld({ model }).run(request);
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" } });
    expect(result.success[0]?.evidence).toContain("not in the output");
  });

  test("is not asked where a condition is unmet already", async () => {
    const model = createScriptedModel([]);
    const success = [...judged, { name: "long", check: { ref: "a.text", is: "x" } }];
    const result = await createWorld({ model }).run({ ...request, success });
    expect(result).toMatchObject({ status: "failed", usage: { modelCalls: 0 } });
  });

  test("a judge that fails has seen nothing: unmet, and what it used counts", async () => {
    const model = createScriptedModel(["no idea", "none"]);
    const result = await createWorld({ model }).run(request);
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" } });
    expect(result.success[0]?.evidence).toContain("could not be judged");
  });

  test("without a model nothing can be judged", async () => {
    const result = await createWorld().run(request);
    expect(result.success).toMatchObject([{ met: false, evidence: "there is no model to judge it" }]);
  });

  test("a crash while it is asked: asked again, and the lost answer counts as used", async () => {
    const clock = createManualClock();
    const hung = createScriptedModel(["too late"], { delayMs: 100_000, clock });
    const world = createWorld({ model: hung, clock });
    const handle = await world.until(world.runtime.start(request));
    for (let turn = 0; turn < 80; turn++) await world.clock.advanceAsync(1);
    const next = world.crash({ model: createScriptedModel([verdict(true, "Good morning to you")]) });
    const resumed = await next.until(next.runtime.resume(handle.id));
    const result = await next.result(resumed);
    expect(result.status).toBe("completed");
    expect(result.usage.modelCalls).toBe(2);
  });
});

describe("targets and observation points", () => {
  async function slowRun(rules: GivenRules): Promise<{ world: World; result: RunResult; events: RunEvent[] }> {
    const world = createWorld({
      behaviours: {
        slow: async (input) => {
          await sleep(world.clock, 400);
          return input;
        },
      },
    });
    const steps = [
      { id: "a", tool: "slow", input: { text: "hello" } },
      { id: "each", tool: "slow", input: { n: ref("item") }, forEach: { items: [1, 2], max: 2 }, after: ["a"] },
    ];
    const result = await world.apply(steps, { request: { rules } });
    return { world, result, events: await eventsOf(world, result) };
  }

  test("a missed target gives an event and fails nothing", async () => {
    const { result, events } = await slowRun({ targets: { durationMs: 500, costUsd: 0.1 } });
    expect(result.status).toBe("completed");
    const missed = events.filter(({ kind }) => kind === "target.missed");
    expect(missed.map(({ data }) => data)).toEqual([{ target: "durationMs", limit: 500, actual: 800 }]);
  });

  test("a target that is kept says nothing", async () => {
    const { events } = await slowRun({ targets: { durationMs: 5_000, costUsd: 0 } });
    expect(events.filter(({ kind }) => kind === "target.missed")).toEqual([]);
  });

  test("what a step's completion shall record is recorded, once per step", async () => {
    const observe = [
      { after: "a", record: ["durationMs", "attempts", "output", "label"] as never },
      { after: "each", record: ["durationMs", "attempts", "output", "usage", "costUsd"] as never },
    ];
    const { events } = await slowRun({ observe });
    const seen = events.filter(({ kind }) => kind === "observation.recorded");
    expect(seen.map(({ step }) => step)).toEqual(["a", "each"]);
    expect(seen[0]?.data).toMatchObject({
      after: "a",
      values: { durationMs: { value: 400 }, attempts: { value: 1 }, output: { value: { text: "hello" } } },
    });
    expect(seen[1]?.data).toMatchObject({
      values: {
        durationMs: { value: 400 },
        attempts: { value: 2 },
        output: { value: [{ n: 1 }, { n: 2 }] },
        usage: { value: { inputTokens: 0, outputTokens: 0, modelCalls: 0 } },
        costUsd: { value: 0 },
      },
    });
  });
});
