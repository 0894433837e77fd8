/**
 * A thousand seeded runs whose planner and tools use models at random cost, under the manual clock: what is spent, with what
 * is reserved at that moment, never passes a limit (SAFETY R9), by the journal's entries alone.
 */
import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Allowance, Usage } from "../../src/model/usage.ts";
import type { Planner } from "../../src/planner/planner.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import type { ToolContext } from "../../src/tool/tool.ts";
import { createWorld, sleep, type World } from "../run/run-world.ts";
import { createDice, type Dice } from "../simulation/dice.ts";

const RUNS = 1_000;

/** What one call may use at most, and what it uses. */
interface Draw {
  most: Allowance & { costUsd: number };
  used: { usage: Usage; costUsd: number };
}

function draw(dice: Dice): Draw {
  const tokens = 1 + dice.under(200);
  const price = (1 + dice.under(50)) / 10_000;
  const used = dice.under(tokens + 1);
  return {
    most: { tokens, costUsd: tokens * price },
    used: { usage: { inputTokens: used, outputTokens: 0, modelCalls: 1 }, costUsd: used * price },
  };
}

function fits({ most }: Draw, left: Allowance): Allowance | null {
  return left.tokens < most.tokens || (left.costUsd !== null && left.costUsd < most.costUsd) ? null : most;
}

/** Several plans, each with some steps side by side; every call draws what it costs. */
function worldOf(dice: Dice): World {
  const clock = createManualClock();
  const draws = new Map<string, Draw>();
  const drawFor = (key: string): Draw => draws.get(key) ?? draws.set(key, draw(dice)).get(key) ?? draw(dice);
  let plans = 1 + dice.under(3);
  const planner: Planner = {
    name: "spending",
    reserve: ({ n, attempt }, left) => fits(drawFor(`plan ${n} ${attempt}`), left),
    async plan({ n, attempt }) {
      plans -= 1;
      const steps = Array.from({ length: dice.under(6) }, (_, place) => {
        return { id: `s${n}x${place}`, tool: "ask", input: { key: `${n} ${place}` } };
      });
      const raw = { kind: "plan", rationale: "r", steps, then: plans > 0 ? "replan" : "finish" } as JsonValue;
      return { raw, ...drawFor(`plan ${n} ${attempt}`).used };
    },
  };
  return createWorld({
    clock,
    planner,
    behaviours: {
      ask: async ({ key }, context: ToolContext) => {
        await sleep(clock, 1 + dice.under(500));
        const { used } = drawFor(String(key));
        context.report({ ...used, model: "test:model", prompt: null });
        if (dice.chance(0.1)) throw new Error("it failed after all");
        return {};
      },
    },
    definitions: {
      ask: {
        uses: ["model" as const],
        reserve: (input: unknown, left: Allowance) => fits(drawFor(String((input as { key: string }).key)), left),
      },
    },
  });
}

/** The most that was spent and reserved together at any entry. */
async function mostCommitted({ clock, data }: World, run: string): Promise<{ tokens: number; costUsd: number }> {
  const open = new Map<string, Allowance>();
  const spent = { tokens: 0, costUsd: 0 };
  const most = { tokens: 0, costUsd: 0 };
  for (const entry of (await createMemoryStore({ clock, data }).read(run)).entries) {
    const { reservation, usage, costUsd } = entry.data as {
      reservation?: Allowance;
      usage?: Usage;
      costUsd?: number | null;
    };
    const key = entry.kind.startsWith("decision.") ? "decision" : `${entry.step} ${entry.index ?? ""}`;
    if (reservation !== undefined) open.set(key, reservation);
    else open.delete(key);
    spent.tokens += (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
    spent.costUsd += usage === undefined ? 0 : (costUsd ?? 0);
    const reserved = [...open.values()];
    most.tokens = Math.max(most.tokens, spent.tokens + reserved.reduce((sum, one) => sum + one.tokens, 0));
    most.costUsd = Math.max(most.costUsd, spent.costUsd + reserved.reduce((sum, one) => sum + (one.costUsd ?? 0), 0));
  }
  return most;
}

test(`${RUNS} runs: spent and reserved together stay within tokens and USD`, async () => {
  const ends: Record<string, number> = {};
  for (let seed = 1; seed <= RUNS; seed++) {
    const dice = createDice(seed);
    const world = worldOf(dice);
    const budget = { maxTokens: 50 + dice.under(900), maxCostUsd: (1 + dice.under(200)) / 100 };
    const result = await world.run({ goal: "spend", budget });
    const most = await mostCommitted(world, result.id);
    expect(most.tokens, `seed ${seed}`).toBeLessThanOrEqual(budget.maxTokens);
    expect(most.costUsd, `seed ${seed}`).toBeLessThanOrEqual(budget.maxCostUsd + 1e-9);
    const end = result.error?.code ?? result.status;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  // Both limits are met, and many runs get through.
  expect(ends.LIMIT_TOKENS).toBeGreaterThan(50);
  expect(ends.LIMIT_COST).toBeGreaterThan(50);
  expect(ends.completed).toBeGreaterThan(50);
});
