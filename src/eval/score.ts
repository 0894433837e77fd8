/**
 * What scorers are given and what they say. Owns: the shapes between a runner and the scorers of `evals/scorers`.
 * Must not: score (each scorer does), or know how a decision came about.
 */
import type { Issue } from "../error/issue.ts";
import type { Document } from "../goal/document.ts";
import type { CheckContext, CheckResult, KnownStep } from "../plan/check-context.ts";
import type { CompiledPlan, CompiledStep } from "../plan/compile-plan.ts";
import type { Decision } from "../plan/decision.ts";
import type { PlanGraph } from "../plan/plan-graph.ts";
import type { RunResult } from "../run/run-result.ts";
import type { JsonValue } from "../shared/json.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { AcceptedInput, EvalCase, Gold } from "./case.ts";
import type { PlanOrder } from "./plan-order.ts";

/** `score` is 0 to 1, or null where the question does not arise: never 0 for that. */
export interface Score {
  score: number | null;
  /** Why, one finding a line; begins with a JSON pointer into the decision (`/steps/1/input/text: …`) or `gold` and one. */
  evidence: string[];
}

/** A gold alternative in the plan language, compiled. */
export interface GoldAlternative {
  /** Place in `gold.anyOf`. */
  place: number;
  gold: Gold;
  /** As a planner would have returned it. */
  decision: Decision;
  /** Null for ask and abandon. */
  plan: CompiledPlan | null;
  graph: PlanGraph | null;
  accepted: readonly AcceptedInput[];
}

/** One input of a matched step (or its condition or list, or a field of the output), compared. */
export interface ComparedPart {
  /** Name of the input; `/when`, `/forEach/items`, `/then` and `/output/…` for those. */
  name: string;
  /** JSON pointer into the decision. */
  pointer: string;
  isRight: boolean;
  /** What is wrong, for people; empty where it is right. */
  finding: string;
}

/** A step of the decision and the gold's step that it stands for. */
export interface StepMatch {
  got: CompiledStep;
  gold: CompiledStep;
  parts: readonly ComparedPart[];
  /** 1/2 for the tool, 1/2 for the share of parts that are right. */
  likeness: number;
}

/** A decision that goes ahead (plan or finish) against a gold that does. Unparsed decisions compare as empty plans. */
export interface PlanComparison {
  gold: GoldAlternative;
  /** Steps as written, repeats of an id included. */
  gotSteps: readonly CompiledStep[];
  goldSteps: readonly CompiledStep[];
  /** By optimal assignment, in the decision's order. */
  matches: readonly StepMatch[];
  unmatchedGot: readonly CompiledStep[];
  unmatchedGold: readonly CompiledStep[];
  /** The fields of the output, where the gold has one, and `then`, where either asks for another plan. */
  ending: readonly ComparedPart[];
  /** Orders between matched steps, both in ids of the gold; with OUTPUT where the gold has an output. */
  gotOrder: PlanOrder;
  goldOrder: PlanOrder;
}

/** One try of the planner at this decision; the last one counts, the others were sent back with their issues. */
export interface ScoredTry {
  /** What the parser made of the answer; null where it is no decision. */
  decision: Decision | null;
  issues: readonly Issue[];
}

/** One decision that a run went by. */
export interface AcceptedDecision {
  decision: Decision;
  /** Steps that had settled when it was asked for. */
  settled: readonly string[];
}

/** What a runner knows of one trial. `createScorerInput` adds what scorers derive from it. */
export interface TrialFacts {
  case: EvalCase;
  /** The tools of the case (`caseTools`). */
  tools: Pick<ToolRegistry, "get" | "names">;
  /** In order; none where the planner was not asked for this decision. */
  tries: readonly ScoredTry[];
  /** What was accepted, or the last try's decision where nothing was; null where that is no decision. */
  decision: Decision | null;
  /** The case's documents as the planner got them; documents given as text in the case are read where this is left out. */
  documents?: readonly Document[];
  /** Steps that earlier decisions of the run brought, where this is not the first. */
  known?: ReadonlyMap<string, KnownStep>;
  /** All that the run went by, in order; levels loop and outcome. */
  accepted?: readonly AcceptedDecision[];
  /** Levels loop and outcome. */
  result?: RunResult | null;
  /** What the world is like after the run, as the case's tools tell it; level outcome. */
  state?: JsonValue;
}

export interface ScorerInput extends Required<Omit<TrialFacts, "state">> {
  /** Undefined where no state was taken. */
  state: JsonValue | undefined;
  golds: readonly GoldAlternative[];
  /** What the checker is told. */
  context: CheckContext;
  /** The checker's word on `decision`; null where there is none. */
  check: CheckResult | null;
  /** The decision compiled, also where it has errors; null for ask and abandon, and where there is none. */
  plan: CompiledPlan | null;
  graph: PlanGraph | null;
  /** Against the alternative that fits best; null where no gold goes ahead, and where one refuses as the decision does. */
  comparison: PlanComparison | null;
}

/** Pure: the same input gives the same score, and nothing is changed or reached. */
export interface Scorer {
  readonly id: string;
  /** One line for reports. */
  readonly description: string;
  score(input: ScorerInput): Score;
}
