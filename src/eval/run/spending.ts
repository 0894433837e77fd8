/**
 * What a whole suite may spend on models, and has spent. Owns: reservation before a call, settlement after it, so that
 * the limit holds whatever runs at the same time. Must not: count what is replayed; it costs nothing.
 */
import { type Reservation, reserve } from "../../model/account.ts";
import type { ModelRequest } from "../../model/model.ts";
import type { Price } from "../../model/price.ts";
import type { Allowance, Usage } from "../../model/usage.ts";

/** Null: no limit. A limit in USD only holds for models whose price is known. */
export interface SpendingLimits {
  maxCostUsd: number | null;
  maxTokens: number | null;
}

export interface Spending {
  /** What this call may use at most. Waits while other open calls may give something back; null: the budget is used up. */
  reserve(request: ModelRequest, price: Price | null): Promise<Reservation | null>;
  settle(reservation: Reservation, used: { usage: Usage; costUsd: number | null }): void;
  /** True once a call was refused; nothing new should start then. */
  isUsedUp(): boolean;
  spent(): { tokens: number; costUsd: number };
}

export function createSpending({ maxCostUsd, maxTokens }: SpendingLimits): Spending {
  const open = new Set<Reservation>();
  let wakeAll: (() => void)[] = [];
  let isUsedUp = false;
  const spent = { tokens: 0, costUsd: 0 };
  const left = (): Allowance => {
    const reserved = [...open];
    const tokens = reserved.reduce((sum, one) => sum + one.tokens, spent.tokens);
    const costUsd = reserved.reduce((sum, one) => sum + (one.costUsd ?? 0), spent.costUsd);
    return {
      tokens: maxTokens === null ? Number.POSITIVE_INFINITY : Math.max(0, maxTokens - tokens),
      costUsd: maxCostUsd === null ? null : Math.max(0, maxCostUsd - costUsd),
    };
  };
  return {
    async reserve(request, price) {
      for (;;) {
        const reservation = isUsedUp ? null : reserve(request, price, left());
        if (reservation !== null) {
          open.add(reservation);
          return reservation;
        }
        if (open.size === 0 || isUsedUp) {
          isUsedUp = true;
          return null;
        }
        await new Promise<void>((resolve) => wakeAll.push(resolve));
      }
    },
    settle(reservation, { usage, costUsd }) {
      open.delete(reservation);
      spent.tokens += usage.inputTokens + usage.outputTokens;
      spent.costUsd += costUsd ?? 0;
      const waiting = wakeAll;
      wakeAll = [];
      for (const wake of waiting) wake();
    },
    isUsedUp: () => isUsedUp,
    spent: () => ({ ...spent }),
  };
}
