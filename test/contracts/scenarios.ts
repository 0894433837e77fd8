/** Runs of every kind, made through the library: what the contracts and the fold are tested on. */
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
import { planOf, stepOf } from "../fixtures/plans.ts";
import { createWorld, sleep, type World, type WorldOptions } from "../run/run-world.ts";

export interface Played {
  runtime: Runtime;
  /** The run's documents at each of its stops. */
  results: RunResult[];
}

export interface Scenario {
  name: string;
  status: RunResult["status"];
  play(): Promise<Played>;
}

const DOCUMENT = { name: "note.md", text: "# Note\n\nA first line about Ada Lovelace.\n\nA second line." };
/** Larger than what is kept inline. */
const LARGE = "word ".repeat(20_000);

function behaviours(clock: () => World["clock"]): NonNullable<WorldOptions["behaviours"]> {
  let calls = 0;
  return {
    fail: () => {
      throw new Error("broken");
    },
    flaky: (input) => {
      calls += 1;
      if (calls % 3 !== 0) throw transient("busy");
      return input;
    },
    slow: async (input, { signal }) => {
      await sleep(clock(), 60_000, signal);
      return input;
    },
    send: (input) => input,
    odd: (input) => {
      if (Number(input["item"]) % 2 === 0) throw new Error("even");
      return { got: input["item"] ?? null };
    },
    large: () => ({ text: LARGE }),
    list: () => ({ items: [1, 2, 3] }),
    never: () => new Promise(() => {}),
  };
}

const DEFINITIONS: NonNullable<WorldOptions["definitions"]> = {
  send: { effect: "irreversible", idempotency: "none" },
  never: { idempotency: "none" },
};

/** A world with a scripted planner; an answer may be an error to throw. */
function scripted(answers: ScriptedAnswer[], options: WorldOptions = {}): World {
  const world: World = createWorld({
    planner: createScriptedPlanner(answers),
    behaviours: behaviours(() => world.clock),
    definitions: DEFINITIONS,
    ...options,
  });
  return world;
}

type Request = Parameters<World["run"]>[0];

/** A run that needs nobody. */
function alone(
  name: string,
  status: RunResult["status"],
  [request, ...answers]: [Partial<Request>, ...ScriptedAnswer[]],
): Scenario {
  return {
    name,
    status,
    async play() {
      const world = scripted(answers);
      return {
        runtime: world.runtime,
        results: [await world.run({ goal: "test", documents: [DOCUMENT], ...request })],
      };
    },
  };
}

/** A run that stops once; `goOn` is what a person does then. */
function stopped(
  name: string,
  status: RunResult["status"],
  how: { answers: ScriptedAnswer[]; goOn: (world: World, id: string) => Promise<void> },
): Scenario {
  return {
    name,
    status,
    async play() {
      const world = scripted(how.answers);
      const first = await world.run({ goal: "test", documents: [DOCUMENT] });
      await world.until(how.goOn(world, first.id));
      return { runtime: world.runtime, results: [first, await world.until(world.runtime.runs.settled(first.id))] };
    },
  };
}

const BRANCHES = [
  stepOf("a"),
  stepOf("b", "echo", { when: { ref: "a.id", is: "other" } }),
  { id: "c", tool: "echo", input: { from: { ref: "b.id" } } },
  { id: "d", tool: "echo", input: { from: { ref: "b.id", default: "none" } }, after: ["c"] },
];

const EACH = (onFailure: string): JsonObject[] => [
  stepOf("l", "list"),
  {
    id: "each",
    tool: "odd",
    input: { item: { ref: "item" } },
    forEach: { items: { ref: "l.items" }, max: 5 },
    onFailure,
  },
];

const wholeRuns: Scenario[] = [
  alone("completed", "completed", [
    {},
    planOf([
      stepOf("a"),
      { id: "b", tool: "echo", input: { all: { ref: "a" }, text: { template: "{{document.title}}!" } } },
    ]),
  ]),
  alone("completed with an output that is partly missing", "completed", [
    {},
    planOf([stepOf("a", "fail", { onFailure: "skip" })], {
      output: { a: { ref: "a.id" }, title: { ref: "document.title" } },
    }),
  ]),
  alone("skipped and unmet branches", "completed", [{}, planOf(BRANCHES)]),
  alone("forEach with failing elements that are skipped", "completed", [{}, planOf(EACH("skip"))]),
  alone("forEach that fails", "failed", [{}, planOf(EACH("fail"))]),
  alone("forEach that is planned again", "completed", [{}, planOf(EACH("replan")), planOf([stepOf("z")])]),
  alone("retries", "completed", [{}, planOf([stepOf("a", "flaky")])]),
  alone("large values", "completed", [
    {
      documents: [{ name: "large.txt", text: LARGE }],
    },
    planOf([stepOf("a", "large"), { id: "b", tool: "echo", input: { all: { ref: "a" } } }]),
  ]),
  alone("a replan after a failure", "completed", [
    {},
    planOf([stepOf("a"), stepOf("b", "fail")]),
    planOf([stepOf("a"), stepOf("c")]),
  ]),
  alone("a repair, then a plan that asks on, then finish", "completed", [
    {},
    planOf([stepOf("a", "unknown_tool")]),
    planOf([stepOf("a")], { then: "replan" }),
    { kind: "finish", rationale: "known", output: { answer: { ref: "a.id" } } },
  ]),
  alone("an answer in a fence", "completed", [
    {},
    `Here it is:\n\`\`\`json\n${JSON.stringify(planOf([stepOf("a")]))}\n\`\`\``,
  ]),
  alone("an output that does not fit at first", "completed", [
    {
      output: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    },
    planOf([stepOf("a")], { output: { n: "x" } }),
    planOf([stepOf("a")], { output: { n: 1 } }),
  ]),
  alone("abandoned", "failed", [{}, { kind: "abandon", rationale: "no", reason: "No tool can fly." }]),
  alone("repairs used up", "failed", [{}, "no json", planOf([stepOf("a", "unknown_tool")]), "still no json"]),
  alone("a planner that throws", "failed", [{}, new Error("the model is down")]),
  alone("stuck", "failed", [
    {},
    planOf([stepOf("a", "fail")]),
    planOf([stepOf("a", "fail")]),
    planOf([stepOf("a", "fail")]),
  ]),
  alone("a failure that ends the run", "failed", [
    {},
    planOf([stepOf("a", "fail", { onFailure: "fail" }), stepOf("b", "slow")]),
  ]),
  alone("out of steps", "exhausted", [{ budget: { maxSteps: 2 } }, planOf([stepOf("a"), stepOf("b"), stepOf("c")])]),
  alone("out of replans", "exhausted", [{ budget: { maxReplans: 0 } }, planOf([stepOf("a")], { then: "replan" })]),
  alone("out of time", "exhausted", [{ budget: { maxSeconds: 1 } }, planOf([stepOf("a", "slow")])]),
  alone("approvals denied from the start", "failed", [
    {
      approve: "none",
    },
    planOf([stepOf("a", "send")]),
    planOf([stepOf("a", "send")]),
  ]),
];

