/**
 * What a reader sees of single trials: goal, gold against got, what was written. Owns: which trials are worth showing.
 * Reads the journal once more and keeps only those.
 */

import { compilePlan } from "../../plan/compile-plan.ts";
import type { Decision } from "../../plan/decision.ts";
import { buildPlanGraph } from "../../plan/plan-graph.ts";
import type { JsonValue } from "../../shared/json.ts";
import type { LoadedSuite } from "../loaded-suite.ts";
import type { EvalReport, ReportTrial } from "../report/eval-report.ts";
import type { DrawnDecision, TrialDetail } from "../report/trial-detail.ts";
import type { GoldAlternative, ScorerInput } from "../score.ts";
import { type TrialRecord, trialKey } from "../trial-record.ts";
import type { RecordScorer } from "./score-records.ts";
import type { TrialJournal } from "./trial-journal.ts";

export interface Describing {
  journal: TrialJournal;
  suite: LoadedSuite;
  scorer: RecordScorer;
  report: EvalReport;
  most: number;
}

export function describeTrials({ journal, suite, scorer, report, most }: Describing): TrialDetail[] {
  const chosen = new Map(chooseTrials(report, most).map((trial) => [trialKey(trial), trial]));
  const goals = new Map(suite.cases.map(({ id, evalCase, documents }) => [id, { goal: evalCase.goal, documents }]));
  const found = new Map<string, TrialDetail>();
  for (const record of journal.trials()) {
    const trial = chosen.get(trialKey(record));
    const about = goals.get(record.case);
    if (trial === undefined || about === undefined) continue;
    const documents = about.documents.map(({ name }) => name);
    found.set(trialKey(record), describe(record, { trial, goal: about.goal, documents, scorer }));
  }
  return [...chosen.keys()].flatMap((key) => found.get(key) ?? []);
}

/** Changed cases first, then errors, then by what was lost. */
function chooseTrials({ trials, comparisons }: EvalReport, most: number): ReportTrial[] {
  const changed = new Set(comparisons.flatMap(({ flips }) => flips.map((flip) => flip.case)));
  const rank = ({ case: name, error, scores }: ReportTrial): number => {
    const known = Object.values(scores).flatMap(({ score }) => score ?? []);
    const mean = known.length === 0 ? 1 : known.reduce((sum, score) => sum + score, 0) / known.length;
    return (changed.has(name) ? -10 : 0) + (error === null ? mean : -1);
  };
  return trials
    .map((trial) => ({ trial, rank: rank(trial) }))
    .sort((left, right) => left.rank - right.rank)
    .slice(0, most)
    .map(({ trial }) => trial);
}

function describe(
  record: TrialRecord,
  given: Pick<TrialDetail, "trial" | "goal" | "documents"> & { scorer: RecordScorer },
): TrialDetail {
  const { trial, goal, documents, scorer } = given;
  const input = scorer.inputOf(record);
  const got = input?.decision ?? null;
  return {
    ...{ trial, goal, documents },
    got: got === null ? null : draw(got),
    golds: bestFirst(input).map(({ decision }) => draw(decision)),
    transcript: record.decisions.flatMap(({ tries }) =>
      tries.map(({ raw, issues }) => ({
        raw,
        issues: issues.map(({ code, path, message }) => `${code} ${path}: ${message}`),
      })),
    ),
    output: record.result?.output ?? null,
  };
}

function bestFirst(input: ScorerInput | null): GoldAlternative[] {
  const best = input?.comparison?.gold.place ?? 0;
  return [...(input?.golds ?? [])].sort(
    (left, right) => Number(right.place === best) - Number(left.place === best) || left.place - right.place,
  );
}

function draw(decision: Decision): DrawnDecision {
  const json = decision as unknown as JsonValue;
  if (decision.kind !== "plan") return { kind: decision.kind, steps: [], edges: [], json };
  const { edges } = buildPlanGraph(compilePlan(decision).plan.steps);
  return { kind: "plan", steps: decision.steps.map(({ id, tool }) => ({ id, tool })), edges, json };
}
