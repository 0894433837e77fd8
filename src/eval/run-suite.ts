/**
 * Runs a suite: every case with every variant as often as it says, each trial once, whatever happens in between. Owns:
 * the order, what runs at the same time, and when to stop. Must not: score; the report follows from the journal.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Store } from "../journal/store.ts";
import type { Clock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { sha256Hex } from "../shared/hash.ts";
import { canonicalJson } from "../shared/json.ts";
import type { LoadedSuite } from "./loaded-suite.ts";
import { createLanes } from "./run/lanes.ts";
import { trialsPlace } from "./run/open-experiment.ts";
import type { OpenVariant } from "./run/open-variants.ts";
import { runTrial, type Trial, type TrialSetting } from "./run/run-trial.ts";
import type { Stopped, SuiteLimits } from "./run/suite-limits.ts";
import { createTrialWriter, readTrialJournal, type TrialWriter } from "./run/trial-journal.ts";
import { type ExperimentHeader, type TrialRecord, trialKey } from "./trial-record.ts";

export interface RunSuiteOptions {
  variants: readonly OpenVariant[];
  /** The experiment's own folder; the journal is `trials.jsonl` in it. */
  folder: string;
  /** Where the runs of trials are kept; stays open. */
  store: Store;
  fileSystem: FileSystem;
  clock: Clock;
  /** Takes away what an interrupted trial has left under this run id. */
  forget?: (run: string) => Promise<void>;
  /** Go on with the journal that is there instead of starting anew. */
  resume: boolean;
  limits: SuiteLimits;
  /** Told of every trial that has ended, those of the journal included. */
  onTrial?: (progress: { done: number; total: number; record: TrialRecord }) => void;
}

export interface Experiment {
  id: string;
  /** The journal with every trial. */
  file: string;
  /** Trials there should be. */
  planned: number;
  /** Why it ended early; null where it did not. */
  stopped: Stopped | null;
}

/** The same suite, by name and content, with the same variants is the same experiment. */
function experimentId(suite: LoadedSuite, variants: readonly Pick<OpenVariant, "id" | "hash">[]): string {
  const content = { name: suite.name, suite: suite.askedHash, variants: variants.map(({ id, hash }) => [id, hash]) };
  return `exp_${sha256Hex(canonicalJson(content)).slice(0, 18)}`;
}

export function headerOf(suite: LoadedSuite, variants: readonly OpenVariant[]): ExperimentHeader {
  return {
    v: 1,
    kind: "experiment",
    experiment: experimentId(suite, variants),
    suite: suite.name,
    askedHash: suite.askedHash,
    level: suite.level,
    variants: variants.map(({ id, hash, facts }) => ({ id, hash, facts })),
  };
}

/** Throws CASSETTE_MISS, CONFIG_INVALID (a journal of something else, a damaged one), STORE_IO. */
export async function runSuite(suite: LoadedSuite, options: RunSuiteOptions): Promise<Experiment> {
  const { variants, folder, fileSystem, clock, store, limits } = options;
  const header = headerOf(suite, variants);
  const place = trialsPlace(folder, fileSystem);
  const trials = trialsOf(suite, variants);
  const journal = options.resume ? await readTrialJournal(place) : null;
  if (journal !== null && canonicalJson(journal.header) !== canonicalJson(header)) throw otherExperiment(place.file);
  const done = new Map<string, TrialRecord>();
  for (const record of journal?.trials() ?? []) if (record.error === null) done.set(trialKey(record), record);
  const writer = await createTrialWriter(place, { header, keepBytes: journal?.wholeBytes ?? null });
  const work: Work = {
    setting: {
      ...{ experiment: header.experiment, suite, store, clock },
      ...(options.forget === undefined ? {} : { forget: options.forget }),
      gates: limits.gates,
      spending: limits.spending,
    },
    writer,
    options,
    trials,
    known: done,
    finished: 0,
    failure: null,
  };
  try {
    const stopped = await workThrough(work);
    return { id: header.experiment, file: place.file, planned: trials.length, stopped };
  } finally {
    await writer.close();
  }
}

interface Work {
  setting: TrialSetting;
  writer: TrialWriter;
  options: RunSuiteOptions;
  trials: readonly Trial[];
  /** Trials of the journal that need not be repeated. */
  known: ReadonlyMap<string, TrialRecord>;
  finished: number;
  /** What ends everything. */
  failure: { thrown: unknown } | null;
}

/** Cases side by side for all variants, so that one that stops early has compared something. */
function trialsOf({ cases, trials }: LoadedSuite, variants: readonly OpenVariant[]): Trial[] {
  const numbers = Array.from({ length: trials }, (_, place) => place + 1);
  return numbers.flatMap((number) =>
    cases.flatMap((loaded) => variants.map((variant) => ({ loaded, variant, number }))),
  );
}

async function workThrough(work: Work): Promise<Stopped | null> {
  const lanes = createLanes(work.setting.suite.concurrency);
  await Promise.all(work.trials.map((trial) => lanes.run(() => workOn(work, trial))));
  if (work.failure !== null) throw work.failure.thrown;
  return work.finished === work.trials.length ? null : work.options.limits.whyStopped();
}

/** Never rejects: what ends everything is kept until the others have ended, too. */
async function workOn(work: Work, trial: Trial): Promise<void> {
  const { setting, writer, options, known } = work;
  const key = trialKey({ case: trial.loaded.id, variant: trial.variant.id, trial: trial.number });
  const before = known.get(key);
  if (before === undefined && (work.failure !== null || options.limits.whyStopped() !== null)) return;
  try {
    const record = before ?? (await runTrial(setting, trial));
    if (record === null) return;
    if (before === undefined) await writer.append(record);
    work.finished += 1;
    options.onTrial?.({ done: work.finished, total: work.trials.length, record });
  } catch (thrown) {
    work.failure ??= { thrown };
  }
}

function otherExperiment(file: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `The journal '${file}' is of another experiment.`, {
    hint: "The suite or a variant has changed since: run it without --resume.",
  });
}
