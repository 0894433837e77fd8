/** Why a call was aborted. Owns: that an abort is an error with a code. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { ModelError } from "./model.ts";

/** The reason that was given where it is one of ours, else CANCELLED. */
export function abortReason({ reason }: AbortSignal, model: string): PlanwrightError {
  return reason instanceof PlanwrightError
    ? reason
    : new ModelError("CANCELLED", `The call of ${model} was cancelled.`);
}
