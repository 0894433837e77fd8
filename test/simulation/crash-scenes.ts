/** Small runs, one for each way in which a run goes on: what the crash sweep stops at every point. */
import type { GivenRules } from "../../src/goal/run-rules.ts";
import type { RunRequest } from "../../src/runtime/run-request.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";

export interface CrashScene {
  name: string;
  /** One answer per decision; with one plan only it is a fixed plan. */
  decisions: JsonValue[];
  isFixed: boolean;
  /** The planner reserves tokens, and hands on each step while it writes the next. */
  isModel?: boolean;
  /** A person cancels as soon as this step is seen running. */
  cancelAt?: string;
  /** The owner stands still as soon as this step is seen running, and another process takes the run over. */
  stallAt?: string;
  /** What else is asked for. */
  request?: Partial<RunRequest>;
  /** Status without any crash. */
  status: string;
}

const ref = (path: string): JsonObject => ({ ref: path });
const step = (id: string, tool: string, rest: JsonObject = {}): JsonObject => ({ id, tool, input: { n: 1 }, ...rest });
const reads = (...ids: string[]): JsonObject => Object.fromEntries(ids.map((id) => [id, ref(`${id}.v`)]));
const plan = (steps: JsonObject[], rest: JsonObject = {}): JsonValue => ({
  kind: "plan",
  rationale: "r",
  steps,
  ...rest,
});
const fixed = (name: string, steps: JsonObject[], rest: JsonObject = {}): CrashScene => ({
  name,
  decisions: [plan(steps, rest)],
  isFixed: true,
  status: "completed",
});

const ruled = (name: string, steps: JsonObject[], rules: GivenRules): CrashScene => ({
  ...fixed(`rules: ${name}`, steps),
  request: { rules },
});

