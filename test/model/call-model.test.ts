/** Retries, time limits and pieces of calls, by a clock that the test moves. */
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/error/codes.ts";
import type { CallLimits } from "../../src/model/call-limits.ts";
import { createModelCaller } from "../../src/model/call-model.ts";
import { type CallOptions, type Model, ModelCallError, ModelError, type ModelReply } from "../../src/model/model.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { answers, attemptScript, deaf, fails, livesUntil, type Step, tokens } from "./attempt-script.ts";
import { requestOf } from "./model-worlds.ts";

interface Started {
  clock: ManualClock;
  model: ReturnType<typeof attemptScript>;
  reply: Promise<ModelReply | ModelCallError>;
  abort(reason?: unknown): void;
}

interface Setting {
  steps: Step[];
  clock?: ManualClock;
  chance?: number;
  limits?: Partial<CallLimits>;
  options?: Partial<CallOptions>;
  model?: Partial<Model>;
}

/** Starts a call; `reply` never rejects. */
function start({ steps, clock = createManualClock(), chance = 0.5, limits, options, model: fields }: Setting): Started {
  const model = attemptScript(steps, fields);
  const caller = createModelCaller(model, { clock, random: { next: () => chance }, ...(limits ? { limits } : {}) });
  const controller = new AbortController();
  const reply = caller
    .call(requestOf(), { signal: controller.signal, ...options })
    .catch((thrown: unknown) => thrown as ModelCallError);
  return { clock, model, reply, abort: (reason) => controller.abort(reason) };
}

/** Lets the call run to its end, whatever time that takes. */
async function finish({ clock, reply }: Started): Promise<{ got: ModelReply | ModelCallError; tookMs: number }> {
  const startedAt = clock.monotonic();
  let got: ModelReply | ModelCallError | null = null;
  void reply.then((value) => {
    got = value;
  });
  while (got === null && (await clock.advanceToNext()));
  return { got: await reply, tookMs: clock.monotonic() - startedAt };
}

const RETRIED = ["MODEL_RATE_LIMITED", "MODEL_OVERLOADED", "MODEL_UNAVAILABLE", "MODEL_TIMEOUT", "MODEL_STREAM_BROKEN"];
const FINAL: ErrorCode[] = [
  ...(["MODEL_AUTH", "MODEL_QUOTA", "MODEL_BAD_REQUEST", "MODEL_CONTEXT_OVERFLOW", "MODEL_TRUNCATED"] as const),
  ...(["MODEL_REFUSED", "MODEL_BAD_RESPONSE", "CASSETTE_MISS", "CANCELLED"] as const),
];

describe("retries", () => {
  test.each(RETRIED as ErrorCode[])("%s is tried again", async (code) => {
    const call = start({ steps: [fails(code, { usage: tokens(7, 3) }), answers()] });
    const { got } = await finish(call);
    expect(got).toMatchObject({ value: "fine", usage: { inputTokens: 107, outputTokens: 13, modelCalls: 2 } });
  });

  test.each(FINAL)("%s is not", async (code) => {
    const call = start({ steps: [fails(code), answers()] });
    const { got, tookMs } = await finish(call);
    expect(got).toMatchObject({ code, usage: { modelCalls: 1 } });
    expect([call.model.asked.length, tookMs]).toEqual([1, 0]);
  });

  test("what is no error of a model is not tried again, and says what it was", async () => {
    const call = start({ steps: [() => Promise.reject(new TypeError("a bug"))] });
    expect((await finish(call)).got).toMatchObject({ code: "INTERNAL", message: "a bug" });
  });

  test("there are five of them, after pauses under a limit that doubles from one second", async () => {
    const call = start({ steps: [fails("MODEL_OVERLOADED")], chance: 0.999_999 });
    const { got, tookMs } = await finish(call);
    expect(got).toMatchObject({ code: "MODEL_OVERLOADED", usage: { modelCalls: 6 }, costUsd: 0 });
    expect(got).toHaveProperty("message", "MODEL_OVERLOADED happened (6 attempts)");
    expect(Math.round(tookMs / 1_000)).toBe(1 + 2 + 4 + 8 + 16);
  });

  test("by chance a pause may be none", async () => {
    expect((await finish(start({ steps: [fails("MODEL_OVERLOADED")], chance: 0 }))).tookMs).toBe(0);
  });

  test("the provider's wish to wait counts, where it is longer", async () => {
    const call = start({ steps: [fails("MODEL_RATE_LIMITED", { retryAfterMs: 20_000 }), answers()] });
    expect(await finish(call)).toMatchObject({ got: { value: "fine" }, tookMs: 20_000 });
  });

  test("a wish to wait for more than a minute is not waited for, and is told", async () => {
    const call = start({ steps: [fails("MODEL_RATE_LIMITED", { retryAfterMs: 61_000 }), answers()] });
    const { got, tookMs } = await finish(call);
    expect(got).toMatchObject({ code: "MODEL_RATE_LIMITED", retryAfterMs: 61_000, retryable: "after" });
    expect(tookMs).toBe(0);
  });

  test("a retry that could not start within the total time is not waited for", async () => {
    const slow = fails("MODEL_RATE_LIMITED", { retryAfterMs: 50_000 });
    const { got, tookMs } = await finish(start({ steps: [slow] }));
    expect(got).toMatchObject({ code: "MODEL_RATE_LIMITED", usage: { modelCalls: 4 } });
    expect(tookMs).toBe(150_000);
  });
});

