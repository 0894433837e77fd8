/** A judge against people: what is counted, what is refused, and for which judge the figures hold. */
import { expect, test } from "vitest";
import { calibrate, calibrationSchema, identityOf, isCalibrated } from "../../../src/eval/judge/calibrate.ts";
import { rubricSchema } from "../../../src/eval/judge/rubric.ts";
import { calibrateJudge } from "../../../src/eval/run/calibrate-judge.ts";
import { createModelCaller } from "../../../src/model/call-model.ts";
import { loadPrompts } from "../../../src/prompt/load-prompts.ts";
import { createScriptedModel } from "../../../src/testing/scripted-model.ts";
import { yesNoRubric } from "./yes-no-rubric.ts";

const rubric = yesNoRubric("useful", "Is it useful?");
const mark = { name: "judge-text", version: 1, hash: "sha256:aa" };
const judge = { model: "scripted", prompts: { text: mark, pair: { ...mark, name: "judge-pair" } } };
const labels = ["yes", "yes", "yes", "no", "no"].map((label, place) => ({ case: `c${place}`, label }));
const judgements = ["yes", "yes", "no", "no", null].map((label, place) => ({ case: `c${place}`, label }));

test("agreement, kappa and rates are of the texts that the judge gave a label", () => {
  const calibration = calibrate(labels, judgements, { rubric, judge });
  // 3 of 4 agree; by chance (3·2 + 1·2) / 16 = 1/2.
  expect(calibration).toMatchObject({ n: 4, abstained: 1, agreement: 0.75, kappa: 0.5, trueNegativeRate: 1 });
  expect(calibration.truePositiveRate).toBeCloseTo(2 / 3, 12);
  expect(calibrationSchema.parse(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration);
});

test("it holds for this rubric, model and prompt alone", () => {
  const calibration = calibrate(labels, judgements, { rubric, judge });
  const identity = identityOf(rubric, judge);
  expect(isCalibrated(calibration, identity)).toBe(true);
  expect(isCalibrated(calibration, identityOf({ ...rubric, question: "Is it of use?" }, judge))).toBe(false);
  expect(isCalibrated(calibration, identityOf(rubric, { ...judge, model: "another" }))).toBe(false);
  const reworded = { ...judge, prompts: { ...judge.prompts, text: { ...mark, hash: "sha256:bb" } } };
  expect(isCalibrated(calibration, identityOf(rubric, reworded))).toBe(false);
  expect(isCalibrated(null, identity)).toBe(false);
  expect(isCalibrated({ ...calibration, n: 0 }, identity)).toBe(false);
});

test.each([
  ["a label that the rubric lacks", [{ case: "c0", label: "maybe" }], "no label of rubric"],
  ["a text that is labelled twice", [labels[0]!, labels[0]!], "labelled twice"],
  ["a text that was not judged", [{ case: "other", label: "yes" }], "was not judged"],
])("%s is refused", (_, given, words) => {
  expect(() => calibrate(given, judgements, { rubric, judge })).toThrow(words);
});

test("labels are looked at before anybody is asked", async () => {
  const model = createScriptedModel([]);
  const texts = { goal: "Summarise this", text: "It is plain enough." };
  const wrong = [
    { case: "c1", label: "yes", texts },
    { case: "c2", label: "maybe", texts },
  ];
  const options = {
    caller: createModelCaller(model),
    library: loadPrompts({ folders: [] }),
    signal: new AbortController().signal,
  };
  await expect(calibrateJudge(rubric, wrong, options)).rejects.toThrow("'maybe' (case 'c2') is no label");
  expect(model.requests).toHaveLength(0);
});

test.each([
  ["Abstain", "no"],
  ["good", "Good"],
])("a rubric can't have the labels %s and %s", (one, other) => {
  const named = [one, other].map((label, place) => ({ ...rubric.labels[place], label }));
  expect(rubricSchema.safeParse({ ...rubric, labels: named, positive: other }).success).toBe(false);
});
