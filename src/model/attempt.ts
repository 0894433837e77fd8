/**
 * One attempt at an answer through a provider's SDK. Owns: reading its stream to a complete answer, and turning whatever
 * goes wrong on the way into a ModelError with what was used. Must not: retry, wait, or keep errors of the SDK.
 */
import { describeThrown, type PlanwrightError } from "../error/planwright-error.ts";
import { cutText } from "../shared/cut-text.ts";
import { createMasker, type Masker } from "../shared/mask-secrets.ts";
import { abortReason } from "./abort-reason.ts";
import { estimateInputTokens, mostTokensOf } from "./account.ts";
import type { AnswerReader, ReadAnswer } from "./answer-reader.ts";
import { createExchange, type Exchange, type Fetch } from "./exchange.ts";
import {
  type AttemptOptions,
  type ModelAnswer,
  ModelError,
  type ModelRequest,
  NO_TOKENS,
  type TokenUsage,
} from "./model.ts";
import { failureOfBody, modelFailure } from "./provider-failure.ts";

export interface Attempt<Event> {
  /** `anthropic:NAME`, for messages. */
  model: string;
  request: ModelRequest;
  options: AttemptOptions;
  reader: AnswerReader<Event>;
  /** Taken out of everything that is kept. */
  secret: string | null;
  fetch: Fetch;
  /** Only these headers are sent; all of the SDK's where it is left out. */
  headers?: readonly string[];
  /** Starts the SDK's call with the exchange's fetch. */
  open(fetch: Fetch, signal: AbortSignal): PromiseLike<AsyncIterable<Event>>;
}

/** Throws ModelError. */
export async function makeAttempt<Event>(attempt: Attempt<Event>): Promise<ModelAnswer> {
  const { model, fetch, headers, options } = attempt;
  const { onActivity = () => {} } = options;
  const exchange = createExchange({ model, fetch, onActivity, ...(headers === undefined ? {} : { headers }) });
  const progress = { text: "" };
  try {
    await unlessAborted(readEvents(attempt, exchange, progress), options.signal);
    return concluded(attempt, attempt.reader.answer());
  } catch (thrown) {
    throw explained(attempt, { thrown, exchange, text: progress.text });
  }
}

/** Rejects on an abort: the SDK closes the socket by itself, but takes its time to say so. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
}

async function readEvents<Event>(
  attempt: Attempt<Event>,
  exchange: Exchange,
  progress: { text: string },
): Promise<void> {
  const { reader, options } = attempt;
  if (options.signal.aborted) return;
  try {
    for await (const event of await attempt.open(exchange.fetch, options.signal)) {
      if (options.signal.aborted) return;
      const piece = reader.read(event);
      progress.text += piece;
      if (piece !== "") options.onText?.(piece);
      if (reader.isComplete()) return;
    }
  } catch (thrown) {
    if (exchange.whole === null) throw thrown;
    reader.readWhole(exchange.whole);
    const { value } = reader.answer();
    if (value !== "") options.onText?.(value);
  }
}

/** The answer, where it is complete and one. */
function concluded<Event>({ model, reader, request, secret }: Attempt<Event>, answer: ReadAnswer): ModelAnswer {
  const { value, end, reason } = answer;
  if (end === null) throw modelFailure("MODEL_STREAM_BROKEN", "stopped before the end of its answer.", { model });
  const usage = reader.usage() ?? estimatedUsage(request, value);
  const details = { model, usage };
  const because = reason === "" ? "." : `: ${reason}`;
  if (end === "refused") throw modelFailure("MODEL_REFUSED", `refused to answer${because}`, details);
  if (end === "truncated") {
    const limit = `within ${request.maxOutputTokens} output tokens`;
    throw modelFailure("MODEL_TRUNCATED", `did not finish its answer ${limit}${because}`, details);
  }
  if (value.trim() === "") {
    const hint = "Try again, or use another model.";
    throw modelFailure("MODEL_BAD_RESPONSE", "gave an empty answer.", { ...details, hint });
  }
  return { value, usage, raw: withoutKey(secret).json(answer.raw), model: answer.model ?? nameOf(model) };
}

function nameOf(model: string): string {
  return model.slice(model.indexOf(":") + 1);
}

interface Failure {
  thrown: unknown;
  exchange: Exchange;
  /** What came of the answer. */
  text: string;
}

function explained<Event>(attempt: Attempt<Event>, failure: Failure): ModelError {
  const { signal } = attempt.options;
  const found = signal.aborted ? abortReason(signal, attempt.model) : whatHappened(attempt.model, failure);
  const { code, message, hint, retryAfterMs } = found;
  const usage = (found instanceof ModelError ? found.usage : null) ?? partialUsage(attempt, failure);
  return new ModelError(code, withoutKey(attempt.secret).text(message), { hint, retryAfterMs, usage });
}

function whatHappened(model: string, { thrown, exchange }: Failure): PlanwrightError {
  if (exchange.failure !== null) return exchange.failure;
  if (thrown instanceof ModelError) return thrown;
  const body = errorBodyOf(thrown);
  if (body !== null) return failureOfBody(body, { model });
  const said = cutText(describeThrown(thrown), 200);
  if (!exchange.isSent) return modelFailure("MODEL_BAD_REQUEST", `could not be asked: ${said}`, { model });
  if (exchange.isEnded) return modelFailure("MODEL_STREAM_BROKEN", "broke off in the middle of its answer.", { model });
  return modelFailure("MODEL_BAD_RESPONSE", `sent an event that cannot be read: ${said}`, { model });
}

/** Both SDKs throw an error event of a stream as an error without status that holds its body. */
function errorBodyOf(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !("error" in thrown)) return null;
  return thrown.error ?? null;
}

/** What a broken answer used: as told, but at least what came; null where nothing is known. */
function partialUsage<Event>({ reader }: Attempt<Event>, { exchange, text }: Failure): TokenUsage | null {
  if (!exchange.isSent) return NO_TOKENS;
  const told = reader.usage();
  if (told === null) return null;
  return { ...told, outputTokens: Math.max(told.outputTokens, mostTokensOf(text)) };
}

/** Of an answer that came without usage, as some servers leave it out. */
function estimatedUsage(request: ModelRequest, value: string): TokenUsage {
  const inputTokens = estimateInputTokens(request);
  return { inputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: mostTokensOf(value) };
}

/** Answers and errors of a server may repeat the key; what only looks like one is for whoever keeps it to judge. */
function withoutKey(secret: string | null): Masker {
  return createMasker({ secrets: secret === null ? [] : [secret], hasShapes: false });
}
