/** Forks: what they keep, what they ask again, and what they say may happen twice. */
import { describe, expect, it } from "vitest";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import { projectDecisions } from "../../src/journal/decision-log.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Policy } from "../../src/policy/authorize.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import type { ForkOptions } from "../../src/runtime/fork-options.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { seededRandom } from "../../src/shared/random.ts";
import {
  createScriptedPlanner,
  type ScriptedAnswer,
  type ScriptedPlanner,
} from "../../src/testing/scripted-planner.ts";
import { createWorld, sleep, statuses, type World } from "../run/run-world.ts";

const ref = (path: string): JsonObject => ({ ref: path });
const step = (id: string, tool: string, { input = { id }, ...rest }: JsonObject = {}): JsonObject => ({
  id,
  tool,
  input,
  ...rest,
});
const plan = (steps: JsonObject[], rest: JsonObject = {}): JsonValue => ({
  kind: "plan",
  rationale: "r",
  steps,
  ...rest,
});

/** Three decisions: look and send, keep after a failure, finish. */
const ANSWERS: ScriptedAnswer[] = [
  plan([step("a", "echo"), step("s", "send", { input: { to: ref("a.id") } }), step("b", "broken", { after: ["s"] })]),
  plan([step("c", "keep", { input: { from: ref("a.id") } })], { then: "replan" }),
  { kind: "finish", rationale: "known", output: { c: ref("c.from"), a: ref("a.id") } },
];

const allowAll: Policy = () => ({ outcome: "allow", rule: "test.all" });

function worldOf(planner: ScriptedPlanner): World {
  return createWorld({
    planner,
    policy: allowAll,
    behaviours: {
      send: () => ({ sent: true }),
      keep: (input) => input,
      broken: () => {
        throw new Error("broken");
      },
    },
    definitions: {
      send: { effect: "write", idempotency: "none" },
      keep: { effect: "write", idempotency: "key" },
    },
  });
}

async function forked(world: World, run: string, options: ForkOptions) {
  const fork = await world.until(world.runtime.fork(run, options));
  return { fork, result: await world.result(fork) };
}

const done: JsonValue = { kind: "finish", rationale: "enough", output: { a: ref("a.id") } };

