/**
 * The planner's side of the loop: ask, keep the raw answer, parse and check it, accept or reject it (DESIGN, flow 1–2).
 * Owns: repairs and their number. Must not: trust anything a planner says.
 */
import { hasErrors, type Issue } from "../error/issue.ts";
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { EntryData, NewEntry } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { storeValue } from "../journal/store-value.ts";
import type { Allowance } from "../model/usage.ts";
import { canonicalSteps } from "../plan/canonical-step.ts";
import type { Decision } from "../plan/decision.ts";
import { diffPlans, noDiff } from "../plan/diff-plans.ts";
import type { DecisionCause, PlanningRequest } from "../planner/planning-request.ts";
import type { Label } from "../policy/label.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import { factsOfPlan } from "../step/step-factory.ts";
import { unfinishedSteps } from "./apply-plan.ts";
import { isLastTry, literalLabel } from "./ask-planner.ts";
import { buildPlanningRequest, isAboutResult, openRequest, type RequestOptions } from "./build-planning-request.ts";
import { handedOver, plannerOf, reserveAnswer } from "./call-planner.ts";
import { checkEdit, checkProposal } from "./check-proposal.ts";
import { append, type DriverCore, later, post } from "./driver-core.ts";
import { dueEditor, dueFork, forkCause } from "./forked-decision.ts";
import type { Ledger, OpenDecision, PlanReview } from "./ledger.ts";
import { deniedPlan, expiredPlan, requestReview } from "./review-plan.ts";

/** Why a run that seemed done is planned on, and what is wrong with its result. */
interface Unmet {
  cause: "output-invalid" | "success-unmet";
  issues: Issue[];
}

/** Asks for the next decision, or for a repair of the one that was just rejected. */
export function requestDecision(core: DriverCore, unmet?: Unmet): void {
  const { ledger } = core.state;
  const { fallback, tools } = core.environment;
  const handedTo = handedOver(core);
  const own = handedTo ?? core.environment.planner;
  const isStandIn = ledger.open !== null && ledger.lastRejection?.fallback === true && fallback !== null;
  const planner = isStandIn ? fallback : (dueEditor(ledger, own) ?? own);
  const limit = isStandIn ? null : usedUpLimit(ledger);
  if (limit !== null) return settleBudget(core, limit);
  const request = buildPlanningRequest(ledger, {
    ...nextTry(ledger, unmet),
    visibility: planner.visibility ?? "preview",
    tools,
  });
  const reserved = reserveAnswer(core, planner, request);
  if ("limit" in reserved) return settleBudget(core, reserved.limit);
  const names = { ...(isStandIn ? { planner: planner.name } : {}), ...(handedTo && { handedTo: handedTo.name }) };
  later(core, describeRequest(core, request, { ...reserved, ...names }));
}

function settleBudget(core: DriverCore, data: EntryData<"budget.settled">): void {
  append(core, { kind: "budget.settled", data });
}

type NextTry = Pick<RequestOptions, "n" | "attempt" | "cause" | "issues">;

/** A new decision, or another try of the one that was just rejected. */
function nextTry(ledger: Ledger, unmet: Unmet | undefined): NextTry {
  const { open, decisions } = ledger;
  const n = decisions + 1;
  const fork = dueFork(ledger);
  if (fork !== null) return { n, attempt: 1, cause: forkCause(fork), issues: fork.issues };
  if (unmet !== undefined) return { n, attempt: 1, ...unmet };
  if (open === null || ledger.lastRejection === null) return { n, attempt: 1, cause: causeOf(ledger) };
  return { n: decisions, attempt: open.attempt + 1, cause: open.cause };
}

