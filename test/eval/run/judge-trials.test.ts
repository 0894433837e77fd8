/** Judges as scorers of a suite: what they are asked, what counts, and what is said of those that nobody has checked. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { baselineOf, baselineScores } from "../../../src/eval/baseline.ts";
import { type EvaluationOptions, evaluateSuite, rescoreSuite } from "../../../src/eval/evaluate-suite.ts";
import { identityOf } from "../../../src/eval/judge/calibrate.ts";
import { createJudge } from "../../../src/eval/judge/create-judge.ts";
import { rubricSchema } from "../../../src/eval/judge/rubric.ts";
import type { EvalReport } from "../../../src/eval/report/eval-report.ts";
import { loadSuiteObject } from "../../../src/eval/run/load-suite.ts";
import type { SuiteInput } from "../../../src/eval/suite.ts";
import { createMemoryStore } from "../../../src/journal/memory-store.ts";
import { type Model, ModelError, type ModelRequest } from "../../../src/model/model.ts";
import type { Planner } from "../../../src/planner/planner.ts";
import { loadPrompts } from "../../../src/prompt/load-prompts.ts";
import { createDirectCaller } from "../../../src/testing/index.ts";
import { createMemoryFileSystem } from "../../../src/testing/memory-file-system.ts";
import { tempFolder } from "../../cli/fake-terminal.ts";
import { yesNoRubric } from "../judge/yes-no-rubric.ts";

const RUBRIC = yesNoRubric("says-how-often", "Does it say how often the ferry was late?");
const PAIR = { name: "more-useful", question: "Which is more useful?", pair: true as const };

interface JudgeModel extends Model {
  asked: string[];
}

/** Answers from the last text it is shown; `abstain` and errors for those that ask for it. */
function judgeModel(facts: Partial<Model> = {}, answer = defaultAnswer): JudgeModel {
  const asked: string[] = [];
  return {
    ...{ name: "the-judge", provider: "compatible", price: null, maxOutputTokens: 4_096, formats: ["text"], ...facts },
    asked,
    async generate(request: ModelRequest) {
      const user = request.messages.flatMap(({ parts }) => parts.map(({ text }) => text)).join("");
      asked.push(user);
      const usage = { inputTokens: 100, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 10 };
      return { value: JSON.stringify(answer(user)), raw: null, usage, model: "the-judge-1" };
    },
  };
}

function defaultAnswer(user: string): object {
  const texts = [...user.matchAll(/`{3,}data\n([\s\S]*?)\n`{3,}/g)].map(([, text = ""]) => text);
  const last = texts.at(-1) ?? "";
  const isPair = user.includes("Second text:");
  if (last.includes("unclear")) return { quote: "", reason: "It is unclear.", label: "abstain" };
  if (!isPair) return { quote: last, reason: "So it says.", label: last.includes("nine") ? "yes" : "no" };
  const first = texts.at(-2) ?? "";
  const label = first.includes("nine") === last.includes("nine") ? "tie" : first.includes("nine") ? "first" : "second";
  return { quote: first, reason: "Numbers help.", label };
}

/** A planner that is done at once, with this output for every case. */
function saying(output: (goal: string) => unknown): () => Planner {
  return () => ({
    name: "saying",
    async plan({ goal }) {
      const said = output(goal);
      const raw =
        said === null
          ? { kind: "abandon", rationale: "No.", reason: "It can't be done." }
          : { kind: "finish", rationale: "Done.", output: said };
      return { raw: JSON.parse(JSON.stringify(raw)) };
    },
  });
}

const GOOD = saying((goal) => `Late on nine of twenty days: ${goal}`);
const BAD = saying(() => "The ferry was late often, they say.");
const cases = ["a", "b", "c", "d"].map((id) => ({
  id,
  goal: `Sum up ${id}`,
  cluster: id,
  reference: "Late on nine days.",
}));

function suiteOf(more: Partial<SuiteInput>): SuiteInput {
  return {
    ...{ name: "judged", level: "loop", cluster: "case", cases, scorers: ["goal_success"] },
    variants: [
      { id: "bad", planner: BAD },
      { id: "good", planner: GOOD },
    ],
    ...more,
  };
}

