/** How fast and how much a suite may ask: token buckets, lanes, the budget of all trials together. */
import { describe, expect, test } from "vitest";
import { createLanes } from "../../../src/eval/run/lanes.ts";
import { createSpending } from "../../../src/eval/run/spending.ts";
import { createTokenBucket } from "../../../src/eval/run/token-bucket.ts";
import type { ModelRequest } from "../../../src/model/model.ts";
import { createManualClock } from "../../../src/testing/manual-clock.ts";

const never = new AbortController().signal;

describe("a token bucket", () => {
  test("gives its capacity at once, then refills evenly, first come first served", async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ perMinute: 60, clock });
    const order: string[] = [];
    const take = (name: string, amount: number): void => {
      void bucket.take(amount, never).then(() => order.push(name));
    };
    take("a", 60);
    take("b", 10);
    take("c", 1);
    await clock.advanceAsync(0);
    expect(order).toEqual(["a"]);
    await clock.advanceAsync(9_000);
    expect(order).toEqual(["a"]);
    await clock.advanceAsync(1_100);
    expect(order).toEqual(["a", "b"]);
    await clock.advanceAsync(1_000);
    expect(order).toEqual(["a", "b", "c"]);
    expect(clock.timers).toBe(0);
  });

  test("lets more than its capacity through once it is full, instead of never", async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ perMinute: 10, clock });
    let isThrough = false;
    await bucket.take(10, never);
    void bucket.take(25, never).then(() => {
      isThrough = true;
    });
    await clock.advanceAsync(59_000);
    expect(isThrough).toBe(false);
    await clock.advanceAsync(2_000);
    expect(isThrough).toBe(true);
  });

  test("lets go of whoever gave up, so that the next one need not wait for them", async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ perMinute: 10, clock });
    await bucket.take(10, never);
    const giveUp = new AbortController();
    const first = bucket.take(10, giveUp.signal).catch((thrown: unknown) => thrown);
    let isThrough = false;
    void bucket.take(1, never).then(() => {
      isThrough = true;
    });
    giveUp.abort(new Error("enough"));
    expect(await first).toEqual(new Error("enough"));
    await clock.advanceAsync(6_100);
    expect(isThrough).toBe(true);
  });
});

describe("lanes", () => {
  test("run no more at the same time than there are, and give a lane back where work fails", async () => {
    const lanes = createLanes(2);
    let running = 0;
    let most = 0;
    const work = async (fails: boolean): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 3; turn++) await null;
      running -= 1;
      if (fails) throw new Error("no");
    };
    const all = [true, true, false, false, false].map((fails) => lanes.run(() => work(fails)));
    const done = await Promise.allSettled(all);
    expect(done.map(({ status }) => status)).toEqual(["rejected", "rejected", ...Array(3).fill("fulfilled")]);
    expect(most).toBe(2);
  });
});

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
const REQUEST: ModelRequest = {
  system: [],
  messages: [{ role: "user", parts: [{ text: "x".repeat(200) }] }],
  format: { kind: "text" },
  maxOutputTokens: 700,
  parameters: {},
};

describe("the budget of a suite", () => {
  test("reserves before calls and settles after them: at no time is more promised than is left", async () => {
    const spending = createSpending({ maxCostUsd: null, maxTokens: 1_500 });
    const first = await spending.reserve(REQUEST, PRICE);
    let second: Awaited<ReturnType<typeof spending.reserve>> | undefined;
    void spending.reserve(REQUEST, PRICE).then((reserved) => {
      second = reserved;
    });
    for (let turn = 0; turn < 5; turn++) await null;
    expect(first?.tokens).toBe(1_000);
    expect(second?.tokens).toBe(500);
    expect(spending.isUsedUp()).toBe(false);
  });

  test("waits for open calls before it says that nothing is left, then says so for good", async () => {
    const spending = createSpending({ maxCostUsd: null, maxTokens: 1_000 });
    const first = (await spending.reserve(REQUEST, PRICE))!;
    let second: unknown = "waiting";
    void spending.reserve(REQUEST, PRICE).then((reserved) => {
      second = reserved;
    });
    for (let turn = 0; turn < 5; turn++) await null;
    expect(second).toBe("waiting");
    spending.settle(first, { usage: { inputTokens: 900, outputTokens: 90, modelCalls: 1 }, costUsd: 0.001 });
    for (let turn = 0; turn < 5; turn++) await null;
    expect([second, spending.isUsedUp()]).toEqual([null, true]);
    expect(await spending.reserve(REQUEST, PRICE)).toBeNull();
    expect(spending.spent()).toEqual({ tokens: 990, costUsd: 0.001 });
  });

  test("holds a limit in USD", async () => {
    const spending = createSpending({ maxCostUsd: 0.0004, maxTokens: null });
    const reserved = await spending.reserve(REQUEST, PRICE);
    expect(reserved?.costUsd).toBeLessThanOrEqual(0.0004);
    expect(reserved?.maxOutputTokens).toBe(100);
  });
});
