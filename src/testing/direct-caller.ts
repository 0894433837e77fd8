/**
 * A ModelCaller that calls once: for tests of planners and tools that call a model. Owns: counting and pricing.
 * Must not: retry or keep time; the real one does.
 */
import { asPlanwrightError } from "../error/planwright-error.ts";
import { costOf, reserve } from "../model/account.ts";
import { lacksTokens } from "../model/call-account.ts";
import {
  type AttemptOptions,
  type CallOptions,
  type Model,
  ModelCallError,
  type ModelCaller,
  ModelError,
  type ModelRequest,
  type TokenUsage,
} from "../model/model.ts";
import { NO_USAGE, type Usage } from "../model/usage.ts";

/**
 * Passes each call on to the model as one attempt. Within an allowance it caps the output like the real caller, and
 * refuses with LIMIT_TOKENS where too little is left.
 */
export function createDirectCaller(model: Model): ModelCaller {
  return {
    model,
    async call(request, { signal, onText, allowance, trial }) {
      const options: AttemptOptions = { signal };
      if (onText !== undefined) options.onText = onText;
      if (trial !== undefined) options.trial = trial;
      try {
        const { value, raw, usage, model: name } = await model.generate(capped(request, model, allowance), options);
        return { value, raw, model: name, usage: usageOf(usage), costUsd: costOf(usage, model.price) };
      } catch (thrown) {
        throw failedCall(thrown, model);
      }
    },
  };
}

function capped(request: ModelRequest, { price }: Model, allowance: CallOptions["allowance"]): ModelRequest {
  if (allowance === undefined) return request;
  const reservation = reserve(request, price, allowance);
  if (reservation !== null) return { ...request, maxOutputTokens: reservation.maxOutputTokens };
  const message = "Too little of the budget is left for this call.";
  const limit = lacksTokens(request, allowance) ? "LIMIT_TOKENS" : "LIMIT_COST";
  throw new ModelCallError(limit, message, { usage: NO_USAGE, costUsd: 0, hint: "Raise that limit." });
}

function failedCall(thrown: unknown, { price }: Model): ModelCallError {
  if (thrown instanceof ModelCallError) return thrown;
  const { code, message, hint, retryAfterMs } = asPlanwrightError(thrown);
  const used = thrown instanceof ModelError ? thrown.usage : null;
  const usage = used === null ? { ...NO_USAGE, modelCalls: 1 } : usageOf(used);
  const costUsd = used === null ? 0 : costOf(used, price);
  return new ModelCallError(code, message, { hint, retryAfterMs, cause: thrown, usage, costUsd });
}

function usageOf({ inputTokens, outputTokens }: TokenUsage): Usage {
  return { inputTokens, outputTokens, modelCalls: 1 };
}