interface World {
  options: EvaluationOptions;
  evaluate(suite: SuiteInput, more?: Partial<EvaluationOptions>): Promise<EvalReport>;
  rescore(suite: SuiteInput): Promise<EvalReport>;
}

function createWorld(folder = "."): World {
  const options: EvaluationOptions = {
    ...{ store: "/store", mode: "live", env: {}, fileSystem: createMemoryFileSystem(), runs: createMemoryStore() },
  };
  const load = (suite: SuiteInput) => loadSuiteObject(suite, { file: "judged.eval.ts", folder });
  return {
    options,
    evaluate: async (suite, more = {}) => {
      const runs = createMemoryStore();
      return (await evaluateSuite(await load(suite), { ...options, runs, ...more })).report;
    },
    rescore: async (suite) => (await rescoreSuite(await load(suite), options)).report,
  };
}

const scoresOf = (report: EvalReport, variant: string, scorer = "told"): (number | null | undefined)[] =>
  report.trials.filter((one) => one.variant === variant).map(({ scores }) => scores[scorer]?.score);

describe("a judge of texts", () => {
  test("scores outputs by its rubric, with a quotation, and takes part in comparisons", async () => {
    const model = judgeModel();
    const report = await createWorld().evaluate(suiteOf({ judges: [{ id: "told", rubric: RUBRIC, model }] }));
    expect(scoresOf(report, "good")).toEqual([1, 1, 1, 1]);
    expect(scoresOf(report, "bad")).toEqual([0, 0, 0, 0]);
    expect(report.comparisons.find(({ scorer }) => scorer === "told")).toMatchObject({
      difference: 1,
      baseline: "bad",
    });
    expect(report.trials.find(({ variant }) => variant === "good")?.scores["told"]?.evidence).toEqual([
      "yes: So it says.",
      'quote: "Late on nine of twenty days: Sum up a"',
    ]);
    expect(report.judges).toMatchObject([
      { id: "told", model: "the-judge", of: "output", against: null, judged: 8, abstained: 0, tokens: 880 },
    ]);
    expect(model.asked).toHaveLength(8);
    expect(model.asked[0]).toContain("Late on nine days.");
  });

  test("is called uncalibrated, and passes no gate, until it was compared with people", async () => {
    const gates = [{ scorer: "told", min: 0.2, variant: "good" }];
    const judge = { id: "told", rubric: RUBRIC, model: judgeModel() };
    const without = await createWorld().evaluate(suiteOf({ judges: [judge], gates }));
    expect(without.judges[0]?.calibration).toBeNull();
    expect(without.notes.join(" ")).toMatch(/Uncalibrated: told\..*An uncalibrated judge passes no gate: told/);
    expect([without.status, without.gates[0]?.passed]).toEqual(["failed", false]);

    const folder = tempFolder();
    const calibrated = { ...judge, calibration: "told.json" };
    writeCalibration(join(folder, "told.json"), "the-judge");
    const report = await createWorld(folder).evaluate(suiteOf({ judges: [calibrated], gates }));
    expect(report.judges[0]?.calibration).toMatchObject({ n: 40, agreement: 0.9 });
    expect([report.status, report.gates[0]?.passed, report.notes]).toEqual(["passed", true, []]);

    writeCalibration(join(folder, "told.json"), "the-judge", 0);
    const chance = await createWorld(folder).evaluate(suiteOf({ judges: [calibrated] }));
    expect(chance.notes).toEqual(["By its calibration told agrees with people no better than chance."]);

    writeCalibration(join(folder, "told.json"), "another-judge");
    const other = await createWorld(folder).evaluate(suiteOf({ judges: [calibrated], gates }));
    expect(other.notes.join(" ")).toMatch(
      /Uncalibrated: told\..*The calibration of told is of another rubric, model or prompt/,
    );
    expect(other.gates[0]?.passed).toBe(false);
  });

  test("that abstains gives no score, and one without an output to judge gives 0 where refusing is not right", async () => {
    const quiet = saying((goal) => (goal.endsWith("a") ? "All is unclear." : goal.endsWith("d") ? "nine days" : null));
    const refusable = cases.map((one) =>
      one.id === "b" || one.id === "d" ? { ...one, gold: { anyOf: [{ kind: "abandon" as const }] } } : one,
    );
    const suite = suiteOf({
      judges: [{ id: "told", rubric: RUBRIC, model: judgeModel() }],
      ...{ variants: [{ id: "own", planner: quiet }], cases: refusable },
    });
    const report = await createWorld().evaluate(suite);
    expect(scoresOf(report, "own")).toEqual([null, null, 0, null]);
    const evidence = report.trials.map(({ scores }) => scores["told"]?.evidence[0]);
    expect(evidence[0]).toBe("the judge abstained (said-so): It is unclear.");
    expect(evidence[1]).toBe("asking or abandoning is right here");
    expect(evidence[2]).toBe("there is no output to judge");
    expect(report.judges[0]).toMatchObject({ judged: 1, abstained: 1 });
  });

  test("is shown the decision at the level plan", async () => {
    const model = judgeModel({}, (user) => ({
      quote: '"kind": "finish"',
      reason: "r",
      label: user.includes("finish") ? "yes" : "no",
    }));
    const report = await createWorld().evaluate(
      suiteOf({ level: "plan", judges: [{ id: "told", rubric: RUBRIC, model }] }),
    );
    expect(scoresOf(report, "good")).toEqual([1, 1, 1, 1]);
    expect(model.asked[0]).toContain('"kind": "finish"');
  });
});

