/**
 * One question to a planner, the same in a run and in a dry run. Owns: its limit in time, what its answer is as JSON,
 * when to stop asking, and what its literals are worth. Must not: journal anything, or hold on to a run's state.
 */
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { ModelCallError } from "../model/model.ts";
import { type Allowance, NO_USAGE } from "../model/usage.ts";
import type { Planner, PlanOptions, Proposal } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import { type Label, TRUSTED } from "../policy/label.ts";
import type { Clock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import { planLabel } from "./build-planning-request.ts";
import { type Spent, worstCase } from "./reservations.ts";

export interface CallLimits {
  clock: Clock;
  plannerTimeoutMs: number;
  /** How long a planner that was told to stop may take to say what it has used, in milliseconds; 0 by default. */
  graceMs?: number;
  /** What the answer may use at most, where that was reserved. */
  allowance?: Allowance;
  onStep?: PlanOptions["onStep"];
  /** Is given what ends the call before its time; what is thrown then is the error that it is called with. */
  onStart?: (stop: (error: PlanwrightError) => void) => void;
}

/**
 * Calls the planner; it is told to stop where it takes too long. Throws what the planner throws, and MODEL_TIMEOUT.
 * Where something was reserved, every error tells what was used of it: all, where the planner did not say.
 * A planner that never answers keeps what is waited for here for ever: nothing here leads to the caller's scope.
 */
export async function callWithLimit(planner: Planner, request: PlanningRequest, limits: CallLimits): Promise<Proposal> {
  const { clock, plannerTimeoutMs, graceMs = 0, allowance, onStep, onStart } = limits;
  const controller = new AbortController();
  let reason: PlanwrightError | null = null;
  let giveUp = (): void => {};
  let cancel = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    giveUp = () => reject(withUse(reason, allowance === undefined ? null : worstCase(allowance)));
    const stop = (error: PlanwrightError): void => {
      if (reason !== null) return;
      reason = error;
      cancel();
      if (allowance === undefined || graceMs === 0)
        giveUp(); // First: what the planner makes of it comes too late.
      else cancel = clock.setTimer(graceMs, giveUp);
      controller.abort(error);
    };
    cancel = clock.setTimer(plannerTimeoutMs, () => stop(tookTooLong(planner, plannerTimeoutMs)));
    onStart?.(stop);
  });
  const options = { signal: controller.signal, ...(allowance && { allowance }), ...(onStep && { onStep }) };
  try {
    const proposal: unknown = await Promise.race([planner.plan(request, options), stopped]);
    if (reason !== null) throw withUse(reason, usedBy(proposal));
    return isProposal(proposal) ? proposal : { raw: null };
  } catch (thrown) {
    throw reason === null || thrown === reason ? thrown : withUse(reason, spentOf(thrown));
  } finally {
    cancel();
  }
}

/** The reason for stopping, with what was used until then. */
function withUse(reason: PlanwrightError | null, spent: Spent | null): unknown {
  if (reason === null || spent === null) return reason;
  const { code, message, hint } = reason;
  return new ModelCallError(code, message, { hint, ...spent });
}

function usedBy(proposal: unknown): Spent | null {
  if (!isProposal(proposal)) return null;
  return { usage: proposal.usage ?? NO_USAGE, costUsd: proposal.costUsd === undefined ? 0 : proposal.costUsd };
}

/** What a call that failed has used, where its error tells. */
export function spentOf(thrown: unknown): Spent | null {
  return thrown instanceof ModelCallError ? { usage: thrown.usage, costUsd: thrown.costUsd } : null;
}

/** Planners are other people's code: one that returns nothing has answered nothing. */
function isProposal(value: unknown): value is Proposal {
  return typeof value === "object" && value !== null;
}

function tookTooLong({ name }: Planner, limitMs: number): PlanwrightError {
  return new PlanwrightError("MODEL_TIMEOUT", `Planner '${name}' took longer than ${limitMs} ms.`);
}

/** The answer as the journal can hold it: what is not JSON becomes a text that says so, and fails the parser. */
export function rawJson({ raw }: Proposal): JsonValue {
  try {
    return JSON.parse(JSON.stringify(raw) ?? "null") as JsonValue;
  } catch (thrown) {
    return notKept(thrown);
  }
}

/** What stands for an answer that cannot be kept. */
export function notKept(thrown: unknown): JsonValue {
  return `the planner's answer cannot be kept: ${asPlanwrightError(thrown).message}`;
}

/** Whether a rejected try is the last one; a person's plan is not repaired. `repairs`: tries after the first. */
export function isLastTry(planner: Planner, attempt: number, repairs: number): boolean {
  return planner.isPersonal === true || attempt > repairs;
}

/** A person's literals are trusted; a planner's are as trusted as what it was shown (KERNEL 17). */
export function literalLabel(planner: Planner, request: PlanningRequest): Label {
  return planner.isPersonal === true ? TRUSTED : planLabel(request);
}
