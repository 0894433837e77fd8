/** A judge from the command line: recorded, calibrated, replayed where CI is set, and named in every form of a report. */
import { describe, expect, test } from "vitest";
import { evalReportSchema } from "../../src/eval/report/eval-report.ts";
import { readScript } from "../../src/testing/demo-model/demo-script.ts";
import { startDemoServer } from "../../src/testing/demo-model/demo-server.ts";
import { yesNoRubric } from "../eval/judge/yes-no-rubric.ts";
import { type EvalFolder, evalFolder, SUITE, withDouble } from "./eval-world.ts";

const CI = { env: { CI: "true" } };
const RUBRIC = yesNoRubric("sensible", "Would this plan reach the goal?");
const PAIR = { name: "better", question: "Which plan is better?", pair: true };
const JUDGE = { id: "sensible", rubric: "rubric.json", model: "cassette:./judge.jsonl" };
const judged = (judge: object = JUDGE): object => ({
  ...{ ...SUITE, variants: [{ id: "rule", planner: "rule" }], trials: 1, judges: [judge] },
  gates: [{ scorer: "sensible", min: 0 }],
});

/** With the judge recorded from the double, which says yes to everything. */
async function recordedJudge(): Promise<EvalFolder> {
  const world = evalFolder(judged());
  world.write("rubric.json", RUBRIC);
  await withDouble((model) => world.evaluate(["two.eval.json", "--record", "--model", model]));
  return world;
}

/** Calibrates the judge on these labels: the double says yes to everything. */
async function calibrated(world: EvalFolder, labels: readonly string[]): Promise<unknown> {
  const lines = labels.map((label, place) => ({ case: `t${place}`, goal: "G", text: `Plan ${place}.....`, label }));
  world.write("labels.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  return withDouble(async (model) => {
    const args = ["calibrate", "rubric.json", "--labels", "labels.jsonl", "--out", "calibration.json", "--json"];
    return (await world.evaluate([...args, "--model", model])).json();
  });
}

describe("a judge of a suite", () => {
  test("is recorded, and replayed where CI is set, byte for byte", async () => {
    const world = await recordedJudge();
    const once = evalReportSchema.parse((await world.evaluate(["two.eval.json", "--json"], CI)).json());
    const twice = evalReportSchema.parse((await world.evaluate(["two.eval.json", "--json"], CI)).json());
    expect({ ...twice, environment: null }).toEqual({ ...once, environment: null });
    expect(once.judges).toMatchObject([{ id: "sensible", judged: 2, abstained: 0, calibration: null }]);
    expect(once.variants[0]?.scores["sensible"]).toMatchObject({ mean: 1, n: 2, notApplicable: 1 });
    expect(once.notes.join(" ")).toMatch(/A judge was answered by the loopback double.*Uncalibrated: sensible/);
    const rescored = await world.evaluate(["rescore", "two.eval.json", "--json"], CI);
    expect({ ...(rescored.json() as object), environment: null }).toEqual({ ...once, environment: null });
  });

  test("is marked in the terminal, the page, Markdown and JUnit", async () => {
    const world = await recordedJudge();
    const files = ["--html", "r.html", "--markdown", "r.md", "--junit", "r.xml"];
    const shown = await world.evaluate(["two.eval.json", ...files], CI);
    for (const text of [shown.out, world.read("r.html"), world.read("r.xml")]) {
      expect(text).toContain("2 judgements, 0 abstentions");
      expect(text).toContain("uncalibrated");
    }
    expect(shown.out).toContain("sensible (uncalibrated judge)");
    expect(world.read("r.html")).toContain("sensible (uncalibrated judge)");
    expect(world.read("r.md")).toContain("sensible \\(uncalibrated judge\\)");
  });

  test("passes gates once it is calibrated, for its own rubric alone", async () => {
    const world = await recordedJudge();
    expect((await world.evaluate(["two.eval.json"], CI)).code).toBe(1);
    expect(await calibrated(world, ["yes", "yes", "no"])).toMatchObject({
      n: 3,
      truePositiveRate: 1,
      trueNegativeRate: 0,
    });
    world.write("two.eval.json", judged({ ...JUDGE, calibration: "calibration.json" }));
    const passed = await world.evaluate(["two.eval.json"], CI);
    expect([passed.code, passed.out]).toEqual([0, expect.stringContaining("calibrated on 3 texts: agreement 0.667")]);
    world.write("rubric.json", { ...RUBRIC, question: "Would it?" });
    const changed = await world.evaluate(["two.eval.json", "--json"], CI);
    expect([changed.code, changed.json()]).toMatchObject([2, { code: "CASSETTE_MISS" }]);
    expect((changed.json() as { message: string }).message).toMatch(
      /^Judge 'sensible', case '(sum|names)'.*Would it\?/,
    );
  });

  test("is not asked of a model where CI is set", async () => {
    const world = evalFolder(judged({ ...JUDGE, rubric: RUBRIC, model: "compatible:demo@http://127.0.0.1:9/v1" }));
    const done = await world.evaluate(["two.eval.json", "--json"], CI);
    expect([done.code, done.json()]).toMatchObject([2, { message: expect.stringContaining("Judge 'sensible' asks") }]);
  });
});

describe("eval calibrate with a rubric of pairs", () => {
  test("asks in both orders, and takes a turned answer for an abstention", async () => {
    const world = evalFolder();
    world.write("pair.json", PAIR);
    const lines = ["first", "tie"].map((label, place) => {
      return { case: `p${place}`, goal: "G", first: `One ${place} is good.`, second: `Two ${place} is fine.`, label };
    });
    world.write("pairs.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const say = (label: string, quote: string): object => ({ label, quote, reason: "So." });
    const script = [
      ...[say("first", "One 0 is good."), say("second", "One 0 is good.")],
      ...[say("first", "One 1 is good."), say("first", "Two 1 is fine.")],
    ];
    const demo = await startDemoServer({ port: 0, script: readScript(script as never, "script") });
    const args = [
      "calibrate",
      "pair.json",
      "--labels",
      "pairs.jsonl",
      "--model",
      `compatible:demo@${demo.url}`,
      "--json",
    ];
    const done = await world.evaluate(args);
    await demo.close();
    expect(done.json()).toMatchObject({ rubric: "better", positive: "first", n: 1, abstained: 1, agreement: 1 });
    const wrong = await world.evaluate([
      "calibrate",
      "rubric.json",
      "--labels",
      "pairs.jsonl",
      "--model",
      "cassette:x",
    ]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("rubric.json' can't be read")]);
  });
});
