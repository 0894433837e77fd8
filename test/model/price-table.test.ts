import { describe, expect, test } from "vitest";
import { costOf } from "../../src/model/account.ts";
import { PRICES_AS_OF, pricedModels, priceOf } from "../../src/model/price-table.ts";

/** A million tokens of input, a tenth of it from the cache and a tenth written to it, and a hundred thousand of output. */
const usage = { inputTokens: 1e6, cachedInputTokens: 1e5, cacheWriteTokens: 1e5, outputTokens: 1e5 };

test("the table has a date, and only names of whole models", () => {
  expect(PRICES_AS_OF).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(pricedModels().length).toBeGreaterThan(20);
  for (const name of pricedModels()) expect(name).toMatch(/^(anthropic:claude|openai:gpt)-[\w.-]+$/);
});

test.each(pricedModels())("%s: what is read from the cache is cheaper than input, what is written is not", (name) => {
  const price = priceOf(name);
  for (const rates of [price!, ...(price?.longInput === undefined ? [] : [price.longInput])]) {
    const { inputUsdPerMillion: input, cachedInputUsdPerMillion: cached, cacheWriteUsdPerMillion: written } = rates;
    expect(cached).toBeLessThanOrEqual(input * 0.1 + 1e-9);
    expect(written).toBeGreaterThanOrEqual(input);
    expect(rates.outputUsdPerMillion).toBeGreaterThan(input);
  }
  const { longInput } = price!;
  if (longInput !== undefined) expect(longInput.inputUsdPerMillion).toBeGreaterThan(price!.inputUsdPerMillion);
});

describe("prices", () => {
  test("are those that the vendors publish", () => {
    expect(costOf(usage, priceOf("anthropic:claude-sonnet-5-5"))).toBeCloseTo(0.8 * 2 + 0.1 * 0.1 + 0.1 * 2.5 + 1);
    expect(costOf({ ...usage, inputTokens: 2e5 }, priceOf("openai:gpt-6.2-sol"))).toBeCloseTo(0.01 + 0.25 + 1);
  });

  test("of long requests hold for all of their tokens", () => {
    const sol = priceOf("openai:gpt-6.2-sol");
    const of = (inputTokens: number) =>
      costOf({ ...usage, cachedInputTokens: 0, cacheWriteTokens: 0, inputTokens }, sol);
    expect(of(272_000)).toBeCloseTo(0.272 * 2 + 1);
    expect(of(272_001)).toBeCloseTo(0.272_001 * 4 + 1.5);
    const haiku = priceOf("anthropic:claude-haiku-5-5");
    expect(costOf(usage, haiku)).toBeCloseTo(0.8 * 0.5 + 0.1 * 0.05 + 0.1 * 0.625 + 0.25);
  });

  test("of a dated version are those of the model", () => {
    expect(priceOf("anthropic:claude-haiku-4-5-20251001")).toEqual(priceOf("anthropic:claude-haiku-4-5"));
    expect(priceOf("openai:gpt-5.4-2026-03-05")).toEqual(priceOf("openai:gpt-5.4"));
  });

  test("that are not known are not guessed", () => {
    for (const name of ["anthropic:claude-fable-5-2", "openai:gpt-7", "compatible:llama3.3", "gpt-5.4", "toString"]) {
      expect(priceOf(name)).toBeNull();
    }
    expect(costOf(usage, null)).toBeNull();
  });

  test("of the configuration come first, and can be nothing at all", () => {
    const free = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
    const prices = { "openai:gpt-6.2-sol": free, "compatible:llama3.3": free };
    expect(priceOf("openai:gpt-6.2-sol", prices)).toBe(free);
    expect(costOf(usage, priceOf("compatible:llama3.3", prices))).toBe(0);
    expect(priceOf("openai:gpt-6-luna", prices)?.inputUsdPerMillion).toBe(0.1);
  });
});
