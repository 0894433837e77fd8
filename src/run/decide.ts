/**
 * The planner's side of the loop: ask, keep the raw answer, parse and check it, accept or reject it (DESIGN, flow 1–2).
 * Owns: repairs and their number. Must not: trust anything a planner says.
 */
import { asPlanwrightError, type ErrorShape, errorShape, PlanwrightError } from "../error/planwright-error.ts";
import type { EntryData, NewEntry, PlanDiff, StoredValue } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { canonicalSteps } from "../plan/canonical-step.ts";
import type { Decision } from "../plan/decision.ts";
import { diffPlans } from "../plan/diff-plans.ts";
import { NO_USAGE, type Planner, type Proposal } from "../planner/planner.ts";
import type { DecisionCause, PlanningRequest } from "../planner/planning-request.ts";
import { type Label, TRUSTED } from "../policy/label.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import { factsOfPlan } from "../step/step-factory.ts";
import { unfinishedSteps } from "./apply-plan.ts";
import { buildPlanningRequest, planLabel, recordedRequest } from "./build-planning-request.ts";
import { type CheckedProposal, checkProposal } from "./check-proposal.ts";
import { append, type DriverCore, isStopping, later, setTimer, storeValue } from "./driver-core.ts";
import type { Ledger } from "./ledger.ts";