/** What planners have used may end the run before another is asked. */
function usedUpLimit({ accepted, usage, costUsd }: Ledger): EntryData<"budget.settled"> | null {
  const { maxTokens, maxCostUsd } = accepted.budget;
  const tokens = usage.inputTokens + usage.outputTokens;
  if (tokens > 0 && tokens >= maxTokens) {
    return { limit: "LIMIT_TOKENS", message: `The budget of ${maxTokens} tokens is used up.` };
  }
  if (costUsd === null || costUsd === 0 || costUsd < maxCostUsd) return null;
  return { limit: "LIMIT_COST", message: `The budget of ${maxCostUsd} USD is used up.` };
}

function causeOf(ledger: Ledger): DecisionCause {
  if (ledger.decisions === 0) return "start";
  if (ledger.lastDecision?.kind === "ask") return "answer";
  return ledger.tallies.toReplan > 0 ? "step-failed" : "then-replan";
}

async function describeRequest(
  core: DriverCore,
  request: PlanningRequest,
  asked: { reservation?: Allowance; planner?: string; handedTo?: string },
): Promise<NewEntry> {
  const { n, attempt, cause, visibility, tools, documents, history, ...parameters } = request;
  const { issues } = request;
  return {
    kind: "decision.requested",
    data: {
      n,
      attempt,
      cause,
      visibility,
      ...(attempt === 1 && (isAboutResult(cause) || issues.length > 0) ? { outputIssues: issues } : {}),
      ...asked,
      requestHash: hashJson(request),
      request: {
        catalogue: await storeValue(core, tools as unknown as JsonValue),
        documents: await storeValue(core, documents as unknown as JsonValue),
        history: await storeValue(core, history as unknown as JsonValue),
        parameters: await storeValue(core, parameters as unknown as JsonValue),
      },
    },
  };
}

/** Parses and checks the raw answer of the open try. */
export function judgeAnswer(core: DriverCore): void {
  const { ledger } = core.state;
  const { open, review } = ledger;
  if (open !== null && review !== null) return applyReview(core, open, review);
  const request = openRequest(ledger);
  if (open?.raw == null || request === null) return;
  if (open.error !== null) return post(core, failedTry(core, open, open.error));
  if (hasErrors(open.issues ?? [])) return post(core, rejectedTry(core, open, open.issues ?? []));
  const planner = plannerOf(core);
  const label = literalLabel(planner, request);
  const proposal = { raw: storedValue(open.raw, ledger.readBlob), planLabel: label };
  const checked = checkProposal({ ...core.environment, planner }, ledger, proposal);
  const issues = [...(open.issues ?? []), ...checked.issues];
  if (checked.decision === null || checked.hasErrors) return post(core, rejectedTry(core, open, issues));
  const stuck = stuckError(core, checked.decision);
  if (stuck !== null) return post(core, lastTry(core, open, { issues, error: stuck }));
  later(core, acceptance(core, checked.decision, { open, issues, label }).then(accepting(core)));
}

/** A plan is accepted at once, or once a person has looked at it. */
function accepting(core: DriverCore): (data: EntryData<"decision.accepted">) => NewEntry {
  return (data) => {
    const decision = storedValue(data.decision, core.blobs.read) as Decision;
    const isReviewed = core.state.ledger.accepted.reviewPlan === true && decision.kind === "plan";
    return isReviewed ? requestReview(core, data, decision) : { kind: "decision.accepted", data };
  };
}

/** Does what a person has said of the plan that was shown. */
function applyReview(core: DriverCore, open: OpenDecision, review: PlanReview): void {
  if (review.verdict === "denied") return post(core, rejectedTry(core, open, [deniedPlan(review.reason)]));
  if (review.verdict === "expired") return post(core, rejection(open, { issues: [], error: expiredPlan(core) }));
  if (review.edited === null) return post(core, { kind: "decision.accepted", data: review.accepted });
  const { label } = review.accepted;
  const { decision, issues, hasErrors } = checkEdit(
    core.environment,
    core.state.ledger,
    storedValue(review.edited, core.blobs.read),
  );
  if (decision === null || hasErrors) return post(core, rejectedTry(core, open, issues));
  const accepted = acceptance(core, decision, { open, issues, label });
  later(
    core,
    accepted.then((data) => ({ kind: "decision.accepted", data })),
  );
}