describe("time", () => {
  test("45 s without a first byte are a timeout, and tried again", async () => {
    const call = start({ steps: [deaf, answers()], chance: 0 });
    const { got, tookMs } = await finish(call);
    expect(got).toMatchObject({ value: "fine", usage: { modelCalls: 2 } });
    expect(tookMs).toBe(45_000);
  });

  test("a compatible server may take all of the time for its first byte", async () => {
    const { got, tookMs } = await finish(start({ steps: [deaf], model: { provider: "compatible" } }));
    expect(got).toMatchObject({ code: "MODEL_TIMEOUT", message: expect.stringContaining("within 180 s") });
    expect(tookMs).toBe(180_000);
  });

  test("but once it has begun it may not be silent for more than 45 s", async () => {
    const clock = createManualClock();
    const signs = livesUntil([100_000, 120_000], (ms, fire) => clock.setTimer(ms, fire));
    const call = start({ steps: [signs], clock, model: { provider: "compatible" }, limits: { retries: 0 } });
    const { got, tookMs } = await finish(call);
    expect(got).toMatchObject({ code: "MODEL_TIMEOUT", message: expect.stringContaining("silent for 45 s") });
    expect(tookMs).toBe(165_000);
  });

  test("an answer that goes on and on ends after 180 s", async () => {
    const clock = createManualClock();
    const signs = Array.from({ length: 100 }, (_, n) => n * 10_000);
    const call = start({ steps: [livesUntil(signs, (ms, fire) => clock.setTimer(ms, fire))], clock });
    const { got } = await finish(call);
    expect(got).toMatchObject({ code: "MODEL_TIMEOUT", usage: { modelCalls: 1 } });
    expect(clock.monotonic()).toBe(180_000);
  });

  test("the limits hold for all attempts and pauses together", async () => {
    const { got, tookMs } = await finish(start({ steps: [deaf], chance: 0.5 }));
    expect(got).toMatchObject({ code: "MODEL_TIMEOUT", usage: { modelCalls: 4 } });
    expect(tookMs).toBe(180_000);
  });

  test("a call that ends leaves no timer behind", async () => {
    for (const steps of [[answers()], [fails("MODEL_AUTH")], [deaf]]) {
      const call = start({ steps });
      await finish(call);
      expect(call.clock.timers).toBe(0);
    }
  });
});

describe("cancelling", () => {
  test.each([
    ["an attempt that obeys", [livesUntil([], () => {})]],
    ["an attempt that is deaf", [deaf]],
    ["a pause", [fails("MODEL_RATE_LIMITED", { retryAfterMs: 30_000 })]],
  ] as [string, Step[]][])("ends %s at once", async (_, steps) => {
    const call = start({ steps });
    await call.clock.advanceAsync(10);
    call.abort();
    expect(await call.reply).toMatchObject({ code: "CANCELLED", usage: { modelCalls: 1 } });
    expect([call.clock.timers, call.clock.monotonic(), call.model.asked.length]).toEqual([0, 10, 1]);
  });

  test("before the first attempt nothing is asked and nothing was used", async () => {
    const call = start({ steps: [answers()], options: { signal: AbortSignal.abort() } });
    expect(await call.reply).toMatchObject({ code: "CANCELLED", usage: { modelCalls: 0 }, costUsd: 0 });
    expect(call.model.asked).toEqual([]);
  });

  test("a reason with a code is the error, and is not tried again even where its like would be", async () => {
    const call = start({ steps: [deaf] });
    await call.clock.advanceAsync(10);
    call.abort(new ModelError("MODEL_TIMEOUT", "the run is out of time"));
    expect(await call.reply).toMatchObject({ code: "MODEL_TIMEOUT", message: "the run is out of time" });
    expect(call.model.asked).toHaveLength(1);
  });
});

