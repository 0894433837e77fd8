/**
 * How tools ask a model. Owns: composing a request out of a prompt file, sharing an attempt's allowance among its
 * calls, telling what each call used. Must not: retry (the caller does), nor hold any prompt's text.
 */
import { LEAST_OUTPUT_TOKENS, reserve } from "../../src/model/account.ts";
import {
  type CallOptions,
  ModelCallError,
  type ModelCaller,
  type ModelMessage,
  type ModelRequest,
  type ModelText,
} from "../../src/model/model.ts";
import { type Allowance, NO_USAGE, type Usage } from "../../src/model/usage.ts";
import type { Prompt, PromptLibrary } from "../../src/prompt/prompt.ts";
import type { ToolContext } from "../../src/tool/tool.ts";

/** A filled-in prompt; the parts, where there are any, say what is worth caching. */
export interface Rendered {
  system: string;
  user: string;
  systemParts?: ModelText[];
  userParts?: ModelText[];
}

/** What every model-backed tool is made of. */
export interface ModelToolParts {
  caller: ModelCaller;
  prompts: PromptLibrary;
  /** `renderPrompt` of src/prompt. */
  render(prompt: Prompt, values: Readonly<Record<string, string>>): Rendered;
}

/** One thing to ask. */
export interface Question {
  prompt: Prompt;
  values: Readonly<Record<string, string>>;
  /** What the answer may take; a model that allows less gets less. */
  maxOutputTokens: number;
  /** An answer that could not be used, and what was found: asks for a better one. */
  repair?: { prompt: Prompt; answer: string; findings: string };
}

/** Asks for text, whatever the server can do: prompts say what the answer must look like, and tools check it. */
export function composeRequest({ caller, render }: ModelToolParts, question: Question): ModelRequest {
  const { prompt, values, maxOutputTokens, repair } = question;
  const { system, user, systemParts = [{ text: system }], userParts = [{ text: user }] } = render(prompt, values);
  const messages: ModelMessage[] = [{ role: "user", parts: userParts }];
  if (repair !== undefined) {
    const rendered = render(repair.prompt, { findings: repair.findings });
    messages.push({ role: "assistant", parts: [{ text: repair.answer || "(nothing)" }] });
    messages.push({ role: "user", parts: rendered.userParts ?? [{ text: rendered.user }] });
  }
  return {
    system: systemParts.filter(({ text }) => text !== ""),
    messages,
    format: { kind: "text" },
    maxOutputTokens: Math.max(LEAST_OUTPUT_TOKENS, Math.min(maxOutputTokens, caller.model.maxOutputTokens)),
    parameters: {},
  };
}

export interface AskOptions {
  /** Aborts with the attempt; the context's signal by default. */
  signal?: AbortSignal;
}

/** Asks and gives the answer's text. Throws ModelCallError: final for this attempt. */
export type Ask = (question: Question, options?: AskOptions) => Promise<string>;

/**
 * The calls of one attempt. `calls`: how many are sure to come. The last of them gets all that is left of the
 * allowance, those before it what they may need at most, so that calls side by side can't overspend it together.
 */
export function createAsk(parts: ModelToolParts, context: ToolContext, calls = 1): Ask {
  const { caller } = parts;
  let left = context.allowance;
  let toCome = calls;
  const take = (request: ModelRequest): Allowance | null => {
    toCome -= 1;
    if (left === null) return null;
    const share = toCome < 1 ? left : (reserve(request, caller.model.price, left) ?? left);
    left = minus(left, share);
    return { tokens: share.tokens, costUsd: left.costUsd === null ? null : share.costUsd };
  };
  const settle = (share: Allowance | null, used: { usage: Usage; costUsd: number | null }, prompt: Prompt): void => {
    if (left !== null && share !== null) left = plus(left, minus(share, spent(used)));
    const { name, version, hash } = prompt;
    context.report({ ...used, model: caller.model.name, prompt: { name, version, hash } });
  };
  return async (question, { signal = context.signal } = {}) => {
    const request = composeRequest(parts, question);
    const share = take(request);
    const options: CallOptions = share === null ? { signal } : { signal, allowance: share };
    const { prompt } = question.repair ?? question;
    try {
      const { value, usage, costUsd } = await caller.call(request, options);
      settle(share, { usage, costUsd }, prompt);
      return value;
    } catch (thrown) {
      settle(share, usedBy(thrown), prompt);
      throw thrown;
    }
  };
}

/** A caller throws ModelCallError; of anything else it is only known that a call was tried. */
function usedBy(thrown: unknown): { usage: Usage; costUsd: number | null } {
  if (!(thrown instanceof ModelCallError)) return { usage: { ...NO_USAGE, modelCalls: 1 }, costUsd: null };
  return { usage: thrown.usage, costUsd: thrown.costUsd };
}

function spent({ usage, costUsd }: { usage: Usage; costUsd: number | null }): Allowance {
  return { tokens: usage.inputTokens + usage.outputTokens, costUsd: costUsd ?? 0 };
}

function minus(left: Allowance, right: Allowance): Allowance {
  return combine(left, right, -1);
}

function plus(left: Allowance, right: Allowance): Allowance {
  return combine(left, right, 1);
}

function combine(left: Allowance, right: Allowance, sign: 1 | -1): Allowance {
  const costUsd = left.costUsd === null ? null : left.costUsd + sign * (right.costUsd ?? 0);
  return { tokens: left.tokens + sign * right.tokens, costUsd };
}

/**
 * What these questions may use at most, within what is left. Null where not all of `sure` can be asked; `perhaps` (a
 * repair) gets what is left then, or nothing.
 */
export function reserveQuestions(
  parts: ModelToolParts,
  { sure, perhaps = [] }: { sure: readonly Question[]; perhaps?: readonly Question[] },
  left: Allowance,
): Allowance | null {
  const { price } = parts.caller.model;
  let rest = left;
  let total: Allowance = { tokens: 0, costUsd: price === null ? null : 0 };
  for (const [place, question] of [...sure, ...perhaps].entries()) {
    const reserved = reserve(composeRequest(parts, question), price, rest);
    if (reserved === null && place < sure.length) return null;
    if (reserved === null) break;
    rest = minus(rest, reserved);
    total = plus(total, reserved);
  }
  return total;
}