describe("a judge of pairs", () => {
  test("compares with the reference in both orders, and a tie is a half", async () => {
    const model = judgeModel();
    const report = await createWorld().evaluate(suiteOf({ judges: [{ id: "told", rubric: PAIR, model }] }));
    expect(scoresOf(report, "good")).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(scoresOf(report, "bad")).toEqual([0, 0, 0, 0]);
    expect(model.asked).toHaveLength(16);
  });

  test("compares with the same trial of another variant, which itself has no score", async () => {
    const judges = [{ id: "told", rubric: PAIR, against: "bad", model: judgeModel() }];
    const report = await createWorld().evaluate(suiteOf({ judges, trials: 2 }));
    expect(scoresOf(report, "good")).toEqual(Array(8).fill(1));
    expect(scoresOf(report, "bad")).toEqual(Array(8).fill(null));
    expect(report.judges[0]).toMatchObject({ against: "bad", judged: 8 });
  });

  test("has nothing to say to a case without a reference", async () => {
    const bare = cases.map(({ reference: _, ...rest }) => rest);
    const model = judgeModel();
    const report = await createWorld().evaluate(
      suiteOf({ judges: [{ id: "told", rubric: PAIR, model }], cases: bare }),
    );
    expect(scoresOf(report, "good")).toEqual([null, null, null, null]);
    expect(model.asked).toEqual([]);
  });
});

