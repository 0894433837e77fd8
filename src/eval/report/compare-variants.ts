/** Variants against a baseline, case by case. Owns: which cases are paired, and which changed sides. Pure. */
import { type CaseScore, type CaseScores, isSameJudge, type JudgeMarks } from "../baseline.ts";
import { type Bounds, compareBounded, type UnsurePair } from "../statistics/compare-bounded.ts";
import { judgeComparisons } from "../statistics/compare-paired.ts";
import type { CasePair } from "../statistics/estimate.ts";
import type { Comparison, ReportJudge } from "./eval-report.ts";

export interface Side {
  id: string;
  scores: CaseScores;
  /** Of an earlier report: who judged then. */
  judges?: JudgeMarks;
}

export interface ComparingOptions {
  scorers: readonly string[];
  /** Those among the scorers that are judges now. */
  judges: readonly ReportJudge[];
  clusterOf: (name: string) => string;
  seed: number;
}

/** Of so much at least a change is listed as a flip, even where neither side is right. */
const LARGE_CHANGE = 0.5;

/** All scorers of all variants against one baseline are looked at together: Holm's correction is over all of them. */
export function compareVariants(baseline: Side, variants: readonly Side[], options: ComparingOptions): Comparison[] {
  const found = variants.flatMap((variant) =>
    options.scorers.flatMap((scorer) => {
      if (isJudgedOtherwise(options.judges, scorer, { baseline, variant })) return [];
      const { pairs, unsure } = pairCases({ baseline, variant }, scorer, options.clusterOf);
      if (pairs.length + unsure.length === 0) return [];
      const { seed } = options;
      const compared = { unsure: unsure.length, ...compareBounded(pairs, unsure, { seed }) };
      return [{ variant: variant.id, scorer, flips: flipsOf(pairs), ...compared }];
    }),
  );
  return judgeComparisons(found).map((one) => ({
    ...{ baseline: baseline.id, variant: one.variant, scorer: one.scorer, difference: one.difference },
    ...{ low: one.low, high: one.high, p: one.p, pAdjusted: one.pAdjusted, verdict: one.verdict },
    ...{ smallestEffect: one.smallestEffect, test: one.test, n: one.n, clusters: one.clusters, flips: one.flips },
    unsure: one.unsure,
  }));
}

/** True for the text that a judge of pairs compares the others with: it has no score of its own. */
export function isOpponent(judges: readonly ReportJudge[], scorer: string, variant: string): boolean {
  return judges.some(({ id, against }) => id === scorer && against === variant);
}

/** Scores of another judge under the same name are no scores to compare with. */
function isJudgedOtherwise(
  judges: readonly ReportJudge[],
  scorer: string,
  { baseline, variant }: { baseline: Side; variant: Side },
): boolean {
  const judge = judges.find(({ id }) => id === scorer);
  if (judge === undefined) return false;
  if (isOpponent(judges, scorer, baseline.id) || isOpponent(judges, scorer, variant.id)) return true;
  return baseline.judges !== undefined && !isSameJudge(judge, baseline.judges);
}

/** Cases that both have: those that the scorer applies to in every trial of both, and those where that differs. */
function pairCases(
  { baseline, variant }: { baseline: Side; variant: Side },
  scorer: string,
  clusterOf: (name: string) => string,
): { pairs: CasePair[]; unsure: UnsurePair[] } {
  const pairs: CasePair[] = [];
  const unsure: UnsurePair[] = [];
  for (const [name, scores] of baseline.scores) {
    const others = variant.scores.get(name);
    const [before, after] = [scores.get(scorer), others?.get(scorer)];
    if (others === undefined || (before === undefined && after === undefined)) continue;
    const place = { case: name, cluster: clusterOf(name) };
    if (before?.share === 1 && after?.share === 1) {
      pairs.push({ ...place, baseline: before.mean, variant: after.mean });
    } else unsure.push({ ...place, baseline: boundsOf(before), variant: boundsOf(after) });
  }
  return { pairs, unsure };
}

function boundsOf(score: CaseScore | undefined): Bounds {
  if (score === undefined) return { least: 0, most: 1 };
  const least = score.mean * score.share;
  return { least, most: least + 1 - score.share };
}

/** Cases that became right or stopped being so, and other large changes; the largest loss first. */
function flipsOf(pairs: readonly CasePair[]): Comparison["flips"] {
  return pairs
    .filter(({ baseline, variant }) => {
      if (baseline === variant) return false;
      return baseline === 1 || variant === 1 || Math.abs(variant - baseline) >= LARGE_CHANGE;
    })
    .map((pair) => ({ case: pair.case, from: pair.baseline, to: pair.variant }))
    .sort((left, right) => left.to - left.from - (right.to - right.from));
}
