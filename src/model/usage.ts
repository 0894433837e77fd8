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
