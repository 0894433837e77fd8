/** Gold alternatives in the plan language, compiled once a case. Owns: what a planner would have returned. */
import { compilePlan } from "../plan/compile-plan.ts";
import type { Decision } from "../plan/decision.ts";
import { buildPlanGraph } from "../plan/plan-graph.ts";
import type { EvalCase, Gold } from "./case.ts";
import type { GoldAlternative } from "./score.ts";

const RATIONALE = "The case's gold.";
const KNOWN = new WeakMap<EvalCase, readonly GoldAlternative[]>();

/** The alternatives of a case, in the order written; none where it has no gold. */
export function goldAlternatives(one: EvalCase): readonly GoldAlternative[] {
  const known = KNOWN.get(one);
  if (known !== undefined) return known;
  const made = (one.gold?.anyOf ?? []).map(compileGold);
  KNOWN.set(one, made);
  return made;
}

function compileGold(gold: Gold, place: number): GoldAlternative {
  const decision = goldDecision(gold);
  const accepted = gold.kind === "plan" ? gold.accepted : [];
  if (decision.kind === "ask" || decision.kind === "abandon") {
    return { place, gold, decision, plan: null, graph: null, accepted };
  }
  const { plan } = compilePlan(decision);
  return { place, gold, decision, plan, graph: buildPlanGraph(plan.steps), accepted };
}

/** A gold as a planner would have returned it. */
export function goldDecision(gold: Gold): Decision {
  switch (gold.kind) {
    case "plan": {
      const { steps, then, output } = gold;
      return { kind: "plan", rationale: RATIONALE, steps, then, ...(output === undefined ? {} : { output }) };
    }
    case "finish":
      return { kind: "finish", rationale: RATIONALE, output: gold.output ?? null };
    case "ask":
      return { kind: "ask", rationale: RATIONALE, question: "Which one is meant?" };
    case "abandon":
      return { kind: "abandon", rationale: RATIONALE, reason: "It can't be done with these tools." };
  }
}
