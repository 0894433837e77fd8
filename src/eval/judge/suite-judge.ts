/**
 * A judge as a scorer of a suite. Owns: what a suite says of one, and which text of a trial it is asked about. Must not:
 * ask anybody.
 */
import { z } from "zod";
import type { Model } from "../../model/model.ts";
import type { Decision } from "../../plan/decision.ts";
import { cutText } from "../../shared/cut-text.ts";
import { hashJson } from "../../shared/hash.ts";
import type { JsonValue } from "../../shared/json.ts";
import type { EvalCase } from "../case.ts";
import type { Score } from "../score.ts";
import type { TrialRecord } from "../trial-record.ts";
import type { Calibration } from "./calibrate.ts";
import type { JudgedTexts } from "./create-judge.ts";
import { type AnyRubric, isPairRubric, pairRubricSchema, rubricSchema } from "./rubric.ts";

/** What a pair is compared with where no variant is named: the answer that a person wrote for the case. */
export const REFERENCE = "reference";

export const suiteJudgeSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, dashes and underscores")
    .describe("Id of the scorer that the judge is."),
  rubric: z.union([z.string().min(1), rubricSchema, pairRubricSchema]).describe("The rubric, or a JSON file with it."),
  of: z
    .enum(["output", "decision"])
    .exactOptional()
    .describe("The output of the run, or the decision as JSON; the decision at the level plan, else the output."),
  against: z
    .string()
    .min(1)
    .default(REFERENCE)
    .describe("For a rubric of pairs: the other text, which is the case's reference, or that of this variant."),
  model: z.string().min(1).describe("anthropic:NAME, openai:NAME, compatible:NAME@URL, cassette:FILE"),
  recordWith: z.string().min(1).exactOptional().describe("Model that --record asks for what the cassette lacks."),
  calibration: z
    .string()
    .min(1)
    .exactOptional()
    .describe("What eval calibrate --out wrote; without it the judge is uncalibrated and passes no gate."),
});

/** With its files read. */
export interface SuiteJudge {
  id: string;
  rubric: AnyRubric;
  of: "output" | "decision";
  /** `reference` or a variant. */
  against: string;
  model: string | Model;
  recordWith?: string;
  calibration: Calibration | null;
}

/** What a judge is asked, or what needs no asking. */
export type Subject = { texts: JudgedTexts } | { settled: Score };

/** Of a text that a judge reads. */
const MOST_CHARS = 60_000;

/** The text of the trial that the judge is about; null where there is none. */
export function judgedText({ of }: Pick<SuiteJudge, "of">, record: TrialRecord, evalCase: EvalCase): string | null {
  const decision = scoredDecision(record, evalCase) as JsonValue;
  const value = of === "output" ? (record.result?.output ?? null) : decision;
  if (value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return text.trim() === "" ? null : cutText(text, MOST_CHARS);
}

function scoredDecision({ decisions }: TrialRecord, evalCase: EvalCase): Decision | null {
  return decisions.find(({ n }) => n === (evalCase.decision ?? 1))?.decision ?? null;
}

function isRefusal(kind: string): boolean {
  return kind === "ask" || kind === "abandon";
}

interface JudgedTrial {
  record: TrialRecord;
  evalCase: EvalCase;
  /** The text of the same trial of the variant that the judge compares with; undefined where it was not tried. */
  other: string | null | undefined;
}

export function subjectOf(judge: SuiteJudge, trial: JudgedTrial): Subject {
  const { record, evalCase } = trial;
  const text = judgedText(judge, record, evalCase);
  const kinds = evalCase.gold?.anyOf.map(({ kind }) => kind) ?? [];
  const isRefusalRight = kinds.some(isRefusal) && isRefusal(scoredDecision(record, evalCase)?.kind ?? "");
  const isOnlyRefusalRight = kinds.length > 0 && kinds.every(isRefusal) && text !== null;
  if (isRefusalRight || isOnlyRefusalRight) return settled(null, "asking or abandoning is right here");
  const about = {
    goal: evalCase.goal,
    ...(evalCase.reference === undefined ? {} : { reference: evalCase.reference }),
  };
  if (isPairRubric(judge.rubric)) return pairSubject(judge, { ...trial, text, about });
  return text === null ? settled(0, `there is no ${judge.of} to judge`) : { texts: { ...about, text } };
}

function pairSubject(
  { of, against }: SuiteJudge,
  trial: JudgedTrial & { text: string | null; about: Omit<JudgedTexts, "text"> },
): Subject {
  const { record, evalCase, other, text, about } = trial;
  if (record.variant === against) return settled(null, "the others are compared with this variant");
  const opponent = against === REFERENCE ? evalCase.reference : other;
  const name = against === REFERENCE ? "the reference" : against;
  if (opponent === undefined) return settled(null, `there is no ${of} of ${name} to compare with`);
  if (text === null) return settled(opponent === null ? 0.5 : 0, `there is no ${of} to judge`);
  if (opponent === null) return settled(1, `${name} has no ${of}`);
  if (text === opponent) return settled(0.5, `it says the same as ${name}`);
  return { texts: { ...about, text, other: opponent } };
}

function settled(score: number | null, evidence: string): Subject {
  return { settled: { score, evidence: [evidence] } };
}

/** Judgements are of these very words. */
export function textsHash(texts: JudgedTexts): string {
  return hashJson({ ...texts });
}
