/** Reservations for model calls of planners and tools (KERNEL 15, SAFETY R9). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { validateEntry } from "../../src/journal/validate-entry.ts";
import { ModelCallError } from "../../src/model/model.ts";
import type { Allowance } from "../../src/model/usage.ts";
import type { Planner, PlanOptions } from "../../src/planner/planner.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import type { ToolContext } from "../../src/tool/tool.ts";
import { createWorld, sleep, type World } from "./run-world.ts";

const planOf = (steps: object[], rest: object = {}) =>
  ({ kind: "plan", rationale: "test", steps, ...rest }) as unknown as JsonValue;

/** As a model: every answer may use `most` tokens and uses `used` of them; a token costs 0.001 USD. */
interface Spending {
  most: number;
  used: number;
}
const PRICE = 0.001;
const wantOf =
  ({ most }: Spending) =>
  (left: Allowance): Allowance | null => {
    const costUsd = most * PRICE;
    return left.tokens < most || (left.costUsd !== null && left.costUsd < costUsd) ? null : { tokens: most, costUsd };
  };
const usedOf = ({ used }: Spending) => ({
  usage: { inputTokens: used, outputTokens: 0, modelCalls: 1 },
  costUsd: used * PRICE,
});

function spendingPlanner(answers: JsonValue[], spending: Spending): Planner & { allowances: unknown[] } {
  const allowances: unknown[] = [];
  return {
    name: "spending",
    model: "test:model",
    allowances,
    reserve: (_, left) => wantOf(spending)(left),
    async plan(_, { allowance }: PlanOptions) {
      allowances.push(allowance);
      return { raw: answers[allowances.length - 1] ?? null, model: "test:model", ...usedOf(spending) };
    },
  };
}

/** A tool that calls a model for a second. */
function spendingTool(clock: ManualClock, spending: Spending) {
  return {
    behaviours: {
      ask: async (_: object, context: ToolContext) => {
        await sleep(clock, 1_000);
        context.report({
          ...usedOf(spending),
          model: "test:model",
          prompt: { name: "p", version: 1, hash: "sha256:0" },
        });
        return { allowance: context.allowance };
      },
    },
    definitions: {
      ask: { uses: ["model" as const], reserve: (_: unknown, left: Allowance) => wantOf(spending)(left) },
    },
  };
}

const ask = (id: string) => ({ id, tool: "ask", input: { id } });

async function entriesOf({ clock, data }: World, run: string) {
  return (await createMemoryStore({ clock, data }).read(run)).entries;
}

/** At every entry: what was spent and what is reserved, from the entries alone. */
async function accountsOf(world: World, run: string): Promise<{ spent: number; reserved: number; seq: number }[]> {
  const open = new Map<string, number>();
  let spent = 0;
  return (await entriesOf(world, run)).map((entry) => {
    const data = entry.data as { reservation?: Allowance; usage?: { inputTokens: number; outputTokens: number } };
    const key = entry.kind.startsWith("decision.") ? "decision" : `${entry.step} ${entry.index ?? ""}`;
    if (data.reservation !== undefined) open.set(key, data.reservation.tokens);
    else if (entry.kind !== "decision.step") open.delete(key);
    if (data.usage !== undefined) spent += data.usage.inputTokens + data.usage.outputTokens;
    return { spent, reserved: [...open.values()].reduce((sum, tokens) => sum + tokens, 0), seq: entry.seq };
  });
}

