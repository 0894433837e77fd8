/** What one call used so far, over all of its attempts, and what that leaves. Owns: the sums. */
import { costOf, type Reservation, reserve } from "./account.ts";
import type { ModelRequest, TokenUsage } from "./model.ts";
import type { Price } from "./price.ts";
import { type Allowance, addCost, addUsage, NO_USAGE, type Usage } from "./usage.ts";

export interface CallAccount {
  spent(): { usage: Usage; costUsd: number | null };
  left(): Allowance;
  /** What the next attempt may use; null where too little is left for a short answer. */
  reserve(request: ModelRequest): Reservation | null;
  /** Counts an attempt with what it used; with what was reserved for it where nobody knows. */
  settle(reservation: Reservation, usage: TokenUsage | null): void;
}

const NO_LIMIT: Allowance = { tokens: Infinity, costUsd: null };

export function createCallAccount(price: Price | null, allowance: Allowance = NO_LIMIT): CallAccount {
  let usage: Usage = NO_USAGE;
  let costUsd: number | null = price === null ? null : 0;
  const left = (): Allowance => ({
    tokens: allowance.tokens - usage.inputTokens - usage.outputTokens,
    costUsd: allowance.costUsd === null ? null : allowance.costUsd - (costUsd ?? 0),
  });
  return {
    spent: () => ({ usage, costUsd }),
    left,
    reserve: (request) => reserve(request, price, left()),
    settle({ tokens, maxOutputTokens, costUsd: reservedUsd }, told) {
      const { inputTokens, outputTokens } = told ?? {
        inputTokens: tokens - maxOutputTokens,
        outputTokens: maxOutputTokens,
      };
      usage = addUsage(usage, { inputTokens, outputTokens, modelCalls: 1 });
      costUsd = addCost(costUsd, told === null ? reservedUsd : costOf(told, price));
    },
  };
}

/** Whether it is the tokens, and not the cost, of which too little is left. */
export function lacksTokens(request: ModelRequest, { tokens }: Allowance): boolean {
  return reserve(request, null, { tokens, costUsd: null }) === null;
}
