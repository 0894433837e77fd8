/**
 * Calls the planner for the open decision and journals what came of it (DESIGN, flow 1). Owns: the reservation before
 * the call and what it used after it. Must not: judge the answer.
 */
import { asPlanwrightError, type ErrorShape, errorShape, PlanwrightError } from "../error/planwright-error.ts";
import { type EntryData, isPersonalRun, type NewEntry, type StoredValue } from "../journal/entries.ts";
import { storeValue } from "../journal/store-value.ts";
import { type Allowance, NO_USAGE, soundAllowance, soundCost, soundUsage } from "../model/usage.ts";
import type { Planner, PlanOptions, Proposal } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import type { JsonValue } from "../shared/json.ts";
import { callWithLimit, notKept, rawJson, spentOf } from "./ask-planner.ts";
import { recordedRequest } from "./build-planning-request.ts";
import { append, type DriverCore, isStopping, later, post } from "./driver-core.ts";
import { openEditor } from "./forked-decision.ts";
import { allowanceLeft, DECISION_KEY, limitReached } from "./reservations.ts";

/** The run's own planner, the one that it was handed over to, or the one that stands in for it at this try. */
export function plannerOf(core: DriverCore): Planner {
  const { planner, fallback } = core.environment;
  const { ledger } = core.state;
  const editor = openEditor(ledger, planner);
  if (editor !== null) return editor;
  if (ledger.open?.planner !== undefined) return fallback ?? planner;
  return ledger.open?.handedTo === undefined ? planner : (core.environment.successor ?? planner);
}

/**
 * The planner that goes on where a fixed plan has no answer: a workflow's rule, or its unmet goal, asks for another plan.
 * Null where the run's own planner is asked.
 */
export function handedOver({ environment, state }: DriverCore): Planner | null {
  const { accepted, decisions, open } = state.ledger;
  if (accepted.rules === undefined || !isPersonalRun(accepted)) return null;
  if (open !== null) return open.handedTo === undefined ? null : environment.successor;
  return decisions === 0 ? null : environment.successor;
}

/**
 * What the planner's answer may use: nothing to reserve (undefined), or, where too little is left for any answer, the
 * limit that ends the run.
 */
export function reserveAnswer(
  core: DriverCore,
  planner: Planner,
  request: PlanningRequest,
): { reservation?: Allowance } | { limit: EntryData<"budget.settled"> } {
  const { ledger } = core.state;
  if (planner.reserve === undefined) return {};
  const wants = (left: Allowance): Allowance | null => soundAllowance(planner.reserve?.(request, left));
  const left = allowanceLeft(ledger);
  try {
    const reservation = wants(left);
    if (reservation !== null) return { reservation };
    const limit = limitReached(left, wants);
    const { maxTokens, maxCostUsd } = ledger.accepted.budget;
    const budget = limit === "LIMIT_TOKENS" ? `${maxTokens} tokens` : `${maxCostUsd} USD`;
    return { limit: { limit, message: `Too little of the budget of ${budget} is left for decision ${request.n}.` } };
  } catch {
    return {}; // The call that follows fails with the same error, and is where errors are journalled.
  }
}

/** Calls the planner once the request is durable (KERNEL 1). */
export function callPlanner(core: DriverCore): void {
  const { ledger } = core.state;
  const request = recordedRequest(ledger);
  if (request === null || isStopping(core)) return;
  if (ledger.reservations.has(DECISION_KEY)) return ask(core, request);
  // A crash has settled what was reserved: asking again needs a reservation of its own.
  const reserved = reserveAnswer(core, plannerOf(core), request);
  if ("limit" in reserved) {
    append(core, { kind: "budget.settled", data: reserved.limit });
    return;
  }
  if (reserved.reservation !== undefined) reserveAgain(core, reserved.reservation);
  ask(core, request);
}

