/**
 * The planner's side of the loop: ask, keep the raw answer, parse and check it, accept or reject it (DESIGN, flow 1–2).
 * Owns: repairs and their number. Must not: trust anything a planner says.
 */
import type { Issue } from "../error/issue.ts";
import { asPlanwrightError, type ErrorShape, errorShape, PlanwrightError } from "../error/planwright-error.ts";
import type { EntryData, NewEntry, StoredValue } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { storeValue } from "../journal/store-value.ts";
import { NO_USAGE } from "../model/usage.ts";
import { canonicalSteps } from "../plan/canonical-step.ts";
import type { Decision } from "../plan/decision.ts";
import { diffPlans, noDiff } from "../plan/diff-plans.ts";
import type { Proposal } from "../planner/planner.ts";
import type { DecisionCause, PlanningRequest } from "../planner/planning-request.ts";
import type { Label } from "../policy/label.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import { factsOfPlan } from "../step/step-factory.ts";
import { unfinishedSteps } from "./apply-plan.ts";
import { callWithLimit, isLastTry, literalLabel, notKept, rawJson } from "./ask-planner.ts";
import { buildPlanningRequest, type RequestOptions, recordedRequest } from "./build-planning-request.ts";
import { checkProposal } from "./check-proposal.ts";
import { append, type DriverCore, isStopping, later, post } from "./driver-core.ts";
import type { Ledger } from "./ledger.ts";

/** Asks for the next decision, or for a repair of the one that was just rejected. */
export function requestDecision(core: DriverCore, outputIssues?: Issue[]): void {
  const { ledger } = core.state;
  const { planner, tools } = core.environment;
  const limit = usedUpLimit(ledger);
  if (limit !== null) {
    append(core, { kind: "budget.settled", data: limit });
    return;
  }
  const request = buildPlanningRequest(ledger, {
    ...nextTry(ledger, outputIssues),
    visibility: planner.visibility ?? "preview",
    tools,
  });
  later(core, describeRequest(core, request));
}

type NextTry = Pick<RequestOptions, "n" | "attempt" | "cause" | "issues">;

