/**
 * What all calls of one run of a suite share: its budget, its time, the rates of providers. Owns: when nothing new may
 * start. Must not: know what is asked, or for whom.
 */
import type { Clock } from "../../shared/clock.ts";
import type { Suite } from "../suite.ts";
import { createProviderGates, type ProviderGates } from "./provider-gates.ts";
import { createSpending, type Spending } from "./spending.ts";

/** Why a run of a suite ended early. */
export type Stopped = "budget" | "time" | "cancelled";

export interface SuiteLimits {
  gates: ProviderGates;
  spending: Spending;
  /** Null while work may start. */
  whyStopped(): Stopped | null;
}

/** The time of the suite begins now. */
export function createSuiteLimits(
  { rates, budget }: Pick<Suite, "rates" | "budget">,
  { clock, signal }: { clock: Clock; signal: AbortSignal | null },
): SuiteLimits {
  const { maxCostUsd = null, maxTokens = null, maxSeconds = null } = budget;
  const spending = createSpending({ maxCostUsd, maxTokens });
  const deadline = maxSeconds === null ? Number.POSITIVE_INFINITY : clock.monotonic() + maxSeconds * 1_000;
  return {
    gates: createProviderGates(rates, clock),
    spending,
    whyStopped() {
      if (signal?.aborted === true) return "cancelled";
      if (spending.isUsedUp()) return "budget";
      return clock.monotonic() >= deadline ? "time" : null;
    },
  };
}
