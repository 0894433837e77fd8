/**
 * What model calls may use and have used (KERNEL 15): reserved before, settled after. Owns: what is left of a run's
 * tokens and USD, and what an unsettled reservation comes to. Changed by entries alone.
 */
import { type Allowance, addCost, addUsage, type Usage } from "../model/usage.ts";
import type { Call, Ledger } from "./ledger.ts";

/** Whose reservation it is: the open decision's, or a call's. */
export type ReservationKey = string;
export const DECISION_KEY: ReservationKey = "decision";
export const JUDGE_KEY: ReservationKey = "judge";

export function callKey(call: Call): ReservationKey {
  return `${call.step.id} ${call.index ?? ""}`;
}

/** What a new call may use; USD is null where a price was unknown, so that no limit in USD can be kept. */
export function allowanceLeft({ accepted, usage, costUsd, reservations }: Ledger): Allowance {
  const { maxTokens, maxCostUsd } = accepted.budget;
  let tokens = maxTokens - usage.inputTokens - usage.outputTokens;
  let usd = costUsd === null ? null : maxCostUsd - costUsd;
  for (const reserved of reservations.values()) {
    tokens -= reserved.tokens;
    if (usd !== null && reserved.costUsd !== null) usd -= reserved.costUsd;
  }
  return { tokens: Math.max(0, tokens), costUsd: usd === null ? null : Math.max(0, usd) };
}

export interface Spent {
  usage: Usage;
  /** USD; null where the price is unknown. */
  costUsd: number | null;
}

/** A call that ended: what it used takes the place of what was reserved for it. */
export function settle(ledger: Ledger, key: ReservationKey, spent: Spent | null): void {
  ledger.reservations.delete(key);
  if (spent === null) return;
  ledger.usage = { ...ledger.usage, ...addUsage(ledger.usage, spent.usage) };
  ledger.costUsd = addCost(ledger.costUsd, spent.costUsd);
}

/**
 * What a call has used of which nobody can tell: all that was reserved. The tokens count as input, since what was
 * asked is what surely was sent.
 */
export function worstCase({ tokens, costUsd }: Allowance): Spent {
  return { usage: { inputTokens: tokens, outputTokens: 0, modelCalls: 1 }, costUsd };
}

/** After a crash nobody knows what open calls have used (KERNEL 15). */
export function settleAtWorst(ledger: Ledger): void {
  for (const [key, reserved] of [...ledger.reservations]) settle(ledger, key, worstCase(reserved));
}

/** The limit that leaves too little for a call, by what would have sufficed. */
export function limitReached(
  left: Allowance,
  wants: (left: Allowance) => Allowance | null,
): "LIMIT_TOKENS" | "LIMIT_COST" {
  return wants({ ...left, costUsd: null }) === null ? "LIMIT_TOKENS" : "LIMIT_COST";
}
