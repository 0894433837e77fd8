/** Logged decisions as cases: what stands in for the tools, and whether a cassette of the log comes to the same. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRuntime } from "../../../src/create-runtime.ts";
import { evaluateSuite } from "../../../src/eval/evaluate-suite.ts";
import { caseFromRun, type LoggedCase } from "../../../src/eval/run/case-from-run.ts";
import { recordFromLog } from "../../../src/eval/run/cassette-from-log.ts";
import { loadSuiteObject } from "../../../src/eval/run/load-suite.ts";
import { createMemoryStore } from "../../../src/journal/memory-store.ts";
import { loadPrompts } from "../../../src/prompt/load-prompts.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { createFakeTool } from "../../../src/testing/fake-tool.ts";
import { createMemoryFileSystem } from "../../../src/testing/memory-file-system.ts";
import { pause } from "../../../src/testing/pause.ts";
import { createScriptedModel } from "../../../src/testing/scripted-model.ts";
import type { ToolContext } from "../../../src/tool/tool.ts";
import { tempFolder } from "../../cli/fake-terminal.ts";

const library = loadPrompts({ folders: [] });
const inputSchema = { type: "object", properties: { x: { type: "string" } }, required: ["x"] };
/** The call with `slow` ends last, one with `bad` fails. */
const output = async (input: unknown, { signal }: ToolContext): Promise<object> => {
  const { x } = input as { x: string };
  if (x === "slow") await pause(systemClock, 30, signal);
  if (x === "bad") throw new Error(`no ${x}`);
  return { v: `got ${x}` };
};
const tools = [
  createFakeTool({ name: "look", inputSchema, output }),
  createFakeTool({ name: "send", inputSchema, output, effect: "external", idempotency: "none" }),
];

const step = (id: string, x: unknown, more: object = {}): object => ({ id, tool: "look", input: { x }, ...more });
const plan = (steps: object[], then = "replan"): object => ({ kind: "plan", rationale: "r", steps, then });
const finish = (output: unknown): object => ({ kind: "finish", rationale: "r", output });

async function run(answers: readonly object[], { goal = "Look it up" } = {}) {
  const store = createMemoryStore();
  const model = createScriptedModel(answers as never, { provider: "compatible", name: "compatible:logged" });
  const runtime = createRuntime({ store, model, tools, builtInTools: false });
  const started = await runtime.start({ goal });
  const { id } = await started.result();
  return { store, id, runtime };
}

/** The case in a suite, replayed from the cassette that was made of the log. */
async function replay({ evalCase }: LoggedCase, cassette: string, level: "plan" | "loop") {
  const suite = await loadSuiteObject(
    {
      ...{ name: "logged", level, cases: [evalCase] },
      variants: [{ id: "v", model: `cassette:${cassette}` }],
    },
    { file: "logged.eval.ts", folder: "." },
  );
  const places = { store: "/store", fileSystem: createMemoryFileSystem(), runs: createMemoryStore() };
  const { report } = await evaluateSuite(suite, { ...places, mode: "replay", env: {} });
  const { entries } = await places.runs.read(report.trials[0]?.run ?? "");
  const outputs = entries.flatMap((entry) => {
    if (entry.kind !== "step.completed" || entry.data.output === undefined) return [];
    return [[entry.step, entry.index ?? null, (entry.data.output as { value: unknown }).value]];
  });
  return { report, outputs: outputs.sort() };
}

const options = (cassette: string) => ({ cassette, library, clock: systemClock });
const newCassette = (): string => join(tempFolder(), "c.jsonl");

