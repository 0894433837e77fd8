/**
 * Scores what trials left behind, without asking anybody. Owns: which tools a plan is judged by, and when a trial passes.
 * Must not: run anything.
 */
import type { Tool } from "../../tool/tool.ts";
import type { ToolRegistry } from "../../tool/tool-registry.ts";
import { caseTools } from "../case-tools.ts";
import { goldAlternatives } from "../gold.ts";
import type { JudgeScorer } from "../judge/score-judgements.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import type { ReportTrial } from "../report/eval-report.ts";
import type { SummedTrial } from "../report/summarize-variant.ts";
import type { Scorer, ScorerInput } from "../score.ts";
import { scoreTrial } from "../score-trial.ts";
import { createScorerInput } from "../scorer-input.ts";
import type { ExperimentHeader, Level, TrialRecord } from "../trial-record.ts";
import { chosenScorers } from "./choose-scorers.ts";
import { trialFacts } from "./trial-facts.ts";
import { registeredTools } from "./trial-tools.ts";
import { unaskedModelTools } from "./unasked-model-tools.ts";

/** Without a word in the suite: what has to be right for a trial to have succeeded. */
const PASS: Record<Level, readonly string[]> = {
  plan: ["sound", "step_match", "input_correct", "order", "refusal", "forbidden", "taint"],
  loop: ["goal_success", "forbidden"],
  outcome: ["goal_success", "forbidden"],
};

export interface RecordScorer {
  scorers: readonly string[];
  score(record: TrialRecord): Omit<SummedTrial, "cluster">;
  /** What scorers are given for a record; null where there is no answer to score. */
  inputOf(record: TrialRecord): ScorerInput | null;
  /**
   * Whether a gate counts the trial as 0 where it has no score: every gold of the case, given as the answer, has one; or
   * a judge was asked, and did not say.
   */
  isDue(trial: ReportTrial, scorer: string): boolean;
}

/** Throws CONFIG_INVALID for a scorer that there is none of. */
export async function createRecordScorer(
  suite: LoadedSuite,
  { header, judging }: { header: ExperimentHeader; judging: JudgeScorer },
): Promise<RecordScorer> {
  const scorers = chosenScorers(suite);
  const cases = new Map(suite.cases.map((one) => [one.id, one]));
  const toolsFor = await createToolFinder(suite, header);
  const pass = suite.pass ?? PASS[suite.level];
  const inputOf = (record: TrialRecord): ScorerInput | null => {
    const loaded = cases.get(record.case);
    if (loaded === undefined || record.error !== null) return null;
    return createScorerInput(trialFacts(record, loaded, toolsFor(record.variant, loaded)));
  };
  const haveGoldsScores = createDueFinder(scorers, (name) => {
    const loaded = cases.get(name);
    const variant = header.variants[0]?.id ?? "";
    return loaded === undefined ? [] : goldInputs(loaded, toolsFor(variant, loaded));
  });
  const judges = new Set(suite.judges.map(({ id }) => id));
  return {
    scorers: [...scorers, ...suite.judges].map(({ id }) => id),
    inputOf,
    isDue: (trial, scorer) =>
      judges.has(scorer) ? judging.hasAbstained(scorer, trial) : haveGoldsScores(trial.case, scorer),
    score(record) {
      const input = inputOf(record);
      const scores = input === null ? {} : { ...scoreTrial(input, scorers), ...judging.score(record) };
      const n = cases.get(record.case)?.evalCase.decision ?? 1;
      const isUnjudged = pass.some((id) => judges.has(id) && scores[id] === undefined);
      const isUnsaid = pass.some((id) => judges.has(id) && judging.hasAbstained(id, record));
      const passed = isUnjudged ? null : !isUnsaid && hasPassed(scores, pass);
      return { trial: trialOf(record, { scores, n }), measures: record.measures, passed };
    },
  };
}

/** The tools that the planner was shown: those of a model, where the variant has one. */
async function createToolFinder(suite: LoadedSuite, header: ExperimentHeader) {
  const own = [...((await suite.world?.())?.tools ?? []), ...suite.tools];
  const known = new Map<string, ToolRegistry>();
  const variants = new Map(header.variants.map(({ id, facts }) => [id, facts["model"] !== null]));
  const registered = new Map<boolean, Tool[]>();
  return (variant: string, loaded: LoadedCase): ToolRegistry => {
    const hasModel = variants.get(variant) ?? false;
    const key = `${hasModel} ${JSON.stringify(loaded.evalCase.tools ?? null)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const all = registered.get(hasModel) ?? registeredTools(own, hasModel ? unaskedModelTools() : []);
    registered.set(hasModel, all);
    const tools = caseTools(loaded.evalCase, all);
    known.set(key, tools);
    return tools;
  };
}

/** What scorers would be given if each gold were the answer. */
function goldInputs({ evalCase, documents }: LoadedCase, tools: ToolRegistry): ScorerInput[] {
  return goldAlternatives(evalCase).map(({ decision }) => {
    const tries = [{ decision, issues: [] }];
    return createScorerInput({ case: evalCase, documents, tools, tries, decision });
  });
}

function createDueFinder(
  scorers: readonly Scorer[],
  inputsOf: (name: string) => ScorerInput[],
): (name: string, scorer: string) => boolean {
  const inputs = new Map<string, ScorerInput[]>();
  return (name, id) => {
    const scorer = scorers.find((one) => one.id === id);
    const golds = inputs.get(name) ?? inputsOf(name);
    inputs.set(name, golds);
    return scorer !== undefined && golds.length > 0 && golds.every((input) => scorer.score(input).score !== null);
  };
}

function trialOf(record: TrialRecord, { scores, n }: { scores: ReportTrial["scores"]; n: number }): ReportTrial {
  const { case: name, variant, trial, run, decisions, error } = record;
  return { case: name, variant, trial, run, decision: decisions.some((one) => one.n === n) ? n : null, scores, error };
}

function hasPassed(scores: ReportTrial["scores"], pass: readonly string[]): boolean | null {
  const applicable = pass.flatMap((id) => scores[id]?.score ?? []);
  return applicable.length === 0 ? null : applicable.every((score) => score === 1);
}
