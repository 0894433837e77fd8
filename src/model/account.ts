/** What model calls cost and may cost. Owns: prices times tokens, the estimate before a call, the cap on its output. */

import type { ModelRequest, TokenUsage } from "./model.ts";
import type { Price, Rates } from "./price.ts";
import type { Allowance } from "./usage.ts";

/**
 * Bytes of UTF-8 per token, at the least, for text that is meant to be read. Byte-pair vocabularies give 3 to 5 for
 * prose and JSON; 2 leaves room, so that what is reserved is an upper bound. Real usage settles the reservation.
 */
const LEAST_BYTES_PER_TOKEN = 2;

/** Tokens that providers add around a request for roles, tools and formats. */
const REQUEST_OVERHEAD_TOKENS = 200;

/** Fewer tokens than this hold no useful answer. */
export const LEAST_OUTPUT_TOKENS = 64;

/** Cost in USD; null where the price is unknown. */
export function costOf(usage: TokenUsage, price: Price | null): number | null {
  if (price === null) return null;
  const rates = ratesFor(price, usage.inputTokens);
  const { inputUsdPerMillion: input, outputUsdPerMillion: output } = rates;
  const { cachedInputUsdPerMillion: cached = input, cacheWriteUsdPerMillion: written = input } = rates;
  const plain = usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens;
  const millionths =
    plain * input + usage.cachedInputTokens * cached + usage.cacheWriteTokens * written + usage.outputTokens * output;
  return millionths / 1e6;
}

function ratesFor(price: Price, inputTokens: number): Rates {
  const { longInput } = price;
  return longInput !== undefined && inputTokens > longInput.overTokens ? longInput : price;
}

/** Upper estimate of a request's input tokens: texts and schema, by their bytes. */
export function estimateInputTokens({ system, messages, format }: ModelRequest): number {
  const texts = [...system, ...messages.flatMap(({ parts }) => parts)].map(({ text }) => text);
  if (format.kind !== "text") texts.push(JSON.stringify(format.schema));
  return mostTokensOf(...texts) + REQUEST_OVERHEAD_TOKENS;
}

/** Upper estimate of the tokens of texts. */
export function mostTokensOf(...texts: readonly string[]): number {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return Math.ceil(bytes / LEAST_BYTES_PER_TOKEN);
}

export interface Reservation extends Allowance {
  /** Output tokens that the request may ask for. */
  maxOutputTokens: number;
}

/**
 * What one call of this request may use at most, within what is left: the input's estimate, and as much output as is
 * wanted or affordable. Null where not even a short answer is.
 */
export function reserve(request: ModelRequest, price: Price | null, left: Allowance): Reservation | null {
  const inputTokens = estimateInputTokens(request);
  const rates = price === null ? null : ratesFor(price, inputTokens);
  const dearest = rates === null ? 0 : Math.max(rates.inputUsdPerMillion, rates.cacheWriteUsdPerMillion ?? 0);
  const inputUsd = (inputTokens * dearest) / 1e6;
  const outputUsd = (rates?.outputUsdPerMillion ?? 0) / 1e6;
  const isPriced = left.costUsd !== null && outputUsd > 0;
  const affordable = isPriced ? Math.floor(((left.costUsd ?? 0) - inputUsd) / outputUsd) : Infinity;
  const maxOutputTokens = Math.min(request.maxOutputTokens, left.tokens - inputTokens, affordable);
  if (maxOutputTokens < Math.min(LEAST_OUTPUT_TOKENS, request.maxOutputTokens)) return null;
  const costUsd = price === null ? null : inputUsd + maxOutputTokens * outputUsd;
  return { tokens: inputTokens + maxOutputTokens, costUsd, maxOutputTokens };
}