const stops: Scenario[] = [
  stopped("approved", "completed", {
    answers: [planOf([stepOf("a"), stepOf("s", "send")])],
    goOn: (world, id) => world.runtime.runs.approve(id),
  }),
  stopped("rejected by a person", "completed", {
    answers: [planOf([stepOf("s", "send")]), planOf([stepOf("a")])],
    goOn: (world, id) => world.runtime.runs.reject(id, { reason: "not now" }),
  }),
  stopped("answered", "completed", {
    answers: [{ kind: "ask", rationale: "unclear", question: "Which one?" }, planOf([stepOf("a")])],
    goOn: (world, id) => world.runtime.runs.answer(id, "the first"),
  }),
  stopped("cancelled while it waits for an approval", "cancelled", {
    answers: [planOf([stepOf("s", "send")])],
    goOn: (world, id) => world.runtime.runs.cancel(id),
  }),
];

/** Runs that are looked at while something is under way. */
const underWay: Scenario[] = [
  {
    name: "cancelled while a step runs",
    status: "cancelled",
    play: () =>
      interrupted(scripted([planOf([stepOf("a"), stepOf("b", "slow"), stepOf("c", "echo", { after: ["b"] })])])),
  },
  {
    name: "cancelled while the planner thinks",
    status: "cancelled",
    play: () => interrupted(scripted([], { planner: { name: "slow", plan: () => new Promise(() => {}) } })),
  },
  {
    name: "waiting for a retry",
    status: "cancelled",
    play: () => interrupted(scripted([planOf([stepOf("a", "flaky")])])),
  },
  {
    name: "a crash that leaves an outcome open",
    status: "completed",
    async play() {
      const first = scripted([planOf([stepOf("a"), stepOf("n", "never", { after: ["a"] })])]);
      const handle = await first.runtime.start({ goal: "test" });
      await first.clock.advanceAsync(10);
      const running = await first.runtime.runs.get(handle.id);
      const world = first.crash();
      const interruptedRun = await world.runtime.runs.get(handle.id);
      await world.until(world.runtime.resume(handle.id).catch(() => undefined));
      const waiting = await world.until(world.runtime.runs.settled(handle.id));
      await world.until(world.runtime.runs.answer(handle.id, { done: true }));
      return {
        runtime: world.runtime,
        results: [running, interruptedRun, waiting, await world.until(world.runtime.runs.settled(handle.id))],
      };
    },
  },
];

async function interrupted(world: World): Promise<Played> {
  const handle = await world.runtime.start({ goal: "test" });
  await world.clock.advanceAsync(10);
  const before = await world.runtime.runs.get(handle.id);
  await world.until(handle.cancel());
  return { runtime: world.runtime, results: [before, await world.result(handle)] };
}

/** The planner that works without a key, on a real document with the built-in tools. */
const offline: Scenario = {
  name: "the rule planner on a document",
  status: "completed",
  async play() {
    // By the real clock: these tools work for longer than a manual one stands still.
    const runtime = createRuntime({ store: createMemoryStore() });
    const goal = "Give me an outline of this document.";
    return { runtime, results: [await runtime.run({ goal, documents: [DOCUMENT] })] };
  },
};

export const SCENARIOS: readonly Scenario[] = [...wholeRuns, ...stops, ...underWay, offline];

/** Dry runs, and whether they are valid. */
export const DRY_RUNS: readonly { name: string; valid: boolean; answers: ScriptedAnswer[]; request?: JsonValue }[] = [
  { name: "a plan", valid: true, answers: [planOf([stepOf("a"), stepOf("s", "send", { after: ["a"] })])] },
  { name: "a plan after a repair", valid: true, answers: ["nonsense", planOf(EACH("skip"))] },
  { name: "a question", valid: true, answers: [{ kind: "ask", rationale: "unclear", question: "Which?" }] },
  { name: "a refusal", valid: false, answers: [{ kind: "abandon", rationale: "no", reason: "Cannot." }] },
  { name: "no decision", valid: false, answers: ["one", "two", "three"] },
  {
    name: "a plan with errors",
    valid: false,
    answers: [1, 2, 3].map(() => planOf([stepOf("a", "ecko"), stepOf("a")])),
  },
];

export { scripted };
