/**
 * A suite from its file to its report: load, run, judge, score. Owns: the order. What the command line, tests and
 * applications call.
 */
import { resolve } from "node:path";
import { createFileStore } from "../journal/file-store.ts";
import { runFolder } from "../journal/run-folder.ts";
import type { Store } from "../journal/store.ts";
import { systemCode } from "../journal/store-errors.ts";
import { loadPrompts } from "../prompt/load-prompts.ts";
import type { PromptLibrary } from "../prompt/prompt.ts";
import { systemClock } from "../shared/clock.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import { type Evaluation, evaluateJournal, type ScoringOptions } from "./evaluate-journal.ts";
import { createSubjectFinder } from "./judge/find-subjects.ts";
import type { LoadedSuite } from "./loaded-suite.ts";
import { judgeTrials, type OpenJudge, openJudges, readJudgements } from "./run/judge-trials.ts";
import { lockExperiment } from "./run/lock-experiment.ts";
import { experimentFolder, findExperiment, judgementsPlace } from "./run/open-experiment.ts";
import { createModelOpener, type ModelOptions } from "./run/open-suite-model.ts";
import { type OpenVariant, openVariants } from "./run/open-variants.ts";
import { createSuiteLimits, refuseUnpriced, type Stopped } from "./run/suite-limits.ts";
import { readTrialJournal, type TrialJournal } from "./run/trial-journal.ts";
import { headerOf, type RunSuiteOptions, runSuite } from "./run-suite.ts";

export interface EvaluationOptions extends ScoringOptions, Omit<ModelOptions, "folder"> {
  /** Folders of prompts that take precedence over the shipped ones; those of the suite come last. */
  promptFolders?: readonly string[];
  /** Where the runs of trials are kept; by default files beside the trial journal. */
  runs?: Store;
  /** Go on with the trials that are there. */
  resume?: boolean;
  signal?: AbortSignal;
  onTrial?: RunSuiteOptions["onTrial"];
}

/** Throws CONFIG_INVALID, CASSETTE_MISS (which names what changed), STORE_LOCKED, DOCUMENT_ and STORE_ codes. */
export async function evaluateSuite(suite: LoadedSuite, options: EvaluationOptions): Promise<Evaluation> {
  const { store, fileSystem = nodeFileSystem, clock = systemClock } = options;
  const startedAt = clock.monotonic();
  const own = suite.prompts === undefined ? [] : [resolve(suite.folder, suite.prompts)];
  const library = loadPrompts({ folders: [...(options.promptFolders ?? []), ...own] });
  const openModel = createModelOpener({ ...options, folder: suite.folder });
  const variants = await openVariants(suite.variants, { library, openModel, isReplayOnly: options.mode === "replay" });
  const judges = await openJudges(suite.judges, { library, openModel });
  refuseUnpriced(
    suite,
    [...variants, ...judges].map(({ model }) => model),
  );
  const folder = experimentFolder(store, headerOf(suite, variants).experiment);
  const unlock = await lockExperiment(folder, { fileSystem });
  try {
    return await evaluateIn(folder, { suite, variants, judges, library, startedAt }, options);
  } finally {
    await unlock();
  }
}

interface Opened {
  suite: LoadedSuite;
  variants: readonly OpenVariant[];
  judges: readonly OpenJudge[];
  library: PromptLibrary;
  startedAt: number;
}

async function evaluateIn(folder: string, opened: Opened, options: EvaluationOptions): Promise<Evaluation> {
  const { suite, variants, judges, library, startedAt } = opened;
  const { fileSystem = nodeFileSystem, clock = systemClock, resume = false, signal = null, onTrial } = options;
  if (!resume) await fileSystem.removeDirectory(folder).catch(ignoreMissing);
  const runs = options.runs ?? createFileStore({ root: folder, clock });
  const forget = (run: string): Promise<void> =>
    fileSystem.removeDirectory(runFolder(folder, run)).catch(ignoreMissing);
  const limits = createSuiteLimits(suite, { clock, signal });
  const given = { variants, folder, store: runs, fileSystem, clock, resume, limits, ...(resume && { forget }) };
  const experiment = await runSuite(suite, { ...given, ...(onTrial && { onTrial }) });
  const journal = await readTrialJournal({ file: experiment.file, fileSystem });
  if (journal === null) throw new Error(`The journal '${experiment.file}' is gone.`);
  const subjectFor = createSubjectFinder(suite, journal.trials);
  const { judgements, failures, stopped } = await judgeTrials(
    judges,
    { records: journal.trials(), subjectFor },
    {
      library,
      limits,
      clock,
      signal,
      concurrency: suite.concurrency,
      timeoutSeconds: suite.caseTimeoutSeconds,
      place: judgementsPlace(folder, fileSystem),
    },
  );
  const notes = [
    ...(options.notes ?? []),
    ...(experiment.stopped === null ? [] : [stoppedNote(experiment.stopped, "trial had run")]),
    ...(stopped === null || experiment.stopped !== null ? [] : [stoppedNote(stopped, "judgement was made")]),
    ...failures.map((failure) => `Judgements are missing, and --resume asks for them again: ${failure}`),
  ];
  const identities = new Map(judges.map(({ judge, identity }) => [judge.id, identity]));
  const judged = { subjectFor, judgements, identities };
  return evaluateJournal({ suite, folder, journal, startedAt, judged }, { ...options, notes });
}

const STOPPED: Record<Stopped, string> = {
  budget: "The suite's budget was used up",
  time: "The suite's time was used up",
  cancelled: "It was stopped",
};

function stoppedNote(stopped: Stopped, what: string): string {
  return `${STOPPED[stopped]} before every ${what}; go on with --resume.`;
}

/** Scores the newest experiment of a suite again, as it was asked; nobody is asked. Throws NOT_FOUND, CONFIG_INVALID. */
export async function rescoreSuite(suite: LoadedSuite, options: ScoringOptions): Promise<Evaluation> {
  const { store, fileSystem = nodeFileSystem, clock = systemClock } = options;
  const startedAt = clock.monotonic();
  const { folder, journal } = await findExperiment(suite, { store, fileSystem });
  const judgements = await readJudgements(judgementsPlace(folder, fileSystem));
  // It may have been run with more trials than the suite says.
  const trials = Math.max(suite.trials, mostTrials(journal));
  const judged = { subjectFor: createSubjectFinder(suite, journal.trials), judgements, identities: new Map() };
  return evaluateJournal({ suite: { ...suite, trials }, folder, journal, startedAt, judged }, options);
}

function mostTrials(journal: TrialJournal): number {
  let most = 1;
  for (const { trial } of journal.trials()) most = Math.max(most, trial);
  return most;
}

function ignoreMissing(thrown: unknown): void {
  if (systemCode(thrown) !== "ENOENT") throw thrown;
}
