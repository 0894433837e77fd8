/** Whether every gold of a case, given as the answer, scores 1 wherever a question arises. */
import { builtInScorers } from "../../evals/scorers/built-in-scorers.ts";
import type { EvalCase } from "../../src/eval/case.ts";
import { caseTools } from "../../src/eval/case-tools.ts";
import { goldAlternatives } from "../../src/eval/gold.ts";
import { scoreTrial } from "../../src/eval/score-trial.ts";
import { createScorerInput } from "../../src/eval/scorer-input.ts";
import type { Document } from "../../src/goal/document.ts";
import type { Tool } from "../../src/tool/tool.ts";

export interface OwnScore {
  alternative: number;
  scorer: string;
  score: number;
  evidence: string[];
}

export interface OwnScores {
  /** Scores that are numbers. */
  applicable: number;
  /** Those of them that are not 1. */
  below: OwnScore[];
}

/** Each alternative of the gold as the answer of a planner. */
export function scoreGoldAgainstItself(
  one: EvalCase,
  { registered, documents }: { registered: readonly Tool[]; documents?: readonly Document[] },
): OwnScores {
  const tools = caseTools(one, registered);
  const own: OwnScores = { applicable: 0, below: [] };
  for (const { place, decision } of goldAlternatives(one)) {
    const facts = { case: one, tools, tries: [{ decision, issues: [] }], decision };
    const input = createScorerInput(documents === undefined ? facts : { ...facts, documents });
    for (const [scorer, { score, evidence }] of Object.entries(scoreTrial(input, builtInScorers))) {
      if (score === null) continue;
      own.applicable += 1;
      if (score !== 1) own.below.push({ alternative: place, scorer, score, evidence });
    }
  }
  return own;
}
