/**
 * A decision against a gold alternative, once for all scorers. Owns: matched steps with their parts, and the orders
 * between them. Must not: score.
 */

import type { Document } from "../goal/document.ts";
import type { CompiledPlan, CompiledStep } from "../plan/compile-plan.ts";
import type { Decision } from "../plan/decision.ts";
import { buildPlanGraph, type PlanGraph, referencedSteps, unreadSteps } from "../plan/plan-graph.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import { alignSteps } from "./align-plans.ts";
import type { EvalCase } from "./case.ts";
import { caseScope, type StepOutputs } from "./case-scope.ts";
import { compareEnding } from "./compare-ending.ts";
import { OUTPUT, orderBetween, type PlanOrder } from "./plan-order.ts";
import type { ComparedPart, GoldAlternative, PlanComparison, StepMatch } from "./score.ts";
import { compareParts } from "./step-parts.ts";
import type { LikenessContext } from "./value-likeness.ts";

/** What a decision came with. */
export interface ComparedDecision {
  case: EvalCase;
  documents: readonly Document[];
  tools: Pick<ToolRegistry, "get">;
  decision: Decision | null;
  plan: CompiledPlan | null;
  graph: PlanGraph | null;
  outputs: StepOutputs;
}

const NO_PLAN: CompiledPlan = { steps: [], output: null, references: [] };

/** Null for golds that ask or abandon. */
export function comparePlans(made: ComparedDecision, gold: GoldAlternative): PlanComparison | null {
  if (gold.plan === null || gold.graph === null) return null;
  const gotPlan = made.plan ?? NO_PLAN;
  const [got, wanted] = [gotPlan.steps, gold.plan.steps];
  const gotScope = caseScope(made.case, made.documents, made.outputs);
  const plainScope = caseScope(made.case, made.documents, new Map());
  const pairs = alignSteps({
    ...{ got, gold: wanted, tools: made.tools, accepted: gold.accepted },
    ...{ gotFeeds: feedsOf(gotPlan), goldFeeds: feedsOf(gold.plan) },
    ...{ gotScope: plainScope, goldScope: plainScope },
  });
  const goldOf = new Map(pairs.map((pair) => [got[pair.got]!.step.id, wanted[pair.gold]!.step.id]));
  const gotOf = new Map([...goldOf].map(([left, right]) => [right, left]));
  const outputs = new Map(
    [...gotOf].flatMap(([id, source]) => (made.outputs.has(source) ? [[id, made.outputs.get(source)!] as const] : [])),
  );
  const goldIds = new Set(wanted.map(({ step }) => step.id));
  const likeness: LikenessContext = {
    sourceLikeness: (left, right) => ((goldIds.has(right) ? goldOf.get(left) === right : left === right) ? 1 : 0),
    gotScope,
    goldScope: caseScope(made.case, made.documents, outputs),
  };
  const [usedGot, usedGold] = [new Set(pairs.map((pair) => pair.got)), new Set(pairs.map((pair) => pair.gold))];
  return {
    gold,
    gotSteps: got,
    goldSteps: wanted,
    matches: pairs.map((pair) => matchSteps(got[pair.got]!, wanted[pair.gold]!, { made, gold, likeness })),
    unmatchedGot: got.filter((_, place) => !usedGot.has(place)),
    unmatchedGold: wanted.filter((_, place) => !usedGold.has(place)),
    ending: compareEnding({ made, gold, likeness }),
    ...ordersOf({ made, gotPlan, gold, gotOf }),
  };
}

interface Matching {
  made: ComparedDecision;
  gold: GoldAlternative;
  likeness: LikenessContext;
}

function matchSteps(got: CompiledStep, gold: CompiledStep, matching: Matching): StepMatch {
  const tool = matching.made.tools.get(got.step.tool);
  const parts = compareParts(got, gold, { ...matching.likeness, accepted: matching.gold.accepted, tool });
  const compared = parts.map(({ likeness, ...part }): ComparedPart => ({ ...part, isRight: likeness === 1 }));
  const right = compared.filter(({ isRight }) => isRight).length;
  return { got, gold, parts: compared, likeness: compared.length === 0 ? 1 : (1 + right / compared.length) / 2 };
}

interface Orders {
  made: ComparedDecision;
  gotPlan: CompiledPlan;
  gold: GoldAlternative;
  /** Gold id → id in the decision. */
  gotOf: ReadonlyMap<string, string>;
}

function ordersOf({ made, gotPlan, gold, gotOf }: Orders): { gotOrder: PlanOrder; goldOrder: PlanOrder } {
  const goldPlan = gold.plan ?? NO_PLAN;
  const hasOutput = gold.gold.kind === "plan" && goldPlan.output !== null && made.decision?.kind === "plan";
  const nodes = [...gotOf.keys(), ...(hasOutput ? [OUTPUT] : [])];
  const ids = new Map([...gotOf, [OUTPUT, OUTPUT]]);
  const graph = made.graph ?? buildPlanGraph([]);
  const own = orderBetween(
    graph,
    nodes.map((node) => ids.get(node)!),
    hasOutput ? feedsOf(gotPlan) : [],
  );
  const goldId = new Map([...ids].map(([goldOne, gotOne]) => [gotOne, goldOne]));
  return {
    goldOrder: orderBetween(gold.graph!, nodes, hasOutput ? feedsOf(goldPlan) : []),
    gotOrder: {
      nodes,
      isBefore: (earlier, later) => own.isBefore(ids.get(earlier) ?? earlier, ids.get(later) ?? later),
      reduction: () => own.reduction().map(([from, to]) => [goldId.get(from) ?? from, goldId.get(to) ?? to]),
      longestChain: own.longestChain,
    },
  };
}

/** Steps that the output reads; without an output the result is what nobody reads. */
function feedsOf(plan: CompiledPlan): string[] {
  if (plan.output === null) return unreadSteps(plan.steps);
  const { data, order } = referencedSteps(plan.references);
  return [...data, ...order];
}
