/** Parses and checks what a planner answered, against this run (DESIGN, flow 2). Pure. */
import { hasErrors, type Issue } from "../error/issue.ts";
import type { KnownStep } from "../plan/check-context.ts";
import { checkDecision } from "../plan/check-decision.ts";
import type { Decision } from "../plan/decision.ts";
import { parseKnownDecision } from "../plan/known-decisions.ts";
import { MODEL_PLAN_LIMITS, PERSONAL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import type { PlanGraph } from "../plan/plan-graph.ts";
import type { Planner } from "../planner/planner.ts";
import type { Policy } from "../policy/authorize.ts";
import { type Label, TRUSTED } from "../policy/label.ts";
import type { JsonValue } from "../shared/json.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import { type Ledger, mustNotRepeat, type StepState, toolCalls } from "./ledger.ts";

export interface CheckedProposal {
  decision: Decision | null;
  issues: Issue[];
  hasErrors: boolean;
  /** Null where there is no plan to draw. */
  graph: PlanGraph | null;
  /** Steps that will wait for a person, with the rule that says so. */
  approvals: { step: string; rule: string }[];
}

interface CheckEnvironment {
  tools: ToolRegistry;
  planner: Pick<Planner, "isPersonal" | "defaultOnFailure">;
  policy: Policy;
}

export function checkProposal(
  environment: CheckEnvironment,
  ledger: Ledger,
  proposal: { raw: JsonValue; planLabel: Label },
): CheckedProposal {
  const { tools, planner, policy } = environment;
  const isPersonal = planner.isPersonal === true;
  const limits = isPersonal ? PERSONAL_PLAN_LIMITS : MODEL_PLAN_LIMITS;
  const parsed = parseKnownDecision(proposal.raw, limits);
  if (parsed.decision === null) return { ...parsed, hasErrors: true, graph: null, approvals: [] };
  const { accepted } = ledger;
  const { issues, graph, approvals } = checkDecision(parsed.decision, {
    tools,
    known: new Map([...ledger.steps.values()].map((step) => [step.id, knownStep(step, tools)])),
    documents: accepted.documents.length,
    paramsSchema: null,
    params: accepted.params,
    outputSchema: accepted.outputSchema,
    maxSteps: limits.maxSteps,
    policy: (facts) =>
      policy({
        tool: facts.tool.name,
        effect: facts.tool.effect,
        input: facts.input,
        label: facts.label,
        planLabel: facts.planLabel,
        grants: accepted.grants,
        isRepeatOfUnknown: false,
      }),
    isPersonal,
    planLabel: proposal.planLabel,
    defaultOnFailure: planner.defaultOnFailure ?? "replan",
  });
  return { decision: parsed.decision, issues, hasErrors: hasErrors(issues), graph, approvals };
}

/** A person's plan in the place of the planner's: checked like any other, its literals no more trusted than that one's. */
export function checkEdit(
  environment: Pick<CheckEnvironment, "tools" | "policy">,
  ledger: Ledger,
  raw: JsonValue,
): CheckedProposal {
  const { label = TRUSTED, onFailure = "replan" } = ledger.review?.accepted ?? {};
  const planner = { isPersonal: true, defaultOnFailure: onFailure };
  return checkProposal({ ...environment, planner }, ledger, { raw, planLabel: label });
}

function knownStep(step: StepState, tools: ToolRegistry): KnownStep {
  const tool = tools.get(step.compiled.step.tool);
  const output = tool?.outputSchema ?? null;
  const isList = step.compiled.items !== null && output !== null;
  return {
    definition: step.definition,
    status: step.isDropped ? "dropped" : step.call.status === "unknown" ? "unknown" : step.status,
    outputSchema: isList ? { type: "array", items: output } : output,
    isSpent: isSpent(step),
    ...(step.call.outputLabel === null ? {} : { label: step.call.outputLabel }),
  };
}

/** Called without completing, and at most once for each step (SAFETY R4): only a new step may call the tool again. */
function isSpent(step: StepState): boolean {
  if (step.status !== "failed") return false;
  const isOnce = step.facts === null || step.facts.idempotency === "none"; // Also where another tool stood in since.
  return toolCalls(step).some(
    (call) => (isOnce || mustNotRepeat(call)) && call.attempts > 0 && call.status !== "completed",
  );
}
