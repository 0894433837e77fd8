/** What the simulated run is asked for: documents small and large, budgets wide and narrow, now and then a fixed plan. */
import type { RunRequest } from "../../src/runtime/run-request.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import type { Dice } from "./dice.ts";
import { LARGE_CHARS, randomSteps } from "./random-plan.ts";

export function randomRequest(dice: Dice): RunRequest {
  const hasDocument = dice.chance(0.35);
  const chars = dice.chance(0.3) ? LARGE_CHARS : 40;
  const documents = hasDocument ? [{ name: "note.txt", text: "A word. ".repeat(chars / 8) }] : [];
  const isFixed = dice.chance(0.2);
  const steps = randomSteps({ dice, referable: [], count: 0, hasDocument }, 8);
  const plan = { kind: "plan", rationale: "r", steps } as unknown as JsonValue;
  return {
    goal: "simulate",
    documents,
    budget: {
      maxSteps: 2 + dice.under(30),
      maxReplans: dice.under(6),
      maxSeconds: dice.chance(0.08) ? dice.under(200) / 1_000 : 120,
      ...(dice.chance(0.1) ? { maxTokens: 200 + dice.under(3_000) } : {}),
      ...(dice.chance(0.1) ? { maxCostUsd: dice.under(40) / 1_000 } : {}),
    },
    idempotencyKey: "the-run",
    ...(dice.chance(0.1) ? { approve: "none" as const } : {}),
    ...(isFixed ? { plan } : {}),
  };
}
