/** What calls may use: no attempt and no sum of attempts goes past the allowance, whatever fails on the way. */
import { describe, expect, test } from "vitest";
import { costOf, reserve } from "../../src/model/account.ts";
import { createModelCaller } from "../../src/model/call-model.ts";
import { type Model, ModelCallError, ModelError, type ModelReply, type ModelRequest } from "../../src/model/model.ts";
import type { Allowance } from "../../src/model/usage.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { answers, attemptScript, deaf, fails, type Step, tokens } from "./attempt-script.ts";
import { requestOf } from "./model-worlds.ts";

const PRICE = { inputUsdPerMillion: 1_000, outputUsdPerMillion: 5_000 };
/** Of `requestOf()`: its bytes, halved, and 200 for what providers add. */
const INPUT = 211;

interface Asked {
  steps: Step[];
  allowance?: Allowance;
  model?: Partial<Model>;
  request?: ModelRequest;
}

async function call({ steps, allowance, model: fields, request = requestOf() }: Asked) {
  const clock = createManualClock();
  const model = attemptScript(steps, fields);
  const caller = createModelCaller(model, { clock, random: { next: () => 0 } });
  let isOver = false;
  const signal = new AbortController().signal;
  const reply: Promise<ModelReply | ModelCallError> = caller
    .call(request, { signal, ...(allowance ? { allowance } : {}) })
    .catch((thrown: unknown) => thrown as ModelCallError)
    .finally(() => {
      isOver = true;
    });
  while (!isOver && (await clock.advanceToNext()));
  return { got: await reply, asked: model.asked };
}

describe("one attempt", () => {
  test("asks for as much output as is affordable", async () => {
    const { got, asked } = await call({ steps: [answers()], allowance: { tokens: INPUT + 300, costUsd: null } });
    expect(asked[0]?.maxOutputTokens).toBe(300);
    expect(got).toMatchObject({ usage: { inputTokens: 100, outputTokens: 10, modelCalls: 1 }, costUsd: 0.15 });
    const byCost = await call({ steps: [answers()], allowance: { tokens: 1e6, costUsd: INPUT / 1_000 + 0.5 } });
    expect(byCost.asked[0]?.maxOutputTokens).toBe(100);
  });

  test("asks for no more than the model can give", async () => {
    const { asked } = await call({ steps: [answers()], model: { maxOutputTokens: 128 } });
    expect(asked[0]?.maxOutputTokens).toBe(128);
  });

  test("is not made where too little is left, and the limit is named", async () => {
    const byTokens = await call({ steps: [answers()], allowance: { tokens: INPUT + 10, costUsd: 100 } });
    expect(byTokens.got).toMatchObject({ code: "LIMIT_TOKENS", usage: { modelCalls: 0 }, costUsd: 0 });
    const byCost = await call({ steps: [answers()], allowance: { tokens: 1e6, costUsd: 0.01 } });
    expect(byCost.got).toMatchObject({ code: "LIMIT_COST", usage: { modelCalls: 0 } });
    expect([byTokens.asked, byCost.asked]).toEqual([[], []]);
    expect(byCost.got).toBeInstanceOf(ModelCallError);
  });

  test("of a model without a price keeps to the tokens alone", async () => {
    const { got } = await call({ steps: [answers()], model: { price: null }, allowance: { tokens: 1e6, costUsd: 0 } });
    expect(got).toMatchObject({ value: "fine", costUsd: null });
  });

  test("may not think that a long request is cheap", () => {
    const price = { ...PRICE, longInput: { overTokens: 1_000, inputUsdPerMillion: 2_000, outputUsdPerMillion: 7_500 } };
    const long = requestOf({ messages: [{ role: "user", parts: [{ text: "x".repeat(2_000) }] }] });
    const left = { tokens: 1e6, costUsd: 1e6 };
    const reserved = reserve(long, price, left);
    expect(reserved?.costUsd).toBeCloseTo((((reserved?.tokens ?? 0) - 1_000) * 2_000 + 1_000 * 7_500) / 1e6);
    expect(reserve(requestOf(), price, left)?.costUsd).toBeCloseTo((INPUT * 1_000 + 1_000 * 5_000) / 1e6);
  });
});

