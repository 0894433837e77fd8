/** From what a runner knows of a trial to what scorers look at. Owns: the choice between several golds. */
import { checkDecision } from "../plan/check-decision.ts";
import { compilePlan } from "../plan/compile-plan.ts";
import { buildPlanGraph } from "../plan/plan-graph.ts";
import { inlineDocuments, stepOutputs } from "./case-scope.ts";
import { caseCheckContext } from "./check-case.ts";
import { comparePlans } from "./compare-plans.ts";
import { goldAlternatives } from "./gold.ts";
import { edgeAgreement, stepAgreement } from "./plan-agreement.ts";
import type { PlanComparison, ScorerInput, TrialFacts } from "./score.ts";

/**
 * Checks and compiles the decision and compares it with the golds. A planner that was not asked is compared with none of
 * them, and one that asks or abandons as a gold does is right by that one. Pure; the same for all scorers of a trial.
 */
export function createScorerInput(facts: TrialFacts): ScorerInput {
  const { decision, tools, result = null, known = new Map(), accepted = [], state } = facts;
  const documents = facts.documents ?? inlineDocuments(facts.case);
  const context = caseCheckContext(facts.case, tools, known);
  const goesAhead = decision?.kind === "plan" || decision?.kind === "finish";
  const plan = goesAhead ? compilePlan(decision).plan : null;
  const graph = plan === null ? null : buildPlanGraph(plan.steps);
  const golds = goldAlternatives(facts.case);
  const made = { case: facts.case, documents, tools, decision, plan, graph, outputs: stepOutputs(result) };
  const isRefusal = decision?.kind === "ask" || decision?.kind === "abandon";
  const isRight = isRefusal && golds.some((gold) => gold.decision.kind === decision.kind);
  const comparisons = (facts.tries.length === 0 || isRight ? [] : golds).flatMap(
    (gold) => comparePlans(made, gold) ?? [],
  );
  return {
    ...{ case: facts.case, tools, tries: facts.tries, decision, documents, known, accepted, result, state },
    ...{ golds, context, plan, graph },
    check: decision === null ? null : checkDecision(decision, context),
    comparison: bestOf(comparisons, decision?.kind),
  };
}

/** The alternative that the decision agrees with most: kind, then steps, output and edges; the first of equals. */
function bestOf(comparisons: readonly PlanComparison[], kind: string | undefined): PlanComparison | null {
  let best: PlanComparison | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const comparison of comparisons) {
    const fit = fitOf(comparison) + (comparison.gold.decision.kind === kind ? 10 : 0);
    if (fit <= most) continue;
    best = comparison;
    most = fit;
  }
  return best;
}

function fitOf(comparison: PlanComparison): number {
  const { ending } = comparison;
  const right = ending.filter(({ isRight }) => isRight).length;
  return (
    2 * stepAgreement(comparison) +
    (ending.length === 0 ? 1 : right / ending.length) +
    (edgeAgreement(comparison)?.f1 ?? 1)
  );
}
