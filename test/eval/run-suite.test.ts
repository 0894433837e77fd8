/** A suite run by the project's own runtime: what is tried, what is kept, when it stops, what it comes to. */
import { describe, expect, test } from "vitest";
import { createRulePlanner } from "../../planners/rule-planner.ts";
import { type EvaluationOptions, evaluateSuite, rescoreSuite } from "../../src/eval/evaluate-suite.ts";
import type { LoadedSuite } from "../../src/eval/loaded-suite.ts";
import { loadSuiteObject } from "../../src/eval/run/load-suite.ts";
import type { SuiteInput } from "../../src/eval/suite.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { ModelError } from "../../src/model/model.ts";
import type { Planner } from "../../src/planner/planner.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { createScriptedModel } from "../../src/testing/scripted-model.ts";
import { tempFolder } from "../cli/fake-terminal.ts";

const DOCUMENT = { name: "a.md", text: "# A\n\nMaria is in Bremen. It was great." };
const SUMMARY = { id: "s", tool: "summarize", input: { text: { ref: "document.text" } } };
const PEOPLE = { id: "p", tool: "extract_entities", input: { text: { ref: "document.text" } } };
const CASES: SuiteInput["cases"] = [
  { id: "c1", goal: "Summarise this", document: DOCUMENT, gold: { anyOf: [{ kind: "plan", steps: [SUMMARY] }] } },
  {
    id: "c2",
    goal: "List the people",
    document: { ...DOCUMENT, name: "b.md" },
    gold: { anyOf: [{ kind: "plan", steps: [PEOPLE] }] },
  },
  { id: "c3", goal: "Book a flight to Mars", gold: { anyOf: [{ kind: "abandon" }] } },
];
const SUITE: SuiteInput = { name: "letters", cases: CASES, variants: [{ id: "rule", planner: "rule" }] };

function plan(...steps: object[]): object {
  return { kind: "plan", rationale: "As scripted.", steps, then: "finish" };
}

/** A planner of the suite's own that counts how often it is asked. */
function countingPlanner(answer: (goal: string) => unknown): { make: () => Planner; asked: string[] } {
  const asked: string[] = [];
  const make = (): Planner => ({
    name: "counting",
    async plan({ goal }) {
      asked.push(goal);
      const given = answer(goal);
      if (given instanceof Error) throw given;
      return { raw: JSON.parse(JSON.stringify(given)) };
    },
  });
  return { make, asked };
}

const world = (more: Partial<EvaluationOptions> = {}): EvaluationOptions => ({
  ...{ store: "/store", mode: "replay", env: {}, fileSystem: createMemoryFileSystem(), runs: createMemoryStore() },
  ...more,
});

const load = (suite: SuiteInput): Promise<LoadedSuite> =>
  loadSuiteObject(suite, { file: "letters.eval.ts", folder: "." });

