/** What the judges of a suite are asked about each trial. Owns: finding the text that a pair is compared with. */

import type { LoadedSuite } from "../loaded-suite.ts";
import { type TrialRecord, trialKey } from "../trial-record.ts";
import { judgedText, REFERENCE, type Subject, type SuiteJudge, subjectOf } from "./suite-judge.ts";

/** Null for a trial that is none of the suite's, or has an error. */
export type SubjectFinder = (judge: SuiteJudge, record: TrialRecord) => Subject | null;

/** Reads the trials once where a judge compares variants. */
export function createSubjectFinder(suite: LoadedSuite, records: () => Iterable<TrialRecord>): SubjectFinder {
  const cases = new Map(suite.cases.map(({ id, evalCase }) => [id, evalCase]));
  const opponents = suite.judges.filter(({ against }) => against !== REFERENCE);
  const others = new Map<string, string | null>();
  for (const record of opponents.length === 0 ? [] : records()) {
    const evalCase = cases.get(record.case);
    if (evalCase === undefined || record.error !== null) continue;
    for (const judge of opponents) {
      if (judge.against === record.variant) others.set(keyOf(judge, record), judgedText(judge, record, evalCase));
    }
  }
  return (judge, record) => {
    const evalCase = cases.get(record.case);
    if (evalCase === undefined || record.error !== null || record.trial > suite.trials) return null;
    return subjectOf(judge, { record, evalCase, other: others.get(keyOf(judge, record)) });
  };
}

function keyOf({ id, against }: SuiteJudge, record: TrialRecord): string {
  return `${id} ${trialKey({ ...record, variant: against })}`;
}
