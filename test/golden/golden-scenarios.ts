/**
 * Runs whose journals are kept: one per kind of run (README.md). Owns: that each is the same every time, by a manual
 * clock and seeded ids. Must not: use the real time, the disk or the network.
 */
import type { GivenRules } from "../../src/goal/run-rules.ts";
import type { MemoryStoreData } from "../../src/journal/memory-store.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner, type ScriptedAnswer } from "../../src/testing/scripted-planner.ts";
import { transient } from "../../src/tool/transient.ts";
import { createWorld, sleep, type World } from "../run/run-world.ts";

export interface GoldenScenario {
  name: string;
  /** Status that the run must end with. */
  status: string;
  /** Plays one run and gives what its store holds. */
  play(): Promise<MemoryStoreData>;
}

type Request = Parameters<World["run"]>[0];

const ref = (path: string): JsonObject => ({ ref: path });
const step = (id: string, tool: string, rest: JsonObject = {}): JsonObject => ({ id, tool, input: { id }, ...rest });
const planOf = (steps: JsonObject[], rest: JsonObject = {}): JsonObject => ({
  kind: "plan",
  rationale: "A golden plan.",
  steps,
  ...rest,
});

const DOCUMENTS = [{ name: "note.md", text: "# Note\n\nThe first line.\n\nThe second line." }];
const LARGE = "A sentence that is said again. ".repeat(2_200);

function worldOf(answers: ScriptedAnswer[] = []): World {
  let busy = 2;
  let isFirstCall = true;
  const world: World = createWorld({
    ...(answers.length === 0 ? {} : { planner: createScriptedPlanner(answers) }),
    behaviours: {
      wait: async (input, { signal }) => {
        await sleep(world.clock, Number(input.ms ?? 100), signal);
        return { waited: input.ms ?? 100 };
      },
      odd: ({ item }) => {
        if (Number(item) % 2 === 0) throw new Error(`${String(item)} is even`);
        return { item: item ?? null };
      },
      busy: () => {
        busy -= 1;
        if (busy >= 0) throw transient("busy", { retryAfterMs: 400 });
        return { done: true };
      },
      broken: () => {
        throw new Error("broken");
      },
      send: () => ({ sent: true }),
      once: () => {
        if (!isFirstCall) return { done: true };
        isFirstCall = false;
        return new Promise(() => {});
      },
      large: () => ({ text: LARGE }),
    },
    definitions: {
      send: { effect: "irreversible", idempotency: "none" },
      once: { idempotency: "key" },
    },
  });
  return world;
}

/** A run that needs nobody. */
function alone(
  name: string,
  status: string,
  [request, ...answers]: [Partial<Request>, ...ScriptedAnswer[]],
): GoldenScenario {
  return {
    name,
    status,
    async play() {
      const world = worldOf(answers);
      await world.run({ goal: name, documents: DOCUMENTS, ...request });
      return world.data;
    },
  };
}

const fixed = (steps: JsonObject[], rest: JsonObject = {}): Partial<Request> => ({
  plan: planOf(steps, rest) as JsonValue,
});

const DIAMOND = [
  step("a", "echo"),
  { id: "b", tool: "wait", input: { ms: 30, from: ref("a.id") } },
  { id: "c", tool: "wait", input: { ms: 10, from: ref("a.id") } },
  { id: "d", tool: "echo", input: { b: ref("b.waited"), c: ref("c.waited"), title: ref("document.title") } },
];
const FAN_OUT = [
  { id: "list", tool: "echo", input: { items: [1, 2, 3, 4, 5] } },
  {
    id: "each",
    tool: "odd",
    input: { item: ref("item") },
    forEach: { items: ref("list.items"), max: 10 },
    onFailure: "skip",
  },
  { id: "all", tool: "echo", input: { each: ref("each"), first: ref("each[0].item") } },
];
const BRANCHES = [
  step("a", "echo"),
  step("b", "echo", { when: { ref: "a.id", is: "other" } }),
  { id: "c", tool: "echo", input: { from: ref("b.id") } },
  { id: "d", tool: "echo", input: { from: { ref: "b.id", default: "none" } }, after: ["c"] },
  step("e", "echo", { when: { ref: "status.b", is: "unmet" } }),
];

async function takenOver(): Promise<MemoryStoreData> {
  const world = worldOf();
  const handle = await world.runtime.start({
    goal: "takeover",
    plan: planOf([
      step("a", "echo"),
      { id: "b", tool: "once", input: { from: ref("a.id") } },
      step("c", "wait"),
    ]) as JsonValue,
  });
  await world.clock.advanceAsync(20);
  const next = world.crash();
  next.clock.jump(60_000);
  await next.result(await next.until(next.runtime.resume(handle.id)));
  return next.data;
}

async function cancelled(): Promise<MemoryStoreData> {
  const world = worldOf();
  const steps = [
    step("a", "echo"),
    { id: "b", tool: "wait", input: { ms: 60_000 } },
    step("c", "echo", { after: ["b"] }),
  ];
  const handle = await world.runtime.start({ goal: "cancel", plan: planOf(steps) as JsonValue });
  await world.clock.advanceAsync(250);
  await world.until(handle.cancel());
  await world.result(handle);
  return world.data;
}

/** A run that stops once; `goOn` is what a person does then. */
function stopped(
  name: string,
  answers: ScriptedAnswer[],
  goOn: (world: World, id: string) => Promise<void>,
): GoldenScenario {
  return {
    name,
    status: "completed",
    async play() {
      const world = worldOf(answers);
      const handle = await world.runtime.start({ goal: name, documents: DOCUMENTS });
      await world.result(handle);
      await world.clock.advanceAsync(90_000);
      await world.until(goOn(world, handle.id));
      await world.result(handle);
      return world.data;
    },
  };
}

