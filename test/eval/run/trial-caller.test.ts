/** How one trial asks its model: marked, paced, within the suite's budget, with the time of the recording. */
import { describe, expect, test } from "vitest";
import { createProviderGates } from "../../../src/eval/run/provider-gates.ts";
import { createSpending } from "../../../src/eval/run/spending.ts";
import { createTrialCaller } from "../../../src/eval/run/trial-caller.ts";
import type { AttemptOptions, Model, ModelRequest } from "../../../src/model/model.ts";
import { seededRandom } from "../../../src/shared/random.ts";
import { createManualClock } from "../../../src/testing/manual-clock.ts";

const REQUEST: ModelRequest = {
  system: [],
  messages: [{ role: "user", parts: [{ text: "Hello." }] }],
  format: { kind: "text" },
  maxOutputTokens: 100,
  parameters: {},
};
const signal = new AbortController().signal;

function world(generate: (attempt: AttemptOptions) => void = () => {}) {
  const clock = createManualClock();
  const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0, cacheWriteTokens: 0 };
  const model: Model = {
    ...{ name: "compatible:x", provider: "compatible", price: null, maxOutputTokens: 100, formats: ["text"] },
    async generate(_, attempt) {
      generate(attempt);
      return { value: "Hi.", raw: null, model: "x-1", usage };
    },
  };
  const spending = createSpending({ maxCostUsd: null, maxTokens: 1_000 });
  const rates = { compatible: { requestsPerMinute: 2, tokensPerMinute: 1_000 } };
  const gates = createProviderGates(rates, clock);
  const given = { model, trial: 3, gates, spending, clock, random: seededRandom(1) };
  return {
    clock,
    spending,
    live: createTrialCaller({ ...given, isReplay: false }),
    replay: createTrialCaller({ ...given, isReplay: true }),
  };
}

describe("a trial's caller", () => {
  test("marks every attempt with the trial, and knows who answered", async () => {
    const trials: unknown[] = [];
    const { live } = world(({ trial }) => trials.push(trial));
    await live.caller.call(REQUEST, { signal });
    expect([trials, live.answeredBy()]).toEqual([[3], ["x-1"]]);
  });

  test("keeps to the provider's rate, and gives back what an estimate had too much", async () => {
    const { live, clock } = world();
    await live.caller.call(REQUEST, { signal });
    await live.caller.call(REQUEST, { signal });
    let isDone = false;
    void live.caller.call(REQUEST, { signal }).then(() => {
      isDone = true;
    });
    await clock.advanceAsync(29_000);
    expect(isDone).toBe(false);
    await clock.advanceAsync(2_000);
    expect(isDone).toBe(true);
  });

  test("counts what was used, and refuses once the suite's budget is used up", async () => {
    const { live, spending, clock } = world();
    let refused: unknown = null;
    for (let call = 0; call < 80 && refused === null; call++) {
      const asked = live.caller.call(REQUEST, { signal }).catch((thrown: unknown) => {
        refused = thrown;
      });
      await clock.advanceAsync(31_000);
      await asked;
    }
    expect(refused).toMatchObject({ code: "LIMIT_COST" });
    expect(spending.spent().tokens).toBeLessThanOrEqual(1_000);
    expect(spending.isUsedUp()).toBe(true);
  });

  test("spends and waits for nothing in a replay, whose time is that of the recording", async () => {
    const { replay, spending, clock } = world(({ onLatency }) => onLatency?.(1_234));
    for (let call = 0; call < 5; call++) await replay.caller.call(REQUEST, { signal });
    expect([spending.spent().tokens, replay.latencyMs(), clock.timers]).toEqual([0, 5 * 1_234, 0]);
  });

  test("has no latency where nobody was asked", () => {
    expect(world().live.latencyMs()).toBeNull();
  });
});