export const crashScenes: readonly CrashScene[] = [
  fixed("chain", [
    step("a", "look"),
    step("b", "keep", { input: reads("a") }),
    step("c", "note", { input: reads("b") }),
  ]),
  fixed("diamond", [
    step("a", "note"),
    step("b", "look", { input: reads("a") }),
    step("c", "keep", { input: reads("a") }),
    step("d", "note", { input: reads("b", "c") }),
  ]),
  fixed("fan-out with failures", [
    step("each", "odd", { input: { i: ref("item") }, forEach: { items: [0, 1, 2, 3], max: 9 }, onFailure: "skip" }),
    step("last", "note", { input: { all: ref("each") } }),
  ]),
  fixed("fan-out of calls that must not repeat", [
    step("each", "note", { input: { i: ref("item") }, forEach: { items: [0, 1, 2], max: 9 } }),
    step("none", "note", { input: { i: ref("item") }, forEach: { items: [], max: 9 } }),
  ]),
  fixed("skip and join", [
    step("a", "fail", { onFailure: "skip" }),
    step("b", "look", { input: reads("a") }),
    step("yes", "look", { when: { ref: "status.a", is: "completed" } }),
    step("no", "keep", { when: { ref: "status.a", is: "failed" } }),
    step("join", "note", { input: { x: { ref: "yes.v", default: ref("no.v") } } }),
  ]),
  fixed("retry with backoff", [step("a", "flaky"), step("b", "note", { input: reads("a") })]),
  {
    name: "replan",
    decisions: [
      plan([step("a", "note"), step("b", "fail", { input: reads("a") }), step("lost", "look", { input: reads("b") })]),
      plan([step("c", "keep", { input: reads("a") })], { then: "replan" }),
      plan([step("d", "note", { input: reads("c"), after: ["a"] })], { output: { d: ref("d.v"), a: ref("a.v") } }),
    ],
    isFixed: false,
    status: "completed",
  },
  {
    name: "fan-out that is planned again",
    decisions: [
      plan([step("each", "sulk", { input: { i: ref("item") }, forEach: { items: [0, 1, 2], max: 9 } })]),
      plan([step("each", "sulk", { input: { i: ref("item") }, forEach: { items: [0, 1, 2], max: 9 } })]),
    ],
    isFixed: false,
    status: "completed",
  },
  fixed("approval", [
    step("a", "look"),
    step("s", "send", { input: reads("a") }),
    step("b", "keep", { input: reads("s") }),
  ]),
  {
    name: "question",
    decisions: [
      { kind: "ask", rationale: "r", question: "Which?" },
      plan([step("a", "note")], { then: "replan" }),
      { kind: "finish", rationale: "r", output: { a: ref("a.v") } },
    ],
    isFixed: false,
    status: "completed",
  },
  {
    name: "repair",
    decisions: ["nonsense", plan([step("a", "nosuch")]), plan([step("a", "note")])],
    isFixed: false,
    status: "completed",
  },
  {
    ...fixed("cancel", [
      step("a", "look"),
      step("b", "slow", { input: reads("a") }),
      step("c", "note", { input: reads("b") }),
    ]),
    cancelAt: "b",
    status: "cancelled",
  },
  {
    ...fixed("two owners", [
      step("a", "note"),
      step("b", "slow", { input: reads("a") }),
      step("c", "note", { input: reads("b") }),
    ]),
    stallAt: "b",
  },
  {
    ...fixed("blob", [
      step("a", "large"),
      step("b", "look", { input: { text: ref("a.text"), document: ref("document.text") } }),
      step("c", "keep", { input: reads("b") }),
    ]),
    request: { documents: [{ name: "note.txt", text: "A word. ".repeat(9_000) }] },
  },
  {
    ...fixed(
      "budget end",
      ["a", "b", "c", "d"].map((id, place, all) => {
        return step(id, place % 2 === 0 ? "note" : "look", place === 0 ? {} : { after: all.slice(0, place) });
      }),
    ),
    request: { budget: { maxSteps: 2 } },
    status: "exhausted",
  },
  ruled("another attempt, then another tool", [step("a", "fail"), step("b", "note", { input: reads("a") })], {
    recovery: [
      { on: "*", do: "retry", retry: { attempts: 2, baseMs: 10 } },
      { on: "*", do: "fallback", tool: "keep" },
    ],
  }),
  ruled(
    "a value in its place, a failure that is skipped, and what is recorded",
    [
      step("a", "fail"),
      step("b", "fail", { after: ["a"] }),
      step("c", "note", { input: { x: ref("a.v"), y: { ref: "b.v", default: 1 } } }),
    ],
    {
      recovery: [
        { step: "a", on: "*", do: "fallback", value: { v: "instead" } },
        { on: "TOOL_PERMANENT", do: "skip" },
      ],
      targets: { durationMs: 1 },
      observe: [{ after: "c", record: ["output"] }],
      success: [{ name: "c", check: { ref: "c.v", exists: true } }],
    },
  ),
  {
    ...ruled(
      "what was done is undone",
      [step("a", "keep"), step("b", "slow", { after: ["a"] }), step("c", "fail", { after: ["b"] })],
      { recovery: [{ on: "*", do: "compensate" }] },
    ),
    status: "failed",
  },
  {
    ...ruled("handed over to a planner", [step("a", "note"), step("b", "fail", { after: ["a"] })], {
      recovery: [{ on: "*", do: "replan" }],
    }),
    decisions: [
      plan([step("a", "note"), step("b", "fail", { after: ["a"] })]),
      plan([step("d", "keep", { input: reads("a") })]),
    ],
  },
  ruled("a person says what a failed step gives", [step("a", "fail"), step("b", "note", { input: reads("a") })], {
    recovery: [{ on: "*", do: "escalate" }],
  }),
  {
    name: "plans that a person looks at",
    decisions: [
      plan([step("a", "note")], { then: "replan" }),
      plan([step("a", "note"), step("b", "keep", { input: reads("a") })]),
    ],
    isFixed: false,
    request: { reviewPlan: true },
    status: "completed",
  },
  {
    name: "success that needs another plan",
    decisions: [plan([step("a", "note")]), plan([step("a", "note"), step("b", "keep", { input: reads("a") })])],
    isFixed: false,
    request: { success: [{ name: "b", check: { ref: "b.v", exists: true } }] },
    status: "completed",
  },
  {
    name: "model that streams its plans",
    decisions: [
      plan([step("a", "look"), step("b", "keep", { input: reads("a") }), step("c", "look", { input: reads("a") })], {
        then: "replan",
      }),
      plan([step("d", "look", { input: reads("c") }), step("e", "nowhere")]),
      plan([step("d", "look", { input: reads("c") }), step("f", "note", { input: reads("b", "d") })]),
    ],
    isFixed: false,
    isModel: true,
    request: { budget: { maxTokens: 100_000, maxCostUsd: 10 } },
    status: "completed",
  },
];