/** Asks for the next decision, or for a repair of the one that was just rejected. */
export function requestDecision(core: DriverCore, outputIssues?: PlanningRequest["issues"]): void {
  const { ledger } = core.state;
  const limit = usedUpLimit(ledger);
  if (limit !== null) {
    append(core, { kind: "budget.settled", data: limit });
    return;
  }
  const isRepair = ledger.lastRejection !== null && ledger.open !== null && outputIssues === undefined;
  const n = isRepair ? ledger.decisions : ledger.decisions + 1;
  const attempt = isRepair ? (ledger.open?.attempt ?? 0) + 1 : 1;
  const cause =
    outputIssues === undefined ? (isRepair ? (ledger.open?.cause ?? "start") : causeOf(ledger)) : "output-invalid";
  const request = buildPlanningRequest(ledger, {
    n,
    attempt,
    cause,
    visibility: visibilityOf(core),
    tools: core.environment.tools,
  });
  later(core, describeRequest(core, outputIssues === undefined ? request : { ...request, issues: outputIssues }));
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

function visibilityOf(core: DriverCore) {
  return core.environment.planner.visibility ?? "preview";
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

/** A planner may return anything; what is not JSON is kept as a text that says so, and fails the parser. */
async function rawOf(core: DriverCore, proposal: Proposal): Promise<StoredValue> {
  try {
    const text = JSON.stringify(proposal.raw) ?? "null";
    return await storeValue(core, JSON.parse(text) as JsonValue);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.category === "store") throw thrown;
    return { value: `the planner's answer cannot be kept: ${asPlanwrightError(thrown).message}` };
  }
}

type Answer = { proposal: Proposal; error: ErrorShape | null };

/** The run was stopped while the request was synced: its planner is not called any more (SAFETY R11). */
function stoppedBefore({ run }: PlanningRequest): Answer {
  return { proposal: { raw: null }, error: errorShape("CANCELLED", "The run is being stopped.", { runId: run }) };
}

/** Never rejects; a planner that hangs or throws gives an error instead of an answer. */
async function answerOf(core: DriverCore, request: PlanningRequest): Promise<Answer> {
  const { planner, limits } = core.environment;
  const controller = new AbortController();
  const failed = (error: ErrorShape): Answer => ({ proposal: { raw: null }, error });
  const stopped = new Promise<Answer>((resolve) => {
    const stop = (code: "MODEL_TIMEOUT" | "CANCELLED", message: string): void => {
      controller.abort(new PlanwrightError(code, message));
      resolve(failed(errorShape(code, message, { runId: request.run })));
    };
    const timeout = (): void =>
      stop("MODEL_TIMEOUT", `Planner '${planner.name}' took longer than ${limits.plannerTimeoutMs} ms.`);
    setTimer(core, "planner", { delayMs: limits.plannerTimeoutMs, fire: timeout });
    core.abortPlanner = () => stop("CANCELLED", "The run is being stopped.");
  });
  try {
    return await Promise.race([proposalOf(planner, request, controller.signal), stopped]);
  } catch (thrown) {
    return failed({ ...asPlanwrightError(thrown).toShape(), runId: request.run });
  } finally {
    setTimer(core, "planner", null);
    core.abortPlanner = null;
  }
}

/** In a scope of its own: a planner that never answers keeps it for ever, and must not keep the run's state with it. */
async function proposalOf(planner: Planner, request: PlanningRequest, signal: AbortSignal): Promise<Answer> {
  return { proposal: await planner.plan(request, { signal }), error: null };
}

/** Parses and checks the raw answer of the open try. */
export function judgeAnswer(core: DriverCore): void {
  const { ledger } = core.state;
  const { open } = ledger;
  if (open?.raw == null) return;
  if (open.error !== null) return later(core, Promise.resolve(rejection(open, [], open.error)));
  const proposal = { raw: storedValue(open.raw, ledger.readBlob), planLabel: labelOfPlan(core) };
  const checked = checkProposal(core.environment, ledger, proposal);
  if (checked.decision === null || checked.hasErrors) return later(core, Promise.resolve(rejectedTry(core, checked)));
  const stuck = stuckError(core, checked.decision);
  later(
    core,
    stuck === null
      ? acceptance(core, checked.decision, checked)
      : Promise.resolve(rejection(open, checked.issues, stuck)),
  );
}

/** The last try's first issue is what the run fails with (KERNEL 8). */
function rejectedTry(core: DriverCore, { issues }: CheckedProposal): NewEntry {
  const { ledger } = core.state;
  const { planner, limits } = core.environment;
  const open = ledger.open ?? { n: 1, attempt: 1 };
  const first = issues.find((issue) => issue.severity === "error") ?? issues[0];
  const isLast = planner.isPersonal === true || open.attempt > limits.repairs;
  const error =
    isLast && first !== undefined
      ? errorShape(first.code, first.message, { runId: ledger.run, hint: first.hint, issues })
      : null;
  return rejection(open, issues, error);
}

function rejection(
  open: { n: number; attempt: number },
  issues: PlanningRequest["issues"],
  error: ErrorShape | null,
): NewEntry {
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

async function acceptance(core: DriverCore, decision: Decision, { issues }: CheckedProposal): Promise<NewEntry> {
  const { ledger } = core.state;
  const { tools } = core.environment;
  const open = ledger.open ?? { n: 1, attempt: 1 };
  const steps = decision.kind === "plan" ? decision.steps : [];
  const onFailure = onFailureOf(core);
  const data: EntryData<"decision.accepted"> = {
    n: open.n,
    attempt: open.attempt,
    revision: decision.kind === "plan" ? ledger.revision + 1 : ledger.revision,
    issues,
    diff: decision.kind === "plan" ? diffPlans(currentSteps(ledger), canonicalSteps(steps, onFailure)) : NO_DIFF,
    label: labelOfPlan(core),
    onFailure,
    tools: factsOfPlan(steps, tools),
    decision: await storeValue(core, decision as unknown as JsonValue),
  };
  return { kind: "decision.accepted", data };
}

/** A person's literals are trusted; a planner's are as trusted as what it was shown (KERNEL 17). */
function labelOfPlan(core: DriverCore): Label {
  const { ledger } = core.state;
  const { planner, tools } = core.environment;
  if (planner.isPersonal === true) return TRUSTED;
  const { n, attempt, cause } = ledger.open ?? { n: 1, attempt: 1, cause: "start" as const };
  return planLabel(buildPlanningRequest(ledger, { n, attempt, cause, visibility: visibilityOf(core), tools }));
}

/** Only plans change the steps. */
const NO_DIFF: PlanDiff = { kept: [], dropped: [], added: [], changed: [] };

function currentSteps(ledger: Ledger): Map<string, string> {
  const current = [...ledger.steps.values()].filter((step) => !step.isDropped);
  return new Map(current.map((step) => [step.id, step.definition]));
}