type Try = Pick<OpenDecision, "n" | "attempt" | "planner" | "cause">;

/** The planner had no answer: its own error ends the decision, or another planner stands in. */
function failedTry(core: DriverCore, open: Try, error: ErrorShape): NewEntry {
  if (error.category === "limit") {
    return { kind: "budget.settled", data: { limit: error.code, message: error.message } };
  }
  if (error.category !== "model") return rejection(open, { issues: [], error });
  return lastTry(core, open, { issues: [], error });
}

/** The last try's first issue is what the run fails with (KERNEL 8). */
function rejectedTry(core: DriverCore, open: Try, issues: Issue[]): NewEntry {
  const first = issues.find((issue) => issue.severity === "error") ?? issues[0];
  const isLast =
    open.planner !== undefined || isLastTry(plannerOf(core), open.attempt, core.environment.limits.repairs);
  if (first === undefined || !isLast) return rejection(open, { issues, error: null });
  const { code, message, hint } = first;
  const error = errorShape(code, message, { runId: core.state.ledger.run, hint, issues });
  return lastTry(core, open, { issues, error });
}

/** No further try of this planner: one that stands in has a single one, where there is one. */
function lastTry(core: DriverCore, open: Try, end: { issues: Issue[]; error: ErrorShape }): NewEntry {
  const hasStandIn = core.environment.fallback !== null && open.cause !== "edit";
  if (!hasStandIn || open.planner !== undefined) return rejection(open, end);
  const { n, attempt } = open;
  return { kind: "decision.rejected", data: { n, attempt, issues: end.issues, error: null, fallback: true } };
}

function rejection({ n, attempt }: Try, end: { issues: Issue[]; error: ErrorShape | null }): NewEntry {
  return { kind: "decision.rejected", data: { n, attempt, ...end } };
}

/** The same unfinished steps as last time with nothing settled in between: asking on would go on for ever. */
function stuckError(core: DriverCore, decision: Decision): ErrorShape | null {
  const { ledger } = core.state;
  if (decision.kind !== "plan" || ledger.lastProposal === null) return null;
  const unfinished = unfinishedSteps(ledger, canonicalSteps(decision.steps, onFailureOf(core)));
  if (unfinished !== ledger.lastProposal.unfinished || ledger.progress !== ledger.lastProposal.progress) return null;
  return errorShape(
    "PLAN_STUCK",
    "The planner proposed the same unfinished steps again, and nothing had settled in between.",
    {
      runId: ledger.run,
      hint: "Change the goal, the tools or the planner; decisions show what was tried.",
    },
  );
}

function onFailureOf(core: DriverCore): "replan" | "fail" {
  return plannerOf(core).defaultOnFailure ?? "replan";
}

interface JudgedTry {
  open: Try;
  issues: Issue[];
  label: Label;
}

async function acceptance(
  core: DriverCore,
  decision: Decision,
  judged: JudgedTry,
): Promise<EntryData<"decision.accepted">> {
  const { ledger } = core.state;
  const { tools } = core.environment;
  const { open, issues, label } = judged;
  const steps = decision.kind === "plan" ? decision.steps : [];
  const onFailure = onFailureOf(core);
  return {
    n: open.n,
    attempt: open.attempt,
    revision: decision.kind === "plan" ? ledger.revision + 1 : ledger.revision,
    issues,
    diff: decision.kind === "plan" ? diffPlans(currentSteps(ledger), canonicalSteps(steps, onFailure)) : noDiff(),
    label,
    onFailure,
    tools: factsOfPlan(steps, tools),
    decision: await storeValue(core, decision as unknown as JsonValue),
  };
}

function currentSteps(ledger: Ledger): Map<string, string> {
  const current = [...ledger.steps.values()].filter((step) => !step.isDropped && step.isEarly !== true);
  return new Map(current.map((step) => [step.id, step.definition]));
}
