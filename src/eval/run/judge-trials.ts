/**
 * Asks the judges of a suite about its trials, each judgement once, and writes down what they say. Owns: which judgements
 * are missing, and when to stop. Must not: score.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Model } from "../../model/model.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import type { Clock } from "../../shared/clock.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { seededRandom } from "../../shared/random.ts";
import { identityOf, type JudgeIdentity } from "../judge/calibrate.ts";
import { createJudge, type JudgedTexts, judgeBy, judgePrompts } from "../judge/create-judge.ts";
import type { SubjectFinder } from "../judge/find-subjects.ts";
import {
  collectJudgements,
  type JudgementRecord,
  type Judgements,
  judgementRecordSchema,
} from "../judge/judgement-record.ts";
import { type SuiteJudge, textsHash } from "../judge/suite-judge.ts";
import { type TrialRecord, trialKey } from "../trial-record.ts";
import { createLineWriter, type LinesPlace, type LineWriter, readWholeLines } from "./growing-lines.ts";
import { isReplaying, type OpenSuiteModel } from "./open-suite-model.ts";
import type { Stopped, SuiteLimits } from "./suite-limits.ts";
import { createTrialCaller } from "./trial-caller.ts";

export interface OpenJudge {
  judge: SuiteJudge;
  model: Model;
  identity: JudgeIdentity;
}

/** Throws CONFIG_INVALID, PROMPT_NOT_FOUND. */
export async function openJudges(
  judges: readonly SuiteJudge[],
  { library, openModel }: { library: PromptLibrary; openModel: OpenSuiteModel },
): Promise<OpenJudge[]> {
  const open: OpenJudge[] = [];
  for (const judge of judges) {
    const model = await openModel({ ...judge, who: `Judge '${judge.id}'` });
    if (model === null) {
      throw new PlanwrightError("CONFIG_INVALID", `Judge '${judge.id}' has no model.`, {
        hint: "Name one, such as anthropic:NAME or cassette:FILE; rules can't judge.",
      });
    }
    open.push({
      judge,
      model,
      identity: identityOf(judge.rubric, { model: model.name, prompts: judgePrompts(library) }),
    });
  }
  return open;
}

export interface JudgingOptions {
  library: PromptLibrary;
  limits: SuiteLimits;
  clock: Clock;
  signal: AbortSignal | null;
  /** For each judgement, as for each trial. */
  timeoutSeconds: number;
  /** Of the suite: judgements at the same time. */
  concurrency: number;
  /** The file that judgements are appended to; those in it are not asked for again. */
  place: LinesPlace;
}

export interface Judged {
  judgements: Judgements;
  /** Why calls failed, once for each kind. */
  failures: string[];
  /** Why some were not made; null where all were. */
  stopped: Stopped | null;
}

/** Throws CASSETTE_MISS, CONFIG_INVALID (a damaged file), STORE_IO. */
export async function judgeTrials(
  judges: readonly OpenJudge[],
  { records, subjectFor }: { records: Iterable<TrialRecord>; subjectFor: SubjectFinder },
  options: JudgingOptions,
): Promise<Judged> {
  const lines = await readWholeLines(options.place);
  const judgements = collectJudgements(lines?.parse(judgementRecordSchema) ?? []);
  if (judges.length === 0) return { judgements, failures: [], stopped: null };
  const writer = await createLineWriter(options.place, { keepBytes: lines?.wholeBytes ?? 0 });
  const work: Work = {
    options,
    judgements,
    writer,
    failures: new Set(),
    stopped: null,
    failure: null,
    open: new Map(),
  };
  const questions = listQuestions(judges, records, subjectFor);
  // What ends the list of questions ends no judgement that is under way: each was paid for.
  const goThrough = async (): Promise<void> => {
    for (const { judge, ...asked } of questions) await judgeOne(work, judge, asked);
  };
  try {
    const lanes = await Promise.allSettled(Array.from({ length: options.concurrency }, goThrough));
    const broken = lanes.find((lane) => lane.status === "rejected");
    if (broken !== undefined) throw broken.reason;
  } finally {
    await writer.close();
  }
  if (work.failure !== null) throw work.failure.thrown;
  return { judgements, failures: [...work.failures], stopped: work.stopped };
}

/** One after the other as they are taken, so that never more records are held than judgements run. */
function* listQuestions(
  judges: readonly OpenJudge[],
  records: Iterable<TrialRecord>,
  subjectFor: SubjectFinder,
): Generator<Asked & { judge: OpenJudge }> {
  for (const record of records) {
    for (const judge of judges) {
      const subject = subjectFor(judge.judge, record);
      if (subject !== null && "texts" in subject) yield { judge, record, texts: subject.texts };
    }
  }
}