/** A new decision, or another try of the one that was just rejected. */
function nextTry(ledger: Ledger, outputIssues: Issue[] | undefined): NextTry {
  const { open, decisions } = ledger;
  const n = decisions + 1;
  if (outputIssues !== undefined) return { n, attempt: 1, cause: "output-invalid", issues: outputIssues };
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

async function describeRequest(core: DriverCore, request: PlanningRequest): Promise<NewEntry> {
  const { n, attempt, cause, visibility, tools, documents, history, ...parameters } = request;
  const { issues } = request;
  return {
    kind: "decision.requested",
    data: {
      n,
      attempt,
      cause,
      visibility,
      ...(cause === "output-invalid" && attempt === 1 ? { outputIssues: issues } : {}),
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

/** Calls the planner once the request is durable (KERNEL 1). */
export function callPlanner(core: DriverCore): void {
  const request = recordedRequest(core.state.ledger);
  if (request !== null && !isStopping(core)) later(core, askPlanner(core, request));
}

async function askPlanner(core: DriverCore, request: PlanningRequest): Promise<NewEntry> {
  const { clock } = core.environment;
  let isStopped = false;
  core.abortPlanner = () => {
    isStopped = true;
  };
  await core.journal.sync();
  const startedMs = clock.monotonic();
  const answer = isStopped ? stoppedBefore(request) : await answerOf(core, request);
  const durationMs = Math.round(clock.monotonic() - startedMs);
  const { proposal, error } = answer;
  return {
    kind: "decision.received",
    data: {
      n: request.n,
      attempt: request.attempt,
      raw: await rawOf(core, proposal),
      usage: proposal.usage ?? NO_USAGE,
      costUsd: proposal.costUsd === undefined ? 0 : proposal.costUsd,
      durationMs,
      dialect: proposal.dialect ?? "none",
      model: proposal.model ?? null,
      prompt: proposal.prompt ?? null,
      considered: proposal.considered ?? [],
      error,
    },
  };
}

/** A planner may return anything: also more than the journal holds. */
async function rawOf(core: DriverCore, proposal: Proposal): Promise<StoredValue> {
  try {
    return await storeValue(core, rawJson(proposal));
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.category === "store") throw thrown;
    return { value: notKept(thrown) };
  }
}

type Answer = { proposal: Proposal; error: ErrorShape | null };

/** The run was stopped while the request was synced: its planner is not called any more (SAFETY R11). */
function stoppedBefore({ run }: PlanningRequest): Answer {
  return { proposal: { raw: null }, error: errorShape("CANCELLED", "The run is being stopped.", { runId: run }) };
}

/** Never rejects; a planner that hangs or throws gives an error instead of an answer. */
async function answerOf(core: DriverCore, request: PlanningRequest): Promise<Answer> {
  const { planner, clock, limits } = core.environment;
  const onStart = (stop: (error: PlanwrightError) => void): void => {
    core.abortPlanner = () => stop(new PlanwrightError("CANCELLED", "The run is being stopped."));
  };
  const { plannerTimeoutMs } = limits;
  try {
    return { proposal: await callWithLimit(planner, request, { clock, plannerTimeoutMs, onStart }), error: null };
  } catch (thrown) {
    return { proposal: { raw: null }, error: { ...asPlanwrightError(thrown).toShape(), runId: request.run } };
  } finally {
    core.abortPlanner = null;
  }
}

/** Parses and checks the raw answer of the open try. */
export function judgeAnswer(core: DriverCore): void {
  const { ledger } = core.state;
  const { open } = ledger;
  const request = recordedRequest(ledger);
  if (open?.raw == null || request === null) return;
  if (open.error !== null) return post(core, rejection(open, [], open.error));
  const label = literalLabel(core.environment.planner, request);
  const proposal = { raw: storedValue(open.raw, ledger.readBlob), planLabel: label };
  const checked = checkProposal(core.environment, ledger, proposal);
  const { decision, issues, hasErrors } = checked;
  if (decision === null || hasErrors) return post(core, rejectedTry(core, open, issues));
  const stuck = stuckError(core, decision);
  if (stuck !== null) return post(core, rejection(open, issues, stuck));
  later(core, acceptance(core, decision, { open, issues, label }));
}

type Try = Pick<RequestOptions, "n" | "attempt">;

/** The last try's first issue is what the run fails with (KERNEL 8). */
function rejectedTry(core: DriverCore, open: Try, issues: Issue[]): NewEntry {
  const { planner, limits } = core.environment;
  const first = issues.find((issue) => issue.severity === "error") ?? issues[0];
  if (first === undefined || !isLastTry(planner, open.attempt, limits.repairs)) return rejection(open, issues, null);
  const { code, message, hint } = first;
  return rejection(open, issues, errorShape(code, message, { runId: core.state.ledger.run, hint, issues }));
}

function rejection(open: Try, issues: Issue[], error: ErrorShape | null): NewEntry {
  return { kind: "decision.rejected", data: { n: open.n, attempt: open.attempt, issues, error } };
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
  return core.environment.planner.defaultOnFailure ?? "replan";
}

interface JudgedTry {
  open: Try;
  issues: Issue[];
  label: Label;
}

async function acceptance(core: DriverCore, decision: Decision, judged: JudgedTry): Promise<NewEntry> {
  const { ledger } = core.state;
  const { tools } = core.environment;
  const { open, issues, label } = judged;
  const steps = decision.kind === "plan" ? decision.steps : [];
  const onFailure = onFailureOf(core);
  const data: EntryData<"decision.accepted"> = {
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
  return { kind: "decision.accepted", data };
}

function currentSteps(ledger: Ledger): Map<string, string> {
  const current = [...ledger.steps.values()].filter((step) => !step.isDropped);
  return new Map(current.map((step) => [step.id, step.definition]));
}
