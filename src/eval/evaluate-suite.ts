/**
 * A suite from its file to its report: load, run, score. Owns: that a report is made from the journal alone, so that a
 * live one and one that is scored again are the same. What the command line, tests and applications call.
 */

import { resolve } from "node:path";
import { createFileStore } from "../journal/file-store.ts";
import { runFolder } from "../journal/run-folder.ts";
import type { Store } from "../journal/store.ts";
import { loadPrompts } from "../prompt/load-prompts.ts";
import { type Clock, isoTime, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import { VERSION } from "../shared/version.ts";
import type { Baseline } from "./baseline.ts";
import type { LoadedSuite } from "./loaded-suite.ts";
import { buildReport } from "./report/build-report.ts";
import type { Side } from "./report/compare-variants.ts";
import type { EvalReport } from "./report/eval-report.ts";
import type { SummedTrial } from "./report/summarize-variant.ts";
import type { TrialDetail } from "./report/trial-detail.ts";
import { describeTrials } from "./run/describe-trials.ts";
import { experimentFolder, findExperiment } from "./run/open-experiment.ts";
import { type OpeningOptions, openVariants } from "./run/open-variants.ts";
import { createRecordScorer, type RecordScorer } from "./run/score-records.ts";
import { readTrialJournal, type TrialJournal } from "./run/trial-journal.ts";
import { headerOf, type RunSuiteOptions, runSuite } from "./run-suite.ts";
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

export interface EvaluationOptions extends ScoringOptions, Omit<OpeningOptions, "folder" | "library"> {
  /** Folders of prompts that take precedence over the shipped ones; those of the suite come last. */
  promptFolders?: readonly string[];
  /** Where the runs of trials are kept; by default files beside the trial journal. */
  runs?: Store;
  /** Go on with the trials that are there. */
  resume?: boolean;
  signal?: AbortSignal;
  onTrial?: RunSuiteOptions["onTrial"];
}

export interface Evaluation {
  suite: LoadedSuite;
  report: EvalReport;
  /** Folder of the experiment; also the store of its runs. */
  folder: string;
  /** What a reader sees of single trials: changed ones first, then those that lost most; at most `most`. */
  details(most: number): TrialDetail[];
}

/** Throws CONFIG_INVALID, CASSETTE_MISS (which names what changed), DOCUMENT_ and STORE_ codes. */
export async function evaluateSuite(suite: LoadedSuite, options: EvaluationOptions): Promise<Evaluation> {
  const { store, fileSystem = nodeFileSystem, clock = systemClock, resume = false, signal, onTrial } = options;
  const startedAt = clock.monotonic();
  const own = suite.prompts === undefined ? [] : [resolve(suite.folder, suite.prompts)];
  const library = loadPrompts({ folders: [...(options.promptFolders ?? []), ...own] });
  const variants = await openVariants(suite.variants, { ...options, library, folder: suite.folder });
  const folder = experimentFolder(store, headerOf(suite, variants).experiment);
  if (!resume) await fileSystem.removeDirectory(folder).catch(ignoreMissing);
  const runs = options.runs ?? createFileStore({ root: folder, clock });
  const forget = (run: string): Promise<void> =>
    fileSystem.removeDirectory(runFolder(folder, run)).catch(ignoreMissing);
  const given = { variants, folder, store: runs, fileSystem, clock, resume, ...(resume && { forget }) };
  const experiment = await runSuite(suite, { ...given, ...(signal && { signal }), ...(onTrial && { onTrial }) });
  const journal = await readTrialJournal({ file: experiment.file, fileSystem });
  if (journal === null) throw new Error(`The journal '${experiment.file}' is gone.`);
  const stopped = experiment.stopped === null ? [] : [STOPPED[experiment.stopped]];
  const notes = [...(options.notes ?? []), ...stopped];
  return evaluateJournal({ suite, folder, journal, startedAt }, { ...options, notes });
}

const STOPPED = {
  budget: "The suite's budget was used up before every trial had run; go on with --resume.",
  time: "The suite's time was used up before every trial had run; go on with --resume.",
  cancelled: "It was stopped before every trial had run; go on with --resume.",
} as const;

/** Scores the newest experiment of a suite again, as it was asked; nobody is asked. Throws NOT_FOUND, CONFIG_INVALID. */
export async function rescoreSuite(suite: LoadedSuite, options: ScoringOptions): Promise<Evaluation> {
  const { store, fileSystem = nodeFileSystem, clock = systemClock } = options;
  const startedAt = clock.monotonic();
  const { folder, journal } = await findExperiment(suite, { store, fileSystem });
  return evaluateJournal({ suite, folder, journal, startedAt }, options);
}

interface Found {
  suite: LoadedSuite;
  folder: string;
  journal: TrialJournal;
  startedAt: number;
}

async function evaluateJournal(found: Found, options: ScoringOptions): Promise<Evaluation> {
  const { suite, folder, journal, startedAt } = found;
  const { clock = systemClock, baseline = null, compareWith, earlier = null } = options;
  const { header } = journal;
  const scorer = await createRecordScorer(suite, header);
  const { trials, doubles } = scoreAll(found, scorer);
  const report = buildReport({
    experiment: header.experiment,
    suite: { ...suite, gates: suite.gates },
    cases: suite.cases,
    variants: header.variants,
    ...{ trials, scorers: scorer.scorers, baseline, earlier },
    ...(compareWith === undefined ? {} : { compareWith }),
    notes: [...(options.notes ?? []), ...baselineNotes(suite, baseline), ...doubles.map(doubleNote)],
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
  { suite, journal }: Found,
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

function doubleNote(variant: string): string {
  return `Variant ${variant} was answered by the loopback double (planwright demo-model), which is no language model: its figures show how a comparison works, and say nothing about any model or prompt.`;
}

function ignoreMissing(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
}