describe("a suite at the level plan", () => {
  test("asks for one decision a trial, runs nothing, and scores it against the golds", async () => {
    const { report } = await evaluateSuite(await load(SUITE), world());
    expect(report.counts).toEqual({ cases: 3, trials: 3, scored: 3, errors: 0, skipped: 0, unjudged: 0 });
    expect(report.status).toBe("passed");
    expect(report.variants[0]?.scores["tool_f1"]).toMatchObject({ n: 2, notApplicable: 1, clusters: 2 });
    expect(report.variants[0]?.scores["tool_recall"]?.mean).toBe(1);
    expect(report.variants[0]?.scores["refusal"]?.mean).toBe(1);
    expect(report.variants[0]?.measures.latencyMs).toEqual({ mean: null, total: null, n: 0 });
    expect(report.trials.map((trial) => trial.decision)).toEqual([1, 1, 1]);
  });

  test("gives each trial a run whose decision log can be read, and in which no step has started", async () => {
    const runs = createMemoryStore();
    const { report } = await evaluateSuite(await load(SUITE), world({ runs }));
    const { entries } = await runs.read(report.trials[0]?.run ?? "");
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds).toContain("decision.accepted");
    expect(kinds).not.toContain("step.started");
  });

  test("does not let the planner notice that nothing will run", async () => {
    const seen: number[] = [];
    const planner = (): Planner => ({
      ...createRulePlanner(),
      plan: (request, options) => {
        seen.push(request.budgetLeft.steps, request.budgetLeft.replans);
        return createRulePlanner().plan(request, options);
      },
    });
    await evaluateSuite(await load({ ...SUITE, variants: [{ id: "own", planner }] }), world());
    expect(new Set(seen)).toEqual(new Set([100, 8]));
  });

  test("comes to the same report, byte for byte but for the environment, whenever it runs", async () => {
    const first = await evaluateSuite(await load({ ...SUITE, trials: 2 }), world());
    const second = await evaluateSuite(await load({ ...SUITE, trials: 2, concurrency: 1 }), world());
    const { environment: _, ...one } = first.report;
    const { environment: __, ...other } = second.report;
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

describe("a planner that stays away", () => {
  const SILENT = { kind: "abandon", rationale: "r", reason: "no" };

  test("passes no gate by it: what has no score though every gold has one counts as 0", async () => {
    const planner = countingPlanner((goal) => (goal.startsWith("Summarise") ? plan(SUMMARY) : SILENT));
    const gates = [{ scorer: "input_correct", min: 0.2 }];
    const variants = [{ id: "own", planner: planner.make }];
    const { report } = await evaluateSuite(await load({ ...SUITE, variants, gates }), world());
    expect(report.variants[0]?.scores["input_correct"]).toMatchObject({ mean: 1, n: 1 });
    // The abandoned goal of c3 is right, and no question of inputs arises there.
    expect(report.gates[0]).toMatchObject({ passed: false, n: 2, asZero: 1 });
  });

  test("has not succeeded where there was nothing to do, nor has one with another output", async () => {
    const gold = { anyOf: [{ kind: "finish", output: { answer: 1 } }] };
    const rateOf = async (answer: object) => {
      const variants = [{ id: "own", planner: countingPlanner(() => answer).make }];
      const cases = [{ id: "c1", goal: "Say 1", gold }] as SuiteInput["cases"];
      const { report } = await evaluateSuite(await load({ ...SUITE, cases, variants }), world());
      return report.variants[0]?.passAtK;
    };
    expect(await rateOf({ kind: "finish", rationale: "r", output: { answer: 1 } })).toEqual({ 1: 1 });
    expect(await rateOf({ kind: "finish", rationale: "r", output: { answer: 2 } })).toEqual({ 1: 0 });
    expect(await rateOf(SILENT)).toEqual({ 1: 0 });
  });
});

describe("a suite that can't be finished", () => {
  test("is incomplete where a provider failed, and passes no gate even where its scores would", async () => {
    const failing = countingPlanner((goal) =>
      goal.startsWith("Book")
        ? new ModelError("MODEL_UNAVAILABLE", "No route.")
        : plan(goal.startsWith("List") ? PEOPLE : SUMMARY),
    );
    const variants = [{ id: "own", planner: failing.make }];
    const { report } = await evaluateSuite(
      await load({ ...SUITE, variants, gates: [{ scorer: "tool_f1", min: 0.1 }] }),
      world(),
    );
    expect(report).toMatchObject({
      status: "incomplete",
      counts: { scored: 2, errors: 1, skipped: 0 },
      gates: [{ scorer: "tool_f1", passed: false }],
    });
    expect(report.trials.find((trial) => trial.case === "c3")?.error?.code).toBe("MODEL_UNAVAILABLE");
  });

  test("goes on with --resume: what failed is tried again, what is there is not asked for", async () => {
    let isDown = true;
    const planner = countingPlanner((goal) =>
      isDown && goal.startsWith("Book") ? new ModelError("MODEL_UNAVAILABLE", "No route.") : plan(SUMMARY),
    );
    const suite = await load({ ...SUITE, variants: [{ id: "own", planner: planner.make }] });
    const { runs: _, fileSystem: __, ...options } = world({ store: tempFolder() });
    await evaluateSuite(suite, options);
    isDown = false;
    planner.asked.length = 0;
    const { report } = await evaluateSuite(suite, { ...options, resume: true });
    expect(new Set(planner.asked)).toEqual(new Set(["Book a flight to Mars"]));
    expect(report.counts).toMatchObject({ scored: 3, errors: 0 });
  });

  test("stops cleanly once its budget is used up: nothing new starts, and nothing is spent beyond it", async () => {
    const answers = Array.from({ length: 20 }, () => plan(SUMMARY) as never);
    const price = { inputUsdPerMillion: 20, outputUsdPerMillion: 20 };
    const model = createScriptedModel(answers, { price, maxOutputTokens: 200, provider: "compatible" });
    const variants = [{ id: "model", model }];
    const suite = await load({ ...SUITE, trials: 5, concurrency: 1, variants, budget: { maxCostUsd: 1 } });
    const { report } = await evaluateSuite(suite, world({ mode: "live" }));
    expect(report.status).toBe("incomplete");
    expect(report.counts.skipped).toBeGreaterThan(0);
    expect(report.counts.scored).toBeGreaterThan(0);
    expect(report.counts.errors).toBe(0);
    expect(report.variants[0]?.measures.costUsd?.total).toBeLessThanOrEqual(1);
    expect(report.notes.join()).toContain("budget was used up");
  });

  test("gives up a trial that takes too long, and says so", async () => {
    const clock = createManualClock();
    const planner = (): Planner => ({ name: "slow", plan: () => new Promise(() => {}) });
    const suite = await load({
      ...SUITE,
      cases: [CASES[0] as never],
      variants: [{ id: "slow", planner }],
      caseTimeoutSeconds: 10,
    });
    const going = evaluateSuite(suite, world({ clock }));
    let isOver = false;
    void going.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise<void>((resolve) => systemClock.setTimer(1, resolve));
      if (!isOver) await clock.advanceAsync(1_000);
    }
    const { report } = await going;
    expect(report.trials[0]?.error?.code).toMatch(/LIMIT_TIME|MODEL_TIMEOUT/);
  });

  test("stops where somebody stops it", async () => {
    const controller = new AbortController();
    const onTrial = (): void => controller.abort();
    const options = world({ signal: controller.signal, onTrial });
    const { report } = await evaluateSuite(await load({ ...SUITE, concurrency: 1 }), options);
    expect(report).toMatchObject({ status: "incomplete", counts: { scored: 1, skipped: 2 } });
  });
});

describe("higher levels", () => {
  test("at the level loop stubs answer instead of tools, and the run goes on to its end", async () => {
    const lookUp = createFakeTool({ name: "look_up", effect: "external", idempotency: "none", output: { price: 1 } });
    const decide = countingPlanner(() => plan({ id: "a", tool: "look_up", input: { text: { ref: "document.text" } } }));
    const suite = await load({
      ...{ name: "letters", level: "loop", tools: [lookUp], variants: [{ id: "own", planner: decide.make }] },
      cases: [
        {
          ...{
            id: "c1",
            goal: "Look it up",
            document: DOCUMENT,
            tools: ["look_up"],
            stubs: { look_up: [{ price: 7 }] },
          },
          assertions: [{ name: "price", check: { field: "output.a.price", is: 7 } }],
        },
      ],
      scorers: ["goal_success"],
    });
    const { report } = await evaluateSuite(suite, world());
    expect(lookUp.calls).toEqual([]);
    expect(report.trials[0]?.scores["goal_success"]).toMatchObject({ score: 1 });
  });

  test("at the level outcome the state of the trial's own world is compared", async () => {
    const planner = countingPlanner(() => plan({ id: "a", tool: "put", input: { n: 2 } }));
    const made: number[] = [];
    const suite = await load({
      ...{ name: "letters", level: "outcome", trials: 2, variants: [{ id: "own", planner: planner.make }] },
      cases: [{ id: "c1", goal: "Put 2", tools: ["put"], endState: { state: { total: 2 } } }],
      scorers: ["goal_success"],
      world: () => {
        const state = { total: 0 };
        made.push(state.total);
        const output = (input: unknown): unknown => {
          state.total += (input as { n: number }).n;
          return {};
        };
        return { tools: [createFakeTool({ name: "put", output })], state: () => ({ ...state }) };
      },
    });
    const { report } = await evaluateSuite(suite, world());
    expect(report.variants[0]?.scores["goal_success"]).toMatchObject({ mean: 1, n: 2 });
    expect(report.variants[0]?.passHatK).toEqual({ 1: 1, 2: 1 });
    expect(made.length).toBeGreaterThanOrEqual(2);
  });
});

describe("scoring again", () => {
  test("uses the new golds and asks nobody", async () => {
    const planner = countingPlanner(() => plan(SUMMARY));
    const variants = [{ id: "own", planner: planner.make }];
    const options = world();
    const first = await evaluateSuite(await load({ ...SUITE, variants }), options);
    planner.asked.length = 0;
    const gold = { anyOf: [{ kind: "plan", steps: [SUMMARY] }] };
    const cases = (CASES as object[]).map((one) => ("document" in one ? { ...one, gold } : one));
    const again = await rescoreSuite(await load({ ...SUITE, variants, cases: cases as never }), options);
    expect(planner.asked).toEqual([]);
    expect(first.report.variants[0]?.scores["tool_f1"]?.mean).toBeLessThan(1);
    expect(again.report.variants[0]?.scores["tool_f1"]).toMatchObject({ mean: 1, n: 2 });
  });

  test("finds nothing where a goal has changed since", async () => {
    const options = world();
    await evaluateSuite(await load(SUITE), options);
    const cases = [{ ...(CASES as object[])[0], goal: "Sum this up" }];
    await expect(rescoreSuite(await load({ ...SUITE, cases: cases as never }), options)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