describe("a planner that reserves", () => {
  test("gets what was reserved, and what it used settles it", async () => {
    const planner = spendingPlanner([planOf([{ id: "a", tool: "echo", input: {} }])], { most: 100, used: 30 });
    const result = await createWorld({ planner }).run({ goal: "test", budget: { maxTokens: 1_000 } });
    expect(planner.allowances).toEqual([{ tokens: 100, costUsd: 0.1 }]);
    expect(result).toMatchObject({ status: "completed", model: "test:model", costUsd: 0.03 });
    expect(result.usage).toMatchObject({ inputTokens: 30, modelCalls: 1 });
  });

  test.each([
    ["LIMIT_TOKENS", { maxTokens: 150, maxCostUsd: 1 }],
    ["LIMIT_COST", { maxTokens: 1_000, maxCostUsd: 0.15 }],
  ])(
    "ends the run with %s where too little is left for another decision, and keeps what was achieved",
    async (limit, budget) => {
      const again = planOf([{ id: "a", tool: "echo", input: {} }], { then: "replan" });
      const planner = spendingPlanner([again, again], { most: 100, used: 80 });
      const result = await createWorld({ planner }).run({ goal: "test", budget });
      expect(result).toMatchObject({ status: "exhausted", error: { code: limit }, decisions: 1 });
      expect(result.steps).toMatchObject([{ id: "a", status: "completed" }]);
      expect(planner.allowances).toHaveLength(1);
    },
  );

  test("is refused a dry run in the same words", async () => {
    const planner = spendingPlanner([planOf([])], { most: 100, used: 80 });
    const world = createWorld({ planner });
    const plan = (budget: object) => world.until(world.runtime.plan({ goal: "test", budget }));
    await expect(plan({ maxTokens: 50 })).rejects.toMatchObject({ code: "LIMIT_TOKENS" });
    await expect(plan({ maxCostUsd: 0.05 })).rejects.toMatchObject({ code: "LIMIT_COST" });
    expect(planner.allowances).toEqual([]);
  });

  test("tells what a failed call used", async () => {
    const failing: Planner = {
      ...spendingPlanner([], { most: 100, used: 0 }),
      plan: () => Promise.reject(new ModelCallError("MODEL_UNAVAILABLE", "down", usedOf({ most: 100, used: 40 }))),
    };
    const result = await createWorld({ planner: failing }).run({ goal: "test" });
    expect(result).toMatchObject({ status: "failed", error: { code: "MODEL_UNAVAILABLE" }, costUsd: 0.04 });
    expect(result.usage).toMatchObject({ inputTokens: 40 });
  });

  test.each([
    [{ inputTokens: Number.NaN, outputTokens: -4, modelCalls: 1.2 }, Number.NaN],
    [{ inputTokens: "9", outputTokens: Infinity }, -1],
    [null, "free"],
  ])("may say nonsense of what it used: %o, %o; the journal can still be read", async (usage, costUsd) => {
    const raw = planOf([{ id: "a", tool: "echo", input: {} }]);
    const planner = { name: "odd", plan: async () => ({ raw, usage, costUsd }) } as unknown as Planner;
    const world = createWorld({ planner });
    const result = await world.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", costUsd: null, output: { a: {} } });
    const entries = JSON.parse(JSON.stringify(await entriesOf(world, result.id))) as unknown[];
    expect(entries.map(validateEntry).filter((entry) => "problem" in entry)).toEqual([]);
  });

  test("is given time to say what it used when the run is cancelled; else all that was reserved counts", async () => {
    for (const [isPolite, used] of [
      [true, 25],
      [false, 100],
    ] as const) {
      const polite: Planner = {
        ...spendingPlanner([], { most: 100, used: 0 }),
        plan: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            const error = new ModelCallError("CANCELLED", "stopped", usedOf({ most: 100, used: 25 }));
            if (isPolite) signal.addEventListener("abort", () => reject(error));
          }),
      };
      const world = createWorld({ planner: polite });
      const handle = await world.runtime.start({ goal: "test" });
      await world.clock.advanceAsync(10);
      await world.until(handle.cancel());
      const result = await world.result(handle);
      expect(result).toMatchObject({ status: "cancelled", usage: { inputTokens: used } });
    }
  });

  test("after a crash all that was reserved counts, and asking again has a reservation of its own", async () => {
    const hanging: Planner = { ...spendingPlanner([], { most: 100, used: 0 }), plan: () => new Promise(() => {}) };
    const world = createWorld({ planner: hanging });
    const { id } = await world.runtime.start({ goal: "test", budget: { maxTokens: 250 } });
    await world.clock.advanceAsync(10);
    const planner = spendingPlanner([planOf([])], { most: 100, used: 30 });
    const next = world.crash({ planner });
    const result = await next.result(await next.until(next.runtime.resume(id)));
    expect(planner.allowances).toEqual([{ tokens: 100, costUsd: 0.1 }]);
    expect(result).toMatchObject({ status: "completed", usage: { inputTokens: 130, modelCalls: 2 } });
    const third = createWorld({ planner: hanging });
    const { id: poor } = await third.runtime.start({ goal: "test", budget: { maxTokens: 150 } });
    await third.clock.advanceAsync(10);
    const fourth = third.crash();
    const end = await fourth.result(await fourth.until(fourth.runtime.resume(poor)));
    expect(end).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TOKENS" } });
  });
});

describe("tools that call a model", () => {
  test("get what was reserved; usage, models and prompts are journalled with the outcome", async () => {
    const clock = createManualClock();
    const world = createWorld({ clock, ...spendingTool(clock, { most: 100, used: 60 }) });
    const result = await world.apply([ask("a")]);
    expect(result).toMatchObject({ status: "completed", usage: { inputTokens: 60, modelCalls: 1 }, costUsd: 0.06 });
    expect(result.output).toEqual({ a: { allowance: { tokens: 100, costUsd: 0.1 } } });
    const entries = await entriesOf(world, result.id);
    expect(entries.find(({ kind }) => kind === "step.completed")?.data).toMatchObject({
      models: ["test:model"],
      prompts: [{ name: "p", version: 1 }],
    });
  });

  test("wait for others' reservations, and end the run only where none is open", async () => {
    const clock = createManualClock();
    const world = createWorld({ clock, ...spendingTool(clock, { most: 100, used: 40 }) });
    const steps = ["a", "b", "c", "d"].map(ask);
    const result = await world.apply(steps, { request: { budget: { maxTokens: 215 } } });
    // Two at first (200 of 215); then 80 are spent and one more fits; then 120 are, and 95 left.
    expect(world.calls.map(({ atMs }) => atMs - (world.calls[0]?.atMs ?? 0))).toEqual([0, 0, 1_000]);
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TOKENS" }, usage: { inputTokens: 120 } });
    for (const { spent, reserved } of await accountsOf(world, result.id))
      expect(spent + reserved).toBeLessThanOrEqual(215);
  });

  test("that time out have used all that was reserved", async () => {
    const clock = createManualClock();
    const { behaviours, definitions } = spendingTool(clock, { most: 100, used: 40 });
    const slow = { ask: { ...definitions.ask, timeoutMs: 500, idempotency: "none" as const } };
    const result = await createWorld({ clock, behaviours, definitions: slow }).apply([ask("a")]);
    expect(result).toMatchObject({ status: "failed", usage: { inputTokens: 100 }, costUsd: 0.1 });
  });

  test("never take the sum of spent and reserved past the budget", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ most: fc.integer({ min: 1, max: 120 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 400 }),
        async ({ most, share }, count, maxTokens) => {
          const clock = createManualClock();
          const world = createWorld({ clock, ...spendingTool(clock, { most, used: Math.floor(most * share) }) });
          const steps = Array.from({ length: count }, (_, place) => ask(`s${place}`));
          const result = await world.apply(steps, { request: { budget: { maxTokens } } });
          expect(["completed", "exhausted"]).toContain(result.status);
          for (const { spent, reserved } of await accountsOf(world, result.id)) {
            expect(spent + reserved).toBeLessThanOrEqual(maxTokens);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
