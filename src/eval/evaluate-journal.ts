/**
 * From the journals of an experiment to its report. Owns: that a report is made from them alone, so that a live one and
 * one that is scored again are the same, and what a reader must know besides the figures.
 */

import { type Clock, isoTime, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { VERSION } from "../shared/version.ts";
import { type Baseline, isSameJudge } from "./baseline.ts";
import { createJudgeScorer, type JudgedParts } from "./judge/score-judgements.ts";
import type { LoadedSuite } from "./loaded-suite.ts";
import { buildReport } from "./report/build-report.ts";
import type { Side } from "./report/compare-variants.ts";
import type { EvalReport, ReportJudge } from "./report/eval-report.ts";
import type { SummedTrial } from "./report/summarize-variant.ts";
import type { TrialDetail } from "./report/trial-detail.ts";
import { describeTrials } from "./run/describe-trials.ts";
import { createRecordScorer, type RecordScorer } from "./run/score-records.ts";
import type { TrialJournal } from "./run/trial-journal.ts";
import { trialKey } from "./trial-record.ts";

export interface ScoringOptions {
  /** Folder of the store that experiments are kept in, under `evals`. */
  store: string;
  /** Committed scores, for gates against regressions; none by default. */
  baseline?: Baseline | null;
  /** Variant that the others are compared with; the first by default. */
  compareWith?: string;
  /** Earlier scores that every variant is compared with instead. */
  earlier?: Side | null;
  /** Shown in every form of the report, besides those that are found. */
  notes?: readonly string[];
  fileSystem?: FileSystem;
  clock?: Clock;
}

/** A suite that was run or scored again, and what it came to. */
export interface Evaluation {
  suite: LoadedSuite;
  report: EvalReport;
  /** Folder of the experiment; also the store of its runs. */
  folder: string;
  /** What a reader sees of single trials: changed ones first, then those that lost most; at most `most`. */
  details(most: number): TrialDetail[];
}

export interface EvaluatedJournal {
  suite: LoadedSuite;
  folder: string;
  journal: TrialJournal;
  /** By the monotonic clock. */
  startedAt: number;
  judged: JudgedParts;
}

/** Throws CONFIG_INVALID. */
export async function evaluateJournal(found: EvaluatedJournal, options: ScoringOptions): Promise<Evaluation> {
  const { suite, folder, journal, startedAt, judged } = found;
  const { clock = systemClock, baseline = null, compareWith, earlier = null } = options;
  const { header } = journal;
  const judging = createJudgeScorer(suite.judges, judged);
  const scorer = await createRecordScorer(suite, { header, judging });
  const { trials, doubles } = scoreAll(found, scorer);
  const { judges, unjudged, answeredBy } = judging.account();
  const report = buildReport({
    experiment: header.experiment,
    suite: { ...suite, gates: suite.gates },
    cases: suite.cases,
    variants: header.variants,
    ...{ trials, isDue: scorer.isDue, scorers: scorer.scorers, judges, unjudged, baseline, earlier },
    ...(compareWith === undefined ? {} : { compareWith }),
    notes: [
      ...(options.notes ?? []),
      ...baselineNotes(suite, baseline),
      ...unreachedNotes(trials),
      ...doubles.map((variant) => doubleNote(`Variant ${variant}`)),
      ...(answeredBy.includes(DOUBLE) ? [doubleNote("A judge")] : []),
      ...judgeNotes(suite, { judges, unjudged, baseline }),
    ],
    environment: {
      generatedAt: isoTime(clock.now()),
      durationMs: Math.round(clock.monotonic() - startedAt),
      planwright: VERSION,
      node: process.versions.node.split(".")[0] ?? "",
    },
  });
  const details = (most: number): TrialDetail[] => describeTrials({ journal, suite, scorer, report, most });
  return { suite, report, folder, details };
}

/** Name that planwright's own loopback double answers under. */
const DOUBLE = "planwright-demo-double";

/** Of a trial that is there twice (it had an error, and was tried again) the later one counts. */
function scoreAll(
  { suite, journal }: EvaluatedJournal,
  scorer: RecordScorer,
): { trials: Omit<SummedTrial, "cluster">[]; doubles: string[] } {
  const wanted = new Set(suite.cases.map(({ id }) => id));
  const trials = new Map<string, Omit<SummedTrial, "cluster">>();
  const doubles = new Set<string>();
  for (const record of journal.trials()) {
    if (!wanted.has(record.case) || record.trial > suite.trials) continue;
    trials.set(trialKey(record), scorer.score(record));
    if (record.answeredBy.includes(DOUBLE)) doubles.add(record.variant);
  }
  return { trials: [...trials.values()], doubles: [...doubles].sort() };
}

function baselineNotes({ hash, gates }: LoadedSuite, baseline: Baseline | null): string[] {
  const isAsked = gates.some((gate) => "noRegression" in gate);
  if (!isAsked || baseline === null || baseline.suiteHash === hash) return [];
  return ["The baseline is of another version of this suite: only cases that both have are compared."];
}

function unreachedNotes(trials: readonly Omit<SummedTrial, "cluster">[]): string[] {
  const unreached = trials.filter(({ trial }) => trial.error === null && trial.decision === null);
  const cases = [...new Set(unreached.map(({ trial }) => trial.case))];
  if (cases.length === 0) return [];
  const named = cases.length > 3 ? `${cases.slice(0, 3).join(", ")} and ${cases.length - 3} more` : cases.join(", ");
  return [
    `${unreached.length} trials ended before the decision that the golds are about (${named}): it has no scores.`,
  ];
}

/** What a reader must know of judges before their figures. */
function judgeNotes(
  { judges: asked, gates }: LoadedSuite,
  { judges, unjudged, baseline }: { judges: readonly ReportJudge[]; unjudged: number; baseline: Baseline | null },
): string[] {
  const uncalibrated = judges.filter(({ calibration }) => calibration === null).map(({ id }) => id);
  const given = asked.filter(({ id, calibration }) => calibration !== null && uncalibrated.includes(id));
  const byChance = judges.flatMap(({ id, calibration }) =>
    calibration !== null && (calibration.kappa ?? 0) <= 0 ? [id] : [],
  );
  const others = judges
    .filter((judge) => gates.some((gate) => "noRegression" in gate && gate.scorer === judge.id))
    .filter(
      (judge) =>
        baseline !== null && !(isSameJudge(judge, baseline.judges) && baseline.judges?.[judge.id]?.isCalibrated),
    )
    .map(({ id }) => id);
  const gated = uncalibrated.filter((id) => gates.some(({ scorer }) => scorer === id));
  return [
    ...(uncalibrated.length === 0
      ? []
      : [`Uncalibrated: ${uncalibrated.join(", ")}. What these judges say was not compared with people's labels.`]),
    ...given.map(({ id }) => `The calibration of ${id} is of another rubric, model or prompt: it does not count.`),
    ...byChance.map((id) => `By its calibration ${id} agrees with people no better than chance.`),
    ...others.map(
      (id) => `The baseline's scores of ${id} are of another or an uncalibrated judge: no gate against them passes.`,
    ),
    ...gated.map((id) => `An uncalibrated judge passes no gate: ${id}. planwright eval calibrate measures it.`),
    ...(unjudged === 0 ? [] : [`${unjudged} judgements are missing: --resume asks for them.`]),
  ];
}

function doubleNote(who: string): string {
  return `${who} was answered by the loopback double (planwright demo-model), which is no language model: its figures show how a comparison works, and say nothing about any model or prompt.`;
}
