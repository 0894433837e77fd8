/** A model whose attempts are written out one by one, for tests of what calls it. */

import type { ErrorCode } from "../../src/error/codes.ts";
import {
  type AttemptOptions,
  type Model,
  type ModelAnswer,
  ModelError,
  type ModelRequest,
  type TokenUsage,
} from "../../src/model/model.ts";

export type Step = (request: ModelRequest, options: AttemptOptions) => Promise<ModelAnswer>;

export interface AttemptScript extends Model {
  /** What each attempt was asked. */
  asked: ModelRequest[];
}

/** Steps in order; the last one again and again. */
export function attemptScript(steps: Step[], fields: Partial<Model> = {}): AttemptScript {
  const asked: ModelRequest[] = [];
  return {
    name: "scripted",
    provider: "scripted",
    price: { inputUsdPerMillion: 1_000, outputUsdPerMillion: 5_000 },
    maxOutputTokens: 10_000,
    formats: ["text"],
    ...fields,
    asked,
    generate(request, options) {
      const step = steps[Math.min(asked.length, steps.length - 1)];
      asked.push(request);
      if (step === undefined) throw new Error("the script is empty");
      return step(request, options);
    },
  };
}

export function tokens(inputTokens: number, outputTokens: number): TokenUsage {
  return { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0 };
}

export function answers(value = "fine", usage = tokens(100, 10)): Step {
  return async (_, { onText }) => {
    onText?.(value);
    return { value, usage, raw: null, model: "scripted-1" };
  };
}

export function fails(code: ErrorCode, details: { retryAfterMs?: number; usage?: TokenUsage } = {}): Step {
  return async () => {
    throw new ModelError(code, `${code} happened`, details);
  };
}

/** Gives a sign of life at each of these times after its start, and then none; obeys the signal. */
export function livesUntil(signs: readonly number[], after: (ms: number, fire: () => void) => unknown): Step {
  return (_, { signal, onActivity }) =>
    new Promise((_resolve, reject) => {
      for (const ms of signs) after(ms, () => onActivity?.());
      signal.addEventListener("abort", () => reject(signal.reason));
    });
}

/** Never settles, whatever the signal says. */
export const deaf: Step = () => new Promise(() => {});
