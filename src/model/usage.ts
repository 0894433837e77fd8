/** What model calls use, and may use. Owns: the shapes, and adding them up. */

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  modelCalls: number;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, modelCalls: 0 };

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    modelCalls: left.modelCalls + right.modelCalls,
  };
}

/** In USD; null once a price was unknown. */
export function addCost(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

/** What calls of a model may use at most: tokens, and USD where the price is known. */
export interface Allowance {
  tokens: number;
  /** Null: no limit in USD, or none that can be kept since the price is unknown. */
  costUsd: number | null;
}

/**
 * What other people's planners, tools and servers say they used, as a journal can hold it: whole numbers from 0. What is
 * no number counts as nothing.
 */
export function soundUsage(told: Partial<Usage> | undefined): Usage {
  return {
    inputTokens: soundCount(told?.inputTokens),
    outputTokens: soundCount(told?.outputTokens),
    modelCalls: soundCount(told?.modelCalls),
  };
}

function soundCount(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER) : 0;
}

/** USD from 0; what is no such amount is unknown. */
export function soundCost(told: unknown): number | null {
  return typeof told === "number" && Number.isFinite(told) && told >= 0 ? told : null;
}

/** Likewise what they want to reserve; what is no number of tokens reserves nothing, and so gets no call. */
export function soundAllowance(told: Allowance | null | undefined): Allowance | null {
  if (told == null || !Number.isFinite(told.tokens) || told.tokens < 0) return null;
  return { tokens: Math.ceil(told.tokens), costUsd: soundCost(told.costUsd) };
}
