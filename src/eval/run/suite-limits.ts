/**
 * What all calls of one run of a suite share: its budget, its time, the rates of providers. Owns: when nothing new may
 * start. Must not: know what is asked, or for whom.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Model } from "../../model/model.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Suite } from "../suite.ts";
import { isReplaying } from "./open-suite-model.ts";
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

/** Throws CONFIG_INVALID where a limit in USD could not hold, since nobody knows what a call of this model costs. */
export function refuseUnpriced({ budget }: Pick<Suite, "budget">, asked: readonly (Model | null)[]): void {
  if (budget.maxCostUsd === undefined) return;
  const unpriced = asked.find((model) => model !== null && model.price === null && !isReplaying(model));
  if (unpriced == null) return;
  throw new PlanwrightError(
    "CONFIG_INVALID",
    `What ${unpriced.name} costs is not known, so that maxCostUsd can't hold.`,
    {
      hint: `Give it a price under 'prices' of the configuration, or limit the suite with maxTokens instead.`,
    },
  );
}
