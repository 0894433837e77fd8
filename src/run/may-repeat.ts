/**
 * Which effects a fork may have once more (KERNEL 14): calls of its source that are not settled in what it inherits.
 * Reads do not count, unless they must not be repeated. Pure.
 */
import type { MayRepeat } from "../journal/fork-data.ts";
import { type Call, factsOf, type Ledger, mustNotRepeat, type StepState, toolCalls, toolOf } from "./ledger.ts";

/** In order of first mention. `fork` is the ledger after all that is inherited. */
export function mayRepeat(source: Ledger, fork: Ledger): MayRepeat[] {
  return [...source.steps.values()].flatMap((step) =>
    callsOf(step).flatMap((call) => {
      const outcome = call.attempts === 0 ? null : outcomeOf(call);
      if (outcome === null || !hasEffect(call) || isSettledIn(fork, call)) return [];
      return [{ step: step.id, index: call.index, tool: toolOf(call), effect: factsOf(call)?.effect ?? null, outcome }];
    }),
  );
}

function hasEffect(call: Call): boolean {
  return factsOf(call)?.effect !== "read" || mustNotRepeat(call);
}

/** Those before a step was planned again are elements of the list that it had then. */
function callsOf(step: StepState): Call[] {
  const calls = toolCalls(step);
  return [...calls, ...step.earlier.slice(calls.length)];
}

/** Completed, or given up at the same attempt. An unknown outcome is open in both. */
function isSettledIn(fork: Ledger, call: Call): boolean {
  const step = fork.steps.get(call.step.id);
  const same = step === undefined ? undefined : callsOf(step).find(({ index }) => index === call.index);
  if (same?.status === "completed") return true;
  return same !== undefined && same.attempts === call.attempts && same.status === "failed";
}

function outcomeOf({ status, error }: Call): MayRepeat["outcome"] {
  if (status === "completed" || status === "unknown" || status === "running") return status;
  return error?.code === "TOOL_OUTCOME_UNKNOWN" ? "unknown" : "failed";
}