describe("a gate on a judge", () => {
  const calibratedFolder = (): string => {
    const folder = tempFolder();
    writeCalibration(join(folder, "told.json"), "the-judge");
    return folder;
  };
  const told = { id: "told", rubric: RUBRIC, calibration: "told.json" };
  const suiteWith = (judge: object, gates: SuiteInput["gates"]): SuiteInput =>
    suiteOf({ judges: [{ ...told, model: judgeModel(), ...judge }], gates, variants: [{ id: "good", planner: GOOD }] });

  test("counts an abstention as 0, and so does whether a trial passed", async () => {
    const shy = judgeModel({}, (user) =>
      user.includes("Sum up a") ? { quote: "", reason: "Who knows.", label: "abstain" } : defaultAnswer(user),
    );
    const gates = [{ scorer: "told", min: 0.4 }];
    const folder = calibratedFolder();
    const all = await createWorld(folder).evaluate(suiteWith({}, gates));
    expect(all.gates[0]).toMatchObject({ passed: true, n: 4, asZero: 0 });
    const suite = { ...suiteWith({ model: shy }, gates), pass: ["told"] };
    const report = await createWorld(folder).evaluate(suite);
    expect(report.gates[0]).toMatchObject({ passed: false, n: 4, asZero: 1 });
    expect(report.variants[0]?.passAtK).toEqual({ 1: 0.75 });
  });

  test("against a baseline passes only where the same calibrated judge gave those scores", async () => {
    const gates = [{ scorer: "told", noRegression: 1 }];
    const world = createWorld(calibratedFolder());
    const own = baselineOf(await world.evaluate(suiteWith({}, [])));
    const again = await world.evaluate(suiteWith({}, gates), { baseline: own });
    expect(again.gates[0]).toMatchObject({ n: 4 });
    const notes = (report: EvalReport): string => report.notes.join(" ");
    expect(notes(again)).not.toContain("another or an uncalibrated judge");
    const other = baselineOf(await world.evaluate(suiteWith({ model: judgeModel({ name: "m0" }) }, [])));
    const mixed = await world.evaluate(suiteWith({}, gates), { baseline: other });
    expect([mixed.gates[0]?.passed, notes(mixed)]).toEqual([
      false,
      expect.stringContaining("another or an uncalibrated judge"),
    ]);
    const earlier = { id: "before", scores: baselineScores(other, "good") ?? new Map(), judges: other.judges ?? {} };
    expect(
      (await world.evaluate(suiteWith({}, []), { earlier })).comparisons.map(({ scorer }) => scorer),
    ).not.toContain("told");
  });

  test("of pairs is about the others, not about the variant that they are compared with", async () => {
    const judges = [{ id: "told", rubric: PAIR, against: "bad", model: judgeModel() }];
    const report = await createWorld().evaluate(suiteOf({ judges, gates: [{ scorer: "told", min: 0 }] }));
    expect(report.gates.map(({ variant }) => variant)).toEqual(["good"]);
    expect(report.comparisons.map(({ scorer }) => scorer)).not.toContain("told");
  });
});

describe("judgements", () => {
  test("of the same words in the same trial are asked for once, and equal texts need none", async () => {
    const model = judgeModel();
    const variants = [
      { id: "one", planner: BAD },
      { id: "two", planner: BAD },
    ];
    const report = await createWorld().evaluate(suiteOf({ judges: [{ id: "told", rubric: RUBRIC, model }], variants }));
    expect([model.asked.length, report.judges[0]?.judged, report.judges[0]?.tokens]).toEqual([4, 8, 440]);
    const pairs = judgeModel();
    const tie = suiteOf({ judges: [{ id: "told", rubric: PAIR, against: "one", model: pairs }], variants });
    expect(scoresOf(await createWorld().evaluate(tie), "two")).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(pairs.asked).toEqual([]);
  });

  test("that take longer than a trial may are missing, whatever the model does", async () => {
    const model = { ...judgeModel(), generate: () => new Promise<never>(() => {}) };
    const judges = [{ id: "told", rubric: RUBRIC, model }];
    const report = await createWorld().evaluate(suiteOf({ judges, caseTimeoutSeconds: 0.2 }));
    expect([report.status, report.counts.unjudged]).toEqual(["incomplete", 8]);
    expect(report.notes.join(" ")).toContain("took longer than 0.2 s");
  });

  test("of a run that failed where refusing was right score 0, and of one that refused do not apply", async () => {
    const gold = { anyOf: [{ kind: "abandon" as const }, { kind: "finish" as const }] };
    const broken = (): Planner => ({ name: "broken", plan: () => Promise.resolve({ raw: "no decision" }) });
    const suite = suiteOf({
      judges: [{ id: "told", rubric: RUBRIC, model: judgeModel() }],
      cases: cases.map((one) => ({ ...one, gold })),
      variants: [
        { id: "broken", planner: broken },
        { id: "refuses", planner: saying(() => null) },
      ],
    });
    const report = await createWorld().evaluate(suite);
    expect(scoresOf(report, "broken")).toEqual([0, 0, 0, 0]);
    expect(scoresOf(report, "refuses")).toEqual([null, null, null, null]);
  });

  test("that fail make the report incomplete, and only they are asked for again", async () => {
    let isDown = true;
    const model = judgeModel({}, (user) => {
      if (isDown && user.includes("Sum up b")) throw new ModelError("MODEL_AUTH", "No.");
      return defaultAnswer(user);
    });
    const suite = suiteOf({
      judges: [{ id: "told", rubric: RUBRIC, model }],
      gates: [{ scorer: "schema_valid", min: 0 }],
    });
    const world = createWorld();
    const report = await world.evaluate(suite);
    expect([report.status, report.counts.unjudged, report.gates[0]?.passed]).toEqual(["incomplete", 2, false]);
    expect(report.notes.join(" ")).toMatch(/MODEL_AUTH: No\..*2 judgements are missing/);
    expect(scoresOf(report, "good")).toEqual([1, undefined, 1, 1]);
    isDown = false;
    const before = model.asked.length;
    const again = await world.evaluate(suite, { resume: true });
    expect([again.status, again.counts.unjudged, model.asked.length - before]).toEqual(["passed", 0, 2]);
  });

  test("are kept: scoring again asks nobody, and says where a rubric has changed since", async () => {
    const model = judgeModel();
    const suite = suiteOf({ judges: [{ id: "told", rubric: RUBRIC, model }] });
    const world = createWorld();
    const live = await world.evaluate(suite);
    const again = await world.rescore(suite);
    expect({ ...again, environment: null }).toEqual({ ...live, environment: null });
    const reworded = cases.map((one) => ({ ...one, reference: "Late on ten days." }));
    const words = await world.rescore({ ...suite, cases: reworded });
    expect(words.counts.unjudged).toBe(8);
    const changed = { ...RUBRIC, question: "Does it say how often?" };
    const other = await world.rescore(suiteOf({ judges: [{ id: "told", rubric: changed, model }] }));
    expect([other.status, other.counts.unjudged, other.judges[0]?.model]).toEqual(["incomplete", 8, null]);
    expect(scoresOf(other, "good")).toEqual([undefined, undefined, undefined, undefined]);
    expect(model.asked).toHaveLength(8);
  });

  test("are within the suite's budget", async () => {
    const judges = [{ id: "told", rubric: RUBRIC, model: judgeModel() }];
    const report = await createWorld().evaluate(suiteOf({ judges, budget: { maxTokens: 1_300 }, concurrency: 1 }));
    expect(report.status).toBe("incomplete");
    expect(report.notes[0]).toBe(
      "The suite's budget was used up before every judgement was made; go on with --resume.",
    );
    expect(report.counts).toMatchObject({ skipped: 0, errors: 0 });
    expect(report.counts.unjudged).toBeGreaterThan(0);
  });
});