/** A fork, in a store of its own: what it needs of its source is in its journal. */
async function forked(): Promise<MemoryStoreData> {
  const world = worldOf([
    planOf([step("a", "large"), step("s", "echo"), step("b", "broken", { after: ["s"] })]),
    planOf([step("c", "echo")], { then: "replan" }),
    { kind: "finish", rationale: "All is known.", output: { c: ref("c.id") } },
    planOf([{ id: "d", tool: "echo", input: { text: ref("a.text"), goal: ref("goal") } }], {
      output: { d: ref("d.goal") },
    }),
  ]);
  const source = await world.run({ goal: "source", documents: DOCUMENTS });
  const fork = await world.until(world.runtime.fork(source.id, { atDecision: 2, goal: "fork" }));
  await world.result(fork);
  world.data.runs.delete(source.id);
  return world.data;
}

/** A workflow's rules at work: what fails is tried again, stood in for, skipped or undone. */
function ruled(name: string, status: string, [steps, rules]: [JsonObject[], GivenRules]): GoldenScenario {
  return {
    name,
    status,
    async play() {
      const world = createWorld({
        behaviours: {
          broken: () => {
            throw new Error("broken");
          },
          cache: () => ({ id: "cached" }),
          book: (input) => input,
        },
        definitions: { book: { effect: "write", idempotency: "key", compensate: () => null } },
      });
      await world.run({ goal: name, plan: planOf(steps) as JsonValue, rules });
      return world.data;
    },
  };
}

export const GOLDEN_SCENARIOS: readonly GoldenScenario[] = [
  alone("chain", "completed", [
    fixed(
      ["a", "b", "c", "d", "e"].map((id, place, all) => ({
        id,
        tool: "echo",
        input: { n: place === 0 ? 1 : ref(`${all[place - 1]}.n`) },
      })),
    ),
  ]),
  alone("diamond", "completed", [fixed(DIAMOND, { output: { joined: ref("d"), missing: { ref: "d.nothing" } } })]),
  alone("fan-out", "completed", [fixed(FAN_OUT)]),
  alone("skip-and-join", "completed", [fixed(BRANCHES)]),
  alone("retry", "completed", [fixed([step("a", "busy")])]),
  alone("replan", "completed", [
    {},
    "no decision at all",
    planOf([step("a", "echo"), step("b", "broken")]),
    planOf([step("a", "echo"), step("c", "echo")], { then: "replan" }),
    { kind: "finish", rationale: "All is known.", output: { c: ref("c.id") } },
  ]),
  stopped(
    "approval",
    [planOf([step("a", "echo"), { id: "s", tool: "send", input: { text: ref("document.text") } }])],
    (world, id) => world.runtime.runs.approve(id),
  ),
  stopped(
    "question",
    [{ kind: "ask", rationale: "Unclear.", question: "Which one?" }, planOf([step("a", "echo")])],
    (world, id) => world.runtime.runs.answer(id, { the: "first" }),
  ),
  { name: "cancel", status: "cancelled", play: cancelled },
  { name: "takeover", status: "completed", play: takenOver },
  alone("blob", "completed", [
    {
      ...fixed([step("a", "large"), { id: "b", tool: "echo", input: { text: ref("a.text") } }], {
        output: ref("b"),
      }),
      documents: [{ name: "large.txt", text: LARGE }],
    },
  ]),
  { name: "fork", status: "completed", play: forked },
  alone("budget-end", "exhausted", [
    {
      ...fixed([step("a", "echo"), step("b", "echo", { after: ["a"] }), step("c", "echo", { after: ["b"] })]),
      budget: { maxSteps: 2 },
    },
  ]),
  ruled("recovery", "completed", [
    [
      step("a", "broken"),
      step("b", "broken", { after: ["a"] }),
      step("c", "broken", { after: ["b"] }),
      { id: "d", tool: "echo", input: { a: ref("a.id"), b: ref("b.id"), c: { ref: "c.id", default: null } } },
    ],
    {
      recovery: [
        { step: "a", on: "*", do: "retry", retry: { attempts: 2, baseMs: 10 } },
        { step: "a", on: "tool", do: "fallback", tool: "cache" },
        { step: "b", on: "TOOL_PERMANENT", do: "fallback", value: { id: "none" } },
        { on: "*", do: "skip" },
      ],
      success: [{ name: "joined", check: { ref: "output.d.b", is: "none" } }],
      targets: { durationMs: 1 },
      observe: [{ after: "d", record: ["durationMs", "attempts", "output", "label", "usage", "costUsd"] }],
    },
  ]),
  ruled("compensation", "failed", [
    [step("a", "book"), step("b", "book", { after: ["a"] }), step("c", "broken", { after: ["b"] })],
    { recovery: [{ on: "*", do: "compensate" }] },
  ]),
  {
    name: "plan-review",
    status: "completed",
    async play() {
      const planner = createScriptedPlanner([
        planOf([step("a", "echo")], { then: "replan" }),
        planOf([step("b", "echo")]),
      ]);
      const world = createWorld({ planner });
      const { id } = await world.run({ goal: "review", reviewPlan: true });
      await world.until(world.runtime.runs.approve(id, { plan: planOf([step("c", "echo")], { then: "replan" }) }));
      await world.until(world.runtime.runs.settled(id));
      await world.until(world.runtime.runs.approve(id));
      await world.until(world.runtime.runs.settled(id));
      return world.data;
    },
  },
  alone("failed", "failed", [fixed([step("a", "broken"), step("b", "echo", { after: ["a"] })])]),
];
