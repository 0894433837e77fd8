/** Scores of one decision of one case, as a runner would get them. */
import { builtInScorers } from "../../evals/scorers/built-in-scorers.ts";
import { type EvalCase, type EvalCaseInput, evalCaseSchema } from "../../src/eval/case.ts";
import { caseTools } from "../../src/eval/case-tools.ts";
import type { Score, TrialFacts } from "../../src/eval/score.ts";
import { scoreTrial } from "../../src/eval/score-trial.ts";
import { createScorerInput } from "../../src/eval/scorer-input.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";

export function makeCase(one: Omit<EvalCaseInput, "id" | "goal"> & { goal?: string }): EvalCase {
  return evalCaseSchema.parse({ id: "c1", goal: "Report on the document.", ...one });
}

/** `raw` is what the planner answered; it is parsed as any answer. */
export function scoreAnswer(one: EvalCase, raw: unknown, more: Partial<TrialFacts> = {}): Record<string, Score> {
  const { decision, issues } = parseDecision(raw, MODEL_PLAN_LIMITS);
  const tools = caseTools(one, builtInTools);
  const facts = { case: one, tools, tries: [{ decision, issues }], decision, ...more };
  return scoreTrial(createScorerInput(facts), builtInScorers);
}

/** Only the figures. */
export function figuresOf(scores: Record<string, Score>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(scores).map(([id, { score }]) => [id, score]));
}

/** Scorers whose figure is lower than before. */
export function lowered(before: Record<string, Score>, after: Record<string, Score>): string[] {
  return Object.keys(before).filter((id) => (after[id]?.score ?? 2) < (before[id]?.score ?? -1));
}