describe("a judge is refused", () => {
  const model = "cassette:./none.jsonl";
  const refused = (judge: object, suite: Partial<SuiteInput> = {}): Promise<EvalReport> =>
    createWorld().evaluate(suiteOf({ ...suite, judges: [{ id: "told", rubric: RUBRIC, model, ...judge }] }));

  test.each([
    ["against a variant without a rubric of pairs", { against: "bad" }, "not of pairs"],
    ["against a variant that is none", { rubric: PAIR, against: "worse" }, "which is no variant"],
    ["with a rubric that is none", { rubric: { ...RUBRIC, positive: "maybe" } }, "judges.0.rubric"],
    ["with a rubric that is not there", { rubric: "./none.json" }, "can't be read"],
    ["with the name of a scorer", { id: "goal_success", model: judgeModel() }, "which a scorer is called"],
    ["whose cassette is not there", {}, "none.jsonl"],
    ["that is no model", { model: "offline" }, "has no model"],
  ])("%s", async (_, judge, words) => {
    await expect(refused(judge)).rejects.toThrow(words);
  });

  test("of outputs at the level plan", async () => {
    await expect(refused({ of: "output" }, { level: "plan" })).rejects.toThrow("none of at the level plan");
  });
});

function writeCalibration(path: string, model: string, kappa = 0.8): void {
  const { prompts } = createJudge({ caller: createDirectCaller(judgeModel()), prompts: loadPrompts() });
  const identity = identityOf(rubricSchema.parse(RUBRIC), { model, prompts });
  const figures = { n: 40, abstained: 1, agreement: 0.9, kappa, truePositiveRate: 0.9, trueNegativeRate: 0.9 };
  writeFileSync(path, JSON.stringify({ rubric: RUBRIC.name, ...identity, positive: "yes", ...figures }));
}