describe("pieces", () => {
  const brokenAfter = (...pieces: string[]): Step => {
    return async (_, { onText }) => {
      for (const piece of pieces) onText?.(piece);
      throw new ModelError("MODEL_STREAM_BROKEN", "broken", { usage: tokens(1, 1) });
    };
  };

  test("of a broken attempt are void before the first piece of the next one", async () => {
    const heard: string[] = [];
    const options = { onText: (piece: string) => void heard.push(piece), onRestart: () => void heard.push("RESTART") };
    const silentlyBroken = fails("MODEL_STREAM_BROKEN");
    const steps = [silentlyBroken, brokenAfter("fi"), silentlyBroken, brokenAfter("f"), answers("fine")];
    const { got } = await finish(start({ steps, options, chance: 0 }));
    expect(got).toMatchObject({ value: "fine" });
    expect(heard).toEqual(["fi", "RESTART", "f", "RESTART", "fine"]);
  });

  test("are void too where the last attempt gives the answer without pieces", async () => {
    const heard: string[] = [];
    const options = { onText: (piece: string) => void heard.push(piece), onRestart: () => void heard.push("RESTART") };
    const whole: Step = async () => ({ value: "fine", usage: tokens(1, 1), raw: null, model: "m" });
    await finish(start({ steps: [brokenAfter("fi"), whole], options, chance: 0 }));
    expect(heard).toEqual(["fi", "RESTART"]);
  });

  test("given to a reader that cannot be reset end the retries", async () => {
    const heard: string[] = [];
    const options = { onText: (piece: string) => void heard.push(piece) };
    const call = start({ steps: [fails("MODEL_OVERLOADED"), brokenAfter("fi"), answers()], options, chance: 0 });
    expect((await finish(call)).got).toMatchObject({ code: "MODEL_STREAM_BROKEN", usage: { modelCalls: 2 } });
    expect(heard).toEqual(["fi"]);
  });

  test("of an attempt that was given up are not heard, and are no sign of life", async () => {
    const heard: string[] = [];
    let late: (() => void) | null = null;
    const zombie: Step = (_, { onText, onActivity }) => {
      late = () => {
        onText?.("late");
        onActivity?.();
      };
      return new Promise(() => {});
    };
    const options = { onText: (piece: string) => void heard.push(piece), onRestart: () => {} };
    const limits = { firstByteMs: 42_000 };
    const call = start({ steps: [zombie, deaf, answers()], options, limits, chance: 0 });
    await call.clock.advanceAsync(80_000);
    expect(call.model.asked).toHaveLength(2);
    late!();
    // Of the second attempt: the zombie's sign of life set no other.
    expect(call.clock.timers).toBe(1);
    await call.clock.advanceAsync(10_000);
    expect(await call.reply).toMatchObject({ value: "fine" });
    expect(heard).toEqual(["fine"]);
  });
});

test("an error keeps its code, hint and what it used, and is the cause", async () => {
  const { got } = await finish(start({ steps: [fails("MODEL_AUTH", { usage: tokens(5, 0) })] }));
  expect(got).toBeInstanceOf(ModelCallError);
  expect(got).toMatchObject({ costUsd: 0.005, cause: { code: "MODEL_AUTH" } });
});

test("a provider that could not be reached is asked once by the calls of the next half minute, not six times", async () => {
  const clock = createManualClock();
  const down = fails("MODEL_UNAVAILABLE");
  const model = attemptScript([...Array<Step>(7).fill(down), answers(), down, answers()]);
  const caller = createModelCaller(model, { clock, random: { next: () => 0.5 } });
  const call = async (): Promise<unknown> => {
    const reply = caller.call(requestOf(), { signal: new AbortController().signal }).catch((thrown: unknown) => thrown);
    return (await finish({ clock, model, reply: reply as Started["reply"], abort: () => {} })).got;
  };
  expect([await call(), model.asked.length]).toMatchObject([{ code: "MODEL_UNAVAILABLE" }, 6]);
  expect([await call(), model.asked.length]).toMatchObject([{ code: "MODEL_UNAVAILABLE" }, 7]);
  expect([await call(), model.asked.length]).toMatchObject([{ value: "fine" }, 8]);
  expect([await call(), model.asked.length]).toMatchObject([{ value: "fine" }, 10]);
});
