/**
 * The models of a tool's attempt (KERNEL 15): what they may use is reserved with the start, what they used settles it
 * with the outcome. Owns: the reservation of one attempt, and the sum of what its tool reported.
 */
import type { EntryData } from "../journal/entries.ts";
import { type Allowance, addCost, addUsage, NO_USAGE, soundAllowance, soundCost, soundUsage } from "../model/usage.ts";
import type { ModelUse } from "../tool/tool.ts";
import type { BoundCall } from "./bind-call.ts";
import { append, type DriverCore } from "./driver-core.ts";
import type { Call } from "./ledger.ts";
import { allowanceLeft, limitReached, worstCase } from "./reservations.ts";

/**
 * Null where the call may not start now: it waits until other reservations are settled, or, where none is open, the
 * budget has ended the run.
 */
export function reserveCall(
  core: DriverCore,
  call: Call,
  { tool, bound }: BoundCall,
): { reservation?: Allowance } | null {
  const { ledger } = core.state;
  const { reserve } = tool;
  if (reserve === null) return {};
  const wants = (left: Allowance): Allowance | null => soundAllowance(reserve(structuredClone(bound), left));
  const left = allowanceLeft(ledger);
  const reservation = wants(left);
  if (reservation !== null) return { reservation };
  if (ledger.reservations.size > 0) {
    core.awaitingBudget.push(call);
    return null;
  }
  const limit = limitReached(left, wants);
  const budget = limit === "LIMIT_TOKENS" ? `${left.tokens} tokens` : `${left.costUsd} USD`;
  const message = `Step '${call.step.id}' needs more than the ${budget} that are left of the budget.`;
  append(core, { kind: "budget.settled", data: { limit, message } });
  return null;
}

/** Calls that waited for a reservation look again once one is settled. */
export function lookAgain(core: DriverCore): void {
  for (const call of core.awaitingBudget.splice(0)) {
    if (call.status === "ready") core.ready.add(call);
    if (call.status === "retrying") core.dueRetries.push(call);
  }
}

/** What an attempt's models used, for its outcome; all that was reserved where its tool was given up. */
export function usedBy(
  uses: readonly ModelUse[],
  { reservation, isGivenUp }: { reservation: Allowance | undefined; isGivenUp: boolean },
): Pick<EntryData<"step.completed">, "usage" | "costUsd"> {
  if (isGivenUp && reservation !== undefined) return worstCase(reservation);
  if (uses.length === 0) return {};
  return {
    usage: uses.reduce((sum, { usage }) => addUsage(sum, soundUsage(usage)), NO_USAGE),
    costUsd: uses.reduce<number | null>((sum, { costUsd }) => addCost(sum, soundCost(costUsd)), 0),
  };
}

/** The models that a tool called, and the prompts it gave them; each once. */
export function modelsOf(uses: readonly ModelUse[]): Pick<EntryData<"step.completed">, "models" | "prompts"> {
  if (uses.length === 0) return {};
  const prompts = new Map(uses.flatMap(({ prompt }) => (prompt === null ? [] : [[prompt.hash, prompt] as const])));
  return { models: [...new Set(uses.map(({ model }) => model))], prompts: [...prompts.values()] };
}