describe("stubs of a logged run", () => {
  test("give each of several calls side by side its own output, whichever ended first", async () => {
    const forEach = { items: ["slow", "p", "q"], max: 5 };
    const first = plan([step("a", "slow"), step("b", "fast"), step("c", { ref: "item" }, { forEach })]);
    const { store, id } = await run([first, finish({ a: "got slow" })]);
    const logged = await caseFromRun(store, { run: id, n: 2 });
    const cassette = newCassette();
    expect(await recordFromLog(logged, options(cassette))).toBe(true);
    const { report, outputs } = await replay(logged, cassette, "loop");
    expect(report.trials[0]).toMatchObject({ decision: 2, error: null });
    expect(outputs).toEqual([
      ["a", null, { v: "got slow" }],
      ["b", null, { v: "got fast" }],
      ["c", 0, { v: "got slow" }],
      ["c", 1, { v: "got p" }],
      ["c", 2, { v: "got q" }],
    ]);
  });

  test("fail where the tool had failed, with the same words", async () => {
    const { store, id } = await run([plan([step("a", "bad")]), plan([step("c", "good")], "finish")]);
    const logged = await caseFromRun(store, { run: id, n: 2 });
    expect(logged.evalCase.stubs?.["look"]).toMatchObject({
      calls: [
        {
          when: { input: { x: "bad" } },
          outcomes: [{ error: { code: "TOOL_PERMANENT", message: expect.any(String) } }],
        },
        { when: { input: { x: "good" } }, outcomes: [{ output: { v: "got good" } }] },
      ],
    });
    const cassette = newCassette();
    expect(await recordFromLog(logged, options(cassette))).toBe(true);
    const calls = readFileSync(cassette, "utf8")
      .split("\n")
      .filter((line) => line.includes('"kind":"call"'));
    expect(calls.map((line) => JSON.parse(line).error)).toEqual([null, null]);
  });

  test("are a plain list where there is nothing to tell apart", async () => {
    const { store, id } = await run([plan([step("a", "one"), { ...step("s", "two"), tool: "send" }], "finish")]);
    const { evalCase } = await caseFromRun(store, { run: id, n: 1 });
    expect(evalCase.stubs).toMatchObject({ look: [{ v: "got one" }] });
    expect(evalCase.decision).toBeUndefined();
  });

  test("hold what a fork inherits, and its first decision has the tools of then", async () => {
    const answers = [plan([step("a", "one")]), finish(1), plan([step("b", "two")]), finish(2)];
    const { runtime, store, id } = await run(answers);
    const fork = await runtime.fork(id, { atDecision: 2, goal: "Look further" });
    const forked = fork.id;
    await fork.result();
    for (const n of [1, 2, 3]) {
      const logged = await caseFromRun(store, { run: forked, n });
      expect(logged.evalCase.goal).toBe(n === 1 ? "Look it up" : "Look further");
      expect(logged.evalCase.tools).toHaveLength(2);
      expect(JSON.stringify(logged.evalCase.stubs)).toContain("got one");
      expect([n, await recordFromLog(logged, options(newCassette()))]).toEqual([n, true]);
    }
  });
});

describe("a cassette of a log", () => {
  test("lets the first decision of a longer run be tried at both levels", async () => {
    const { store, id } = await run([plan([step("a", "one")]), finish(1)]);
    const logged = await caseFromRun(store, { run: id, n: 1 });
    const cassette = newCassette();
    await recordFromLog(logged, options(cassette));
    for (const level of ["plan", "loop"] as const) {
      const { report } = await replay(logged, cassette, level);
      expect(report.trials[0]?.scores["step_match"]).toMatchObject({ score: 1 });
    }
  });

  test("is not made where a replay comes to something else", async () => {
    const { store, id } = await run([plan([step("a", "one")]), finish(1)]);
    const logged = await caseFromRun(store, { run: id, n: 2 });
    const { stubs: _, ...withoutStubs } = logged.evalCase;
    const cassette = newCassette();
    const otherOutput = { ...withoutStubs, stubs: { look: [{ v: "another" }] } };
    expect(await recordFromLog({ ...logged, evalCase: otherOutput }, options(cassette))).toBe(false);
    expect(existsSync(cassette)).toBe(false);
    expect(existsSync(`${cassette}.part`)).toBe(false);
  });

  test("refuses a second answer to the same request, and takes the same answer once", async () => {
    const [one, other] = [await run([finish(1)]), await run([finish(2)])];
    const cassette = newCassette();
    const first = await caseFromRun(one.store, { run: one.id, n: 1 });
    await recordFromLog(first, options(cassette));
    const before = readFileSync(cassette, "utf8");
    expect(await recordFromLog(first, options(cassette))).toBe(true);
    const second = await caseFromRun(other.store, { run: other.id, n: 1 });
    await expect(recordFromLog(second, options(cassette))).rejects.toMatchObject({
      ...{ code: "VALIDATION", message: expect.stringContaining("has another answer") },
    });
    expect(readFileSync(cassette, "utf8")).toBe(before);
  });
});