function reserveAgain(core: DriverCore, reservation: Allowance): void {
  const { open } = core.state.ledger;
  if (open === null) return;
  const { n, attempt, cause, visibility, request, requestHash, planner, handedTo } = open;
  const standIn = { ...(planner === undefined ? {} : { planner }), ...(handedTo === undefined ? {} : { handedTo }) };
  const data = { n, attempt, cause, visibility, requestHash, request, reservation, ...standIn };
  append(core, { kind: "decision.requested", data });
}

function ask(core: DriverCore, request: PlanningRequest): void {
  core.isAsking = true;
  later(core, askPlanner(core, request));
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
  return received(core, request, { ...answer, durationMs: Math.round(clock.monotonic() - startedMs) });
}

type Answer = { proposal: Proposal; error: ErrorShape | null };

async function received(
  core: DriverCore,
  { n, attempt }: PlanningRequest,
  { proposal, error, durationMs }: Answer & { durationMs: number },
): Promise<NewEntry> {
  const { answer, issues = [] } = proposal;
  return {
    kind: "decision.received",
    data: {
      n,
      attempt,
      raw: await keep(core, rawJson(proposal)),
      ...(answer === undefined ? {} : { answer: await keep(core, answer) }),
      ...(issues.length === 0 ? {} : { issues }),
      usage: soundUsage(proposal.usage),
      costUsd: proposal.costUsd === undefined ? 0 : soundCost(proposal.costUsd),
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
async function keep(core: DriverCore, value: JsonValue): Promise<StoredValue> {
  try {
    return await storeValue(core, value);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.category === "store") throw thrown;
    return { value: notKept(thrown) };
  }
}

/** The run was stopped while the request was synced: its planner is not called any more (SAFETY R11). */
function stoppedBefore({ run }: Pick<PlanningRequest, "run">): Answer {
  return { proposal: { raw: null }, error: errorShape("CANCELLED", "The run is being stopped.", { runId: run }) };
}

/** Never rejects; a planner that hangs or throws gives an error instead of an answer. */
async function answerOf(core: DriverCore, request: PlanningRequest): Promise<Answer> {
  const { clock, limits } = core.environment;
  const planner = plannerOf(core);
  const onStart = (stop: (error: PlanwrightError) => void): void => {
    core.abortPlanner = () => stop(new PlanwrightError("CANCELLED", "The run is being stopped."));
  };
  const { plannerTimeoutMs, graceMs } = limits;
  const allowance = core.state.ledger.reservations.get(DECISION_KEY);
  const onStep = stepTeller(core.mailbox, request);
  const given = { clock, plannerTimeoutMs, graceMs, onStart, onStep, ...(allowance && { allowance }) };
  try {
    return { proposal: await callWithLimit(planner, request, given), error: null };
  } catch (thrown) {
    const error = { ...asPlanwrightError(thrown).toShape(), runId: request.run };
    return { proposal: { raw: null, ...(spentOf(thrown) ?? {}) }, error };
  } finally {
    core.abortPlanner = null;
  }
}

/** In a scope of its own: a planner may keep it for ever, and it must not lead to the run's state. */
function stepTeller(
  mailbox: DriverCore["mailbox"],
  { n, attempt }: PlanningRequest,
): NonNullable<PlanOptions["onStep"]> {
  return (step) => mailbox.post({ kind: "streamed-step", n, attempt, step });
}

/**
 * A run that is being stopped waits until it is known what its planner has used. Where a reservation is open and
 * nobody asks (the run was held before it could), nothing was used.
 */
export function stopAsking(core: DriverCore): void {
  const { ledger } = core.state;
  core.abortPlanner?.();
  if (core.isAsking || ledger.open === null || !ledger.reservations.has(DECISION_KEY)) return;
  const { n, attempt } = ledger.open;
  const { error } = stoppedBefore({ run: ledger.run });
  const usage = { usage: NO_USAGE, costUsd: 0, durationMs: 0 };
  const nothing = { raw: { value: null }, dialect: "none" as const, model: null, prompt: null, considered: [] };
  post(core, { kind: "decision.received", data: { n, attempt, ...usage, ...nothing, error } });
}
