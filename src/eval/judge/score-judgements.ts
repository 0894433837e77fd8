/**
 * From what judges said to scores and to the account that a report gives of each judge. Owns: that a missing judgement is
 * never a score. Must not: ask.
 */
import type { ReportJudge } from "../report/eval-report.ts";
import type { Score } from "../score.ts";
import { type TrialRecord, trialKey } from "../trial-record.ts";
import { isCalibrated, type JudgeIdentity } from "./calibrate.ts";
import type { SubjectFinder } from "./find-subjects.ts";
import type { Judgements } from "./judgement-record.ts";
import { isPairRubric, judgementScore, rubricHash } from "./rubric.ts";
import { type SuiteJudge, textsHash } from "./suite-judge.ts";

type TrialName = Pick<TrialRecord, "case" | "variant" | "trial">;

export interface JudgeScorer {
  /** By judge; a judgement that is missing is left out, and counted. */
  score(record: TrialRecord): Record<string, Score>;
  /** Whether it was asked about a trial that was scored, and did not say. */
  hasAbstained(judge: string, trial: TrialName): boolean;
  /** After all trials were scored. */
  account(): { judges: ReportJudge[]; unjudged: number; answeredBy: string[] };
}

export interface JudgedParts {
  subjectFor: SubjectFinder;
  judgements: Judgements;
  /** Of judges that were asked just now; of others it is the last one that has judged. */
  identities: ReadonlyMap<string, JudgeIdentity>;
}

interface Tally {
  judge: SuiteJudge;
  identity: JudgeIdentity | null;
  judged: number;
  /** Keys of trials. */
  abstained: Set<string>;
  missing: number;
  tokens: number;
  costUsd: number | null;
}

export function createJudgeScorer(judges: readonly SuiteJudge[], parts: JudgedParts): JudgeScorer {
  const answeredBy = new Set<string>();
  const tallies = judges.map((judge): Tally => {
    const identity =
      parts.identities.get(judge.id) ?? parts.judgements.lastIdentity(judge.id, rubricHash(judge.rubric));
    return { judge, identity, judged: 0, abstained: new Set(), missing: 0, tokens: 0, costUsd: 0 };
  });
  const scoreBy = (tally: Tally, record: TrialRecord): Score | null => {
    const { judge, identity } = tally;
    const subject = parts.subjectFor(judge, record);
    if (subject === null) return null;
    if ("settled" in subject) return subject.settled;
    const asked = { judge: judge.id, trial: record, textsHash: textsHash(subject.texts) };
    const found = identity === null ? null : parts.judgements.find({ ...asked, identity });
    if (found === null) {
      tally.missing += 1;
      return null;
    }
    tally.judged += 1;
    if (found.label === null) tally.abstained.add(trialKey(record));
    tally.tokens += found.usage.inputTokens + found.usage.outputTokens;
    tally.costUsd = tally.costUsd === null || found.costUsd === null ? null : tally.costUsd + found.costUsd;
    for (const model of found.answeredBy) answeredBy.add(model);
    return judgementScore(found, judge.rubric);
  };
  return {
    score: (record) =>
      Object.fromEntries(
        tallies.flatMap((tally) => {
          const score = scoreBy(tally, record);
          return score === null ? [] : [[tally.judge.id, score] as const];
        }),
      ),
    hasAbstained: (id, trial) =>
      tallies.some(({ judge, abstained }) => judge.id === id && abstained.has(trialKey(trial))),
    account: () => ({
      judges: tallies.map(accountOf),
      unjudged: tallies.reduce((sum, { missing }) => sum + missing, 0),
      answeredBy: [...answeredBy].sort(),
    }),
  };
}

function accountOf({ judge, identity, judged, abstained, tokens, costUsd }: Tally): ReportJudge {
  const { id, rubric, of, against, calibration } = judge;
  return {
    ...{ id, rubric: rubric.name, rubricHash: rubricHash(rubric), of, against: isPairRubric(rubric) ? against : null },
    ...{ model: identity?.model ?? null, promptHash: identity?.promptHash ?? null },
    ...{ judged, abstained: abstained.size, tokens, costUsd },
    calibration: calibration !== null && identity !== null && isCalibrated(calibration, identity) ? calibration : null,
  };
}
