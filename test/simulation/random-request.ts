/** What the simulated run is asked for: documents small and large, budgets wide and narrow, now and then a fixed plan. */
import { type GivenRules, RECOVERY_VERBS } from "../../src/goal/run-rules.ts";
import type { RunRequest } from "../../src/runtime/run-request.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
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
    ...(dice.chance(0.15) ? { reviewPlan: true } : {}),
    ...(dice.chance(0.45) ? { rules: randomRules(dice, steps) } : {}),
  };
}

const CODES = ["*", "tool", "TOOL_PERMANENT", "TOOL_TRANSIENT", "TOOL_TIMEOUT", "APPROVAL_DENIED", "LIMIT_FANOUT"];

function randomRules(dice: Dice, steps: readonly { id: string }[]): GivenRules {
  const someStep = (): string => (steps.length === 0 ? "s1" : dice.pick(steps).id);
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: dice.under(most + 1) }, make);
  return {
    recovery: many(4, () => ({
      ...(dice.chance(0.3) ? { step: someStep() } : {}),
      on: dice.pick(CODES),
      ...randomAnswer(dice, someStep),
    })),
    success: many(1, () => ({ name: "met", check: { ref: `${someStep()}.v`, exists: dice.chance(0.7) } })),
    targets: dice.chance(0.5) ? { durationMs: 1 + dice.under(200) } : {},
    observe: many(3, () => ({ after: someStep(), record: ["durationMs" as const, "attempts" as const] })),
    steps: dice.chance(0.3) ? { [someStep()]: { retry: { attempts: 1 + dice.under(4), baseMs: 5 } } } : {},
  };
}

type Answer = Omit<NonNullable<GivenRules["recovery"]>[number], "on">;

function randomAnswer(dice: Dice, someStep: () => string): Answer {
  const verb = dice.pick([...RECOVERY_VERBS, "fallback", "fallback"] as const);
  if (verb === "retry") return { do: verb, retry: { attempts: 1 + dice.under(5), baseMs: dice.under(50), maxMs: 100 } };
  if (verb !== "fallback") return { do: verb };
  if (dice.chance(0.3)) return { do: verb, value: { v: 1, kind: "low", list: [1] } };
  const tool = dice.pick(["look", "look", "look", "keep", "note"]);
  return { do: verb, tool, ...(dice.chance(0.8) ? { input: standInInput(dice, someStep) } : {}) };
}

/** Of any step, run or not, before or beside: much of it is not there when the rule answers. */
function standInInput(dice: Dice, someStep: () => string): JsonObject {
  const path = dice.chance(0.2) ? dice.pick(["item", "index", "document.text", "document.none"]) : `${someStep()}.v`;
  return { of: { ref: path, ...(dice.chance(0.3) ? { default: dice.under(9) } : {}) } };
}