/** Of the last run, for scoring again without asking. Throws CONFIG_INVALID. */
export async function readJudgements(place: LinesPlace): Promise<Judgements> {
  const lines = await readWholeLines(place);
  return collectJudgements(lines?.parse(judgementRecordSchema) ?? []);
}

interface Work {
  options: JudgingOptions;
  judgements: Judgements;
  writer: LineWriter;
  failures: Set<string>;
  stopped: Stopped | null;
  /** What ends everything. */
  failure: { thrown: unknown } | null;
  /** Asked by this call, by judge, words and number of the trial. */
  open: Map<string, ReturnType<typeof ask>>;
}

interface Asked {
  record: TrialRecord;
  texts: JudgedTexts;
}

/** Never rejects: what ends everything is kept until the others have ended, too. */
async function judgeOne(work: Work, { judge, model, identity }: OpenJudge, { record, texts }: Asked): Promise<void> {
  const { options, judgements, writer, failures } = work;
  const asked = { judge: judge.id, trial: record, identity, textsHash: textsHash(texts) };
  if (judgements.find(asked) !== null) return;
  work.stopped ??= options.limits.whyStopped();
  if (work.failure !== null || work.stopped !== null) return;
  try {
    const judgement = await askOnce(work, { judge, model, identity }, { record, texts });
    const { case: name, variant, trial } = record;
    const line: JudgementRecord = {
      ...{ v: 1, kind: "judgement", judge: judge.id, case: name, variant, trial },
      ...{ ...identity, textsHash: asked.textsHash },
      ...judgement,
    };
    await writer.append(line);
    judgements.add(line);
  } catch (thrown) {
    const isCalls = thrown instanceof PlanwrightError && thrown.code !== "CASSETTE_MISS" && thrown.code !== "STORE_IO";
    if (isCalls && thrown.code !== "CANCELLED") failures.add(`${thrown.code}: ${thrown.message}`);
    else if (!isCalls) work.failure ??= { thrown: asMiss(thrown, { judge, record }) };
  }
}

/** Of trials that say the same at the same time one asks, so that a recording gives to all what was given to it. */
async function askOnce(work: Work, open: OpenJudge, asked: Asked): Promise<Awaited<ReturnType<typeof ask>>> {
  const key = `${Object.values(open.identity).join(" ")} ${textsHash(asked.texts)} ${asked.record.trial}`;
  const known = work.open.get(key);
  if (known !== undefined) return { ...(await known), usage: NO_USAGE, costUsd: 0 };
  const judgement = ask(open, asked, work.options);
  work.open.set(key, judgement);
  return judgement;
}

async function ask({ judge, model, identity }: OpenJudge, { record, texts }: Asked, options: JudgingOptions) {
  const { limits, clock, library, signal, timeoutSeconds } = options;
  const seed = Number.parseInt(sha256Hex(`${judge.id} ${identity.promptHash} ${trialKey(record)}`).slice(0, 8), 16);
  const asked = createTrialCaller({
    ...{ model, trial: record.trial, isReplay: isReplaying(model), clock, random: seededRandom(seed) },
    ...{ gates: limits.gates, spending: limits.spending },
  });
  const asking = createJudge({ caller: asked.caller, prompts: library });
  const limit = new AbortController();
  const cancel = clock.setTimer(timeoutSeconds * 1_000, () => limit.abort(tookTooLong(judge.id, timeoutSeconds)));
  const given = {
    signal: signal === null ? limit.signal : AbortSignal.any([signal, limit.signal]),
    trial: record.trial,
  };
  const judgement = await judgeBy(asking, { rubric: judge.rubric, texts }, given).finally(cancel);
  const { label, abstention, quotes, reason, usage, costUsd } = judgement;
  return { label, abstention, quotes, reason, usage, costUsd, answeredBy: asked.answeredBy() };
}

function tookTooLong(judge: string, seconds: number): PlanwrightError {
  return new PlanwrightError("LIMIT_TIME", `Judge '${judge}' took longer than ${seconds} s.`, {
    hint: "Raise the suite's caseTimeoutSeconds, or name another model.",
  });
}

function asMiss(thrown: unknown, { judge, record }: { judge: SuiteJudge; record: TrialRecord }): unknown {
  if (!(thrown instanceof PlanwrightError) || thrown.code !== "CASSETTE_MISS") return thrown;
  const where = `Judge '${judge.id}', case '${record.case}', variant '${record.variant}', trial ${record.trial}`;
  return new PlanwrightError("CASSETTE_MISS", `${where}: ${thrown.message}`, {
    hint: "Undo what changed, or record what is missing: planwright eval SUITE --record.",
  });
}