describe("failed attempts", () => {
  test("that told what they used count with that", async () => {
    const { got } = await call({ steps: [fails("MODEL_STREAM_BROKEN", { usage: tokens(50, 5) }), answers()] });
    expect(got.usage).toEqual({ inputTokens: 150, outputTokens: 15, modelCalls: 2 });
    expect(got.costUsd).toBeCloseTo(0.225);
  });

  test("count with what was reserved where nobody told", async () => {
    const { got } = await call({ steps: [deaf, answers()] });
    expect(got.usage).toEqual({ inputTokens: INPUT + 100, outputTokens: 1_010, modelCalls: 2 });
    expect(got.costUsd).toBeCloseTo(INPUT / 1_000 + 5 + 0.15);
  });

  test("that were refused before any work cost nothing", async () => {
    const { got } = await call({ steps: [fails("MODEL_OVERLOADED"), fails("MODEL_UNAVAILABLE"), answers()] });
    expect(got).toMatchObject({ usage: { inputTokens: 100, outputTokens: 10, modelCalls: 3 } });
  });

  test("that broke off after bytes came count with what was reserved, whatever their code", async () => {
    const begun: Step = async (_, { onActivity }) => {
      onActivity?.();
      throw new ModelError("MODEL_OVERLOADED", "in the middle");
    };
    const { got } = await call({ steps: [begun, answers()] });
    expect(got).toMatchObject({ usage: { outputTokens: 1_010 } });
  });

  test("end the call with their error once too little is left for another", async () => {
    const { got, asked } = await call({ steps: [deaf], allowance: { tokens: 2 * (INPUT + 1_000), costUsd: null } });
    expect(got).toMatchObject({ code: "MODEL_TIMEOUT", usage: { modelCalls: 2 } });
    expect(asked).toHaveLength(2);
  });
});

test("500 calls that fail in every way never use more than they may, or more than they say", async () => {
  const random = seededRandom(20_261_128);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
  /** What the provider would put on the bill. */
  let billed = tokens(0, 0);
  const attempt =
    (): Step =>
    async (request, { onActivity }) => {
      const isRefused = random.next() < 0.2;
      const output = Math.ceil(random.next() * request.maxOutputTokens);
      const usage = isRefused ? tokens(0, 0) : tokens(Math.ceil(random.next() * INPUT), output);
      billed = tokens(billed.inputTokens + usage.inputTokens, billed.outputTokens + usage.outputTokens);
      if (isRefused) throw new ModelError("MODEL_RATE_LIMITED", "not now");
      onActivity?.();
      if (random.next() < 0.2) return { value: "fine", usage, raw: null, model: "m" };
      const told = random.next() < 0.5 ? { usage } : {};
      throw new ModelError(pick(["MODEL_STREAM_BROKEN", "MODEL_OVERLOADED", "MODEL_TIMEOUT"]), "so it goes", told);
    };
  const codes = new Set<string>();
  for (let n = 0; n < 500; n++) {
    billed = tokens(0, 0);
    const allowance = { tokens: Math.ceil(random.next() * 5_000), costUsd: random.next() * 12 };
    const { got } = await call({ steps: Array.from({ length: 6 }, attempt), allowance });
    const told = { ...tokens(0, 0), ...got.usage };
    expect(told.inputTokens + told.outputTokens).toBeLessThanOrEqual(allowance.tokens);
    expect(got.costUsd).toBeLessThanOrEqual(allowance.costUsd + 1e-9);
    expect(billed.inputTokens).toBeLessThanOrEqual(told.inputTokens);
    expect(billed.outputTokens).toBeLessThanOrEqual(told.outputTokens);
    expect(costOf(billed, PRICE)).toBeLessThanOrEqual((got.costUsd ?? 0) + 1e-9);
    codes.add(got instanceof ModelCallError ? got.code : "answered");
  }
  expect([...codes].sort()).toEqual(
    expect.arrayContaining(["LIMIT_COST", "LIMIT_TOKENS", "MODEL_STREAM_BROKEN", "answered"]),
  );
});
