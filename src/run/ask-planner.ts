/**
 * One question to a planner, the same in a run and in a dry run. Owns: its limit in time, what its answer is as JSON,
 * when to stop asking, and what its literals are worth. Must not: journal anything, or hold on to a run's state.
 */
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import type { Planner, Proposal } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import { type Label, TRUSTED } from "../policy/label.ts";
import type { Clock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import { planLabel } from "./build-planning-request.ts";

export interface CallLimits {
  clock: Clock;
  plannerTimeoutMs: number;
  /** Is given what ends the call before its time; what is thrown then is the error that it is called with. */
  onStart?: (stop: (error: PlanwrightError) => void) => void;
}

/**
 * Calls the planner; it is told to stop where it takes too long. Throws what the planner throws, and MODEL_TIMEOUT.
 * A planner that never answers keeps what is waited for here for ever: nothing here leads to the caller's scope.
 */
export async function callWithLimit(planner: Planner, request: PlanningRequest, limits: CallLimits): Promise<Proposal> {
  const { clock, plannerTimeoutMs, onStart } = limits;
  const controller = new AbortController();
  let cancel = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    const stop = (error: PlanwrightError): void => {
      reject(error); // First: what the planner makes of the abort comes too late.
      controller.abort(error);
    };
    cancel = clock.setTimer(plannerTimeoutMs, () => stop(tookTooLong(planner, plannerTimeoutMs)));
    onStart?.(stop);
  });
  try {
    const proposal: unknown = await Promise.race([planner.plan(request, { signal: controller.signal }), stopped]);
    return isProposal(proposal) ? proposal : { raw: null };
  } finally {
    cancel();
  }
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