describe("a fork", () => {
  it("keeps what was settled before its decision, never does it again, and asks that decision anew", async () => {
    const planner = createScriptedPlanner([...ANSWERS, done]);
    const world = worldOf(planner);
    const source = await world.run({ goal: "three decisions" });
    const calls = world.calls.length;
    const { fork, result } = await forked(world, source.id, { atDecision: 2 });
    expect(result).toMatchObject({ status: "completed", output: { a: "a" }, decisions: 2 });
    expect(result.forkedFrom).toBe(`${source.id}@2`);
    expect(fork.forkedFrom).toBe(result.forkedFrom);
    expect(fork.id).not.toBe(source.id);
    expect(world.calls.length).toBe(calls);
    expect(planner.requests.at(-1)).toMatchObject({ run: fork.id, n: 2, cause: "fork", attempt: 1 });
    expect(statuses(result)).toMatchObject({ a: "completed", s: "completed", b: "failed" });
    expect(result.steps.find(({ id }) => id === "a")).toEqual(source.steps.find(({ id }) => id === "a"));
  });

  it("names the effects of its source that may happen again, and no others", async () => {
    const world = worldOf(createScriptedPlanner([...ANSWERS, done, done, done]));
    const source = await world.run({ goal: "g" });
    const first = await forked(world, source.id, { atDecision: 1 });
    expect(first.fork.mayRepeat).toEqual([
      { step: "s", index: null, tool: "send", effect: "write", outcome: "completed" },
      { step: "c", index: null, tool: "keep", effect: "write", outcome: "completed" },
    ]);
    const second = await forked(world, source.id, { atDecision: 2 });
    expect(second.fork.mayRepeat.map((call) => call.step)).toEqual(["c"]);
    const third = await forked(world, source.id, { atDecision: 3 });
    expect(third.fork.mayRepeat).toEqual([]);
    expect(third.result.fork?.mayRepeat).toEqual([]);
  });

  it("has keys of its own for calls that it makes again", async () => {
    const world = worldOf(createScriptedPlanner([...ANSWERS, ...ANSWERS.slice(1)]));
    const source = await world.run({ goal: "g" });
    const { result } = await forked(world, source.id, { atDecision: 2 });
    expect(result.output).toEqual(source.output);
    const keys = world.calls.filter(({ tool }) => tool === "keep").map(({ context }) => context.idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  it("takes a person's plan as that decision, and the planner goes on after it", async () => {
    const planner = createScriptedPlanner([...ANSWERS, done]);
    const world = worldOf(planner);
    const source = await world.run({ goal: "g" });
    const mine = plan([step("mine", "keep", { input: { from: ref("s.sent") } })], { then: "replan" });
    const { fork, result } = await forked(world, source.id, { atDecision: 2, plan: mine });
    expect(result).toMatchObject({ status: "completed", decisions: 3 });
    expect(result.steps.find(({ id }) => id === "mine")?.output).toEqual({ from: true });
    expect(planner.requests.at(-1)).toMatchObject({ n: 3, cause: "then-replan" });
    const log = await world.runtime.runs.decisions(fork.id);
    expect(log.map(({ n, cause, verdict }) => [n, cause, verdict])).toEqual([
      [1, "start", "accepted"],
      [2, "edit", "accepted"],
      [3, "then-replan", "accepted"],
    ]);
    expect(log[1]?.planner).toBe("person");
  });

  it("starts nothing for a plan that the checker refuses", async () => {
    const world = worldOf(createScriptedPlanner(ANSWERS));
    const source = await world.run({ goal: "g" });
    const bad = plan([step("x", "keep", { input: { from: ref("nowhere.id") } })]);
    await expect(world.runtime.fork(source.id, { atDecision: 2, plan: bad })).rejects.toMatchObject({
      code: "PLAN_BAD_REF",
    });
    const again = plan([step("a", "keep", { input: { other: 1 } })]);
    await expect(world.runtime.fork(source.id, { atDecision: 2, plan: again })).rejects.toMatchObject({
      code: "PLAN_ID_REUSED",
    });
    expect((await world.runtime.runs.list()).items).toHaveLength(1);
  });

  it("refuses a decision that was never asked for, and says which there are", async () => {
    const world = worldOf(createScriptedPlanner(ANSWERS));
    const source = await world.run({ goal: "g" });
    await expect(world.runtime.fork(source.id, { atDecision: 4 })).rejects.toMatchObject({
      code: "VALIDATION",
      hint: "It has the decisions 1 to 3.",
    });
    await expect(world.runtime.fork(source.id, { atDecision: 0 })).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(world.runtime.fork("run_none", { atDecision: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("pays for itself alone: a budget that its source had used up is there again", async () => {
    const more = plan([step("d", "echo"), step("e", "echo")]);
    const world = worldOf(createScriptedPlanner([...ANSWERS.slice(0, 2), more, more]));
    const source = await world.run({ goal: "g", budget: { maxSteps: 4, maxReplans: 2 } });
    expect(source.error?.code).toBe("LIMIT_STEPS");
    const { result } = await forked(world, source.id, { atDecision: 3, budget: { maxSteps: 2, maxReplans: 0 } });
    expect(result.status).toBe("completed");
    expect(result.usage.toolCalls).toBe(2);
    expect(result.fork?.inherited).toMatchObject({ steps: 4, usage: { toolCalls: 4 } });
    expect(result.budget).toMatchObject({ maxSteps: 2, maxReplans: 0 });
  });

  it("may have another goal, while what is kept was judged under the old one", async () => {
    const planner = createScriptedPlanner([
      plan(
        [
          step("only", "echo", { when: { ref: "goal", is: "old" } }),
          step("next", "keep", { input: { said: ref("goal") } }),
        ],
        { then: "replan" },
      ),
      { kind: "finish", rationale: "enough", output: 1 },
      plan([step("later", "echo", { input: { said: ref("goal"), before: ref("next.said") } })], {
        output: ref("later"),
      }),
    ]);
    const world = worldOf(planner);
    const source = await world.run({ goal: "old" });
    const { result } = await forked(world, source.id, { atDecision: 2, goal: "new" });
    expect(result).toMatchObject({ goal: "new", status: "completed", output: { said: "new", before: "old" } });
    expect(statuses(result)).toMatchObject({ only: "completed" });
    expect(planner.requests.at(-1)?.goal).toBe("new");
  });

  it("can be forked in turn", async () => {
    const world = worldOf(createScriptedPlanner([...ANSWERS, ...ANSWERS.slice(1), done]));
    const source = await world.run({ goal: "g" });
    const first = await forked(world, source.id, { atDecision: 2 });
    const { result, fork } = await forked(world, first.fork.id, { atDecision: 3 });
    expect(result).toMatchObject({ status: "completed", output: { a: "a" }, forkedFrom: `${first.fork.id}@3` });
    expect(statuses(result)).toMatchObject({ a: "completed", s: "completed", c: "completed" });
    expect(fork.mayRepeat).toEqual([]);
    expect(result.fork?.inherited.steps).toBe(4);
  });

  it("works while its source waits for a person, and asks for an approval of its own", async () => {
    const planner = createScriptedPlanner([
      plan([step("a", "echo")], { then: "replan" }),
      plan([step("s", "sendOut", { input: { to: ref("a.id") } })]),
      plan([step("s", "sendOut", { input: { to: ref("a.id") } })]),
    ]);
    const world = createWorld({
      planner,
      behaviours: { sendOut: () => ({ sent: true }) },
      definitions: { sendOut: { effect: "irreversible", idempotency: "none" } },
    });
    const started = await world.runtime.start({ goal: "g" });
    const waiting = await world.result(started);
    const { fork, result } = await forked(world, started.id, { atDecision: 2 });
    expect(result.status).toBe("waiting");
    const [theirs, ours] = [waiting.waiting?.approvals[0], result.waiting?.approvals[0]];
    expect(ours?.hash).not.toBe(theirs?.hash);
    await expect(world.until(fork.approve({ hash: theirs?.hash ?? "" }))).rejects.toMatchObject({
      code: "APPROVAL_MISMATCH",
    });
    await world.until(fork.approve({ hash: ours?.hash ?? "" }));
    expect((await world.result(fork)).status).toBe("completed");
    expect((await world.result(started)).status).toBe("waiting");
    expect(world.calls.filter(({ tool }) => tool === "sendOut")).toHaveLength(1);
  });

  it("works while its source runs, and in another process", async () => {
    const planner = createScriptedPlanner([
      plan([step("a", "echo")], { then: "replan" }),
      plan([step("w", "wait"), step("x", "send", { after: ["w"] })]),
    ]);
    const world: World = createWorld({
      planner,
      policy: allowAll,
      behaviours: {
        send: () => ({ sent: true }),
        wait: async (_, { signal }) => {
          await sleep(world.clock, 60_000, signal);
          return {};
        },
      },
      definitions: { send: { effect: "write", idempotency: "none" }, wait: { timeoutMs: 100_000, effect: "write" } },
    });
    const running = await world.runtime.start({ goal: "g" });
    await world.clock.advanceAsync(10);
    const other = world.another({ planner: createScriptedPlanner([done]) });
    const { fork, result } = await forked(other, running.id, { atDecision: 2 });
    expect(result).toMatchObject({ status: "completed", output: { a: "a" } });
    expect(fork.mayRepeat).toEqual([{ step: "w", index: null, tool: "wait", effect: "write", outcome: "running" }]);
    expect((await world.result(running)).status).toBe("completed");
    expect(world.calls.filter(({ tool }) => tool === "echo")).toHaveLength(1);
  });

  it("goes on in another process from its own journal alone, also over blobs and with a person's plan", async () => {
    const large = "A long sentence. ".repeat(8_000);
    const script = [plan([step("a", "large")], { then: "replan" }), { kind: "finish", rationale: "r", output: 1 }];
    const setting = { behaviours: { large: () => ({ text: large }), stop: () => new Promise(() => {}) } };
    const world = createWorld({ ...setting, planner: createScriptedPlanner(script as ScriptedAnswer[]) });
    const source = await world.run({ goal: "g", documents: [{ name: "d.txt", text: large }] });
    const mine = plan([
      step("b", "stop"),
      step("c", "echo", { input: { text: ref("a.text"), doc: ref("document.text") } }),
    ]);
    const fork = await world.until(world.runtime.fork(source.id, { atDecision: 2, plan: mine }));
    await world.clock.advanceAsync(5);
    const store = createMemoryStore({ clock: world.clock, data: world.data });
    const { entries, blobs } = await store.read(fork.id);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, place) => place));
    const cache = await loadBlobs(entries, blobs, { withRequests: true });
    expect(foldJournal(entries, cache.read).snapshot()).toContain('"decisions":2');
    expect(projectDecisions(entries, cache.read)[0]?.saw.documents[0]?.chars).toBe(large.length);
    world.data.runs.delete(source.id);
    const next = world.crash({ ...setting, behaviours: { ...setting.behaviours, stop: () => ({}) } });
    next.clock.jump(60_000);
    const result = await next.result(await next.until(next.runtime.resume(fork.id)));
    expect(result.status).toBe("completed");
    expect(next.calls.filter(({ tool }) => tool === "large")).toHaveLength(1);
    expect(result.output).toMatchObject({ c: { text: large, doc: large } });
  });
});

describe("what a fork's source was granted", () => {
  const send = (id: string, to: string): JsonValue => plan([step(id, "sendOut", { input: { to } })]);
  const OUT = {
    behaviours: { sendOut: () => ({ sent: true }) },
    definitions: { sendOut: { effect: "irreversible" as const, idempotency: "none" as const } },
  };
  const sentIn = ({ calls }: World): unknown[] => calls.map(({ input }) => input.to);

  it("is not granted to the fork: it asks; and takes grants of its own", async () => {
    const answers = [send("s1", "anna"), ...Array(4).fill(send("s2", "all"))] as ScriptedAnswer[];
    const world = createWorld({ ...OUT, planner: createScriptedPlanner(answers) });
    const source = await world.run({ goal: "Send it to Anna", approve: [{ tool: "sendOut" }] });
    expect(sentIn(world)).toEqual(["anna"]);
    const asking = await forked(world, source.id, { atDecision: 1, goal: "something else" });
    expect(asking.result).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    const other = await forked(world, source.id, {
      atDecision: 1,
      approve: [{ tool: "sendOut", input: { to: "anna" } }],
    });
    expect(other.result.status).toBe("waiting");
    expect(sentIn(world)).toEqual(["anna"]);
    const granted = await forked(world, source.id, { atDecision: 1, approve: [{ tool: "sendOut" }] });
    expect(granted.result.status).toBe("completed");
    expect(sentIn(world)).toEqual(["anna", "all"]);
    const next = await forked(world, granted.fork.id, { atDecision: 1 });
    expect(next.result.status).toBe("waiting");
  });

  it("nor is it where the source came in an archive, with its plan", async () => {
    const abroad = createWorld({ ...OUT, random: seededRandom(99) });
    const source = await abroad.run({ goal: "harmless", plan: send("s", "evil"), approve: [{ tool: "sendOut" }] });
    const lines: string[] = [];
    for await (const line of abroad.runtime.runs.export(source.id)) lines.push(line);
    const world = createWorld(OUT);
    await world.runtime.runs.import(lines);
    const { result } = await forked(world, source.id, { atDecision: 1 });
    expect(result).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    expect(world.calls).toEqual([]);
  });

  it("while approvals that it denied stay denied, unless the fork is to ask", async () => {
    const answers = Array(3).fill(send("s", "all")) as ScriptedAnswer[];
    const world = createWorld({ ...OUT, planner: createScriptedPlanner(answers) });
    const source = await world.run({ goal: "g", approve: "none", budget: { maxReplans: 0 } });
    const same = await forked(world, source.id, { atDecision: 1 });
    expect(same.result.steps[0]?.error?.code).toBe("APPROVAL_DENIED");
    const asking = await forked(world, source.id, { atDecision: 1, approve: [] });
    expect(asking.result.status).toBe("waiting");
    await expect(world.runtime.fork(source.id, { atDecision: 1, approve: "all" as never })).rejects.toMatchObject({
      code: "VALIDATION",
    });
  });
});
