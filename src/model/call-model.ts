/**
 * Calls a model robustly: the only retries there are. Owns: what is tried again and when, and that all attempts together
 * stay within the time and the allowance. The adapters make the attempts.
 */
import type { ErrorCode } from "../error/codes.ts";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { type Random, systemRandom } from "../shared/random.ts";
import { abortReason } from "./abort-reason.ts";
import type { Reservation } from "./account.ts";
import { type CallAccount, createCallAccount, lacksTokens } from "./call-account.ts";
import { type CallLimits, limitsFor, pauseMs } from "./call-limits.ts";
import {
  type CallOptions,
  type Model,
  ModelCallError,
  type ModelCaller,
  ModelError,
  type ModelReply,
  type ModelRequest,
  NO_TOKENS,
  type TokenUsage,
} from "./model.ts";
import { createPieceRelay, type PieceRelay } from "./piece-relay.ts";
import { makeTimedAttempt } from "./timed-attempt.ts";

export interface CallerOptions {
  clock?: Clock;
  random?: Random;
  /** Defaults: 5 retries, 45 s of silence, 180 s in all; from `compatible` servers the first byte may take all of it. */
  limits?: Partial<CallLimits>;
}

/**
 * Retries what may go away by itself: rate limits, overload, an unreachable provider, timeouts, broken streams. Throws
 * ModelCallError: the code of the last attempt's error, LIMIT_TOKENS or LIMIT_COST where not even the first attempt is
 * affordable, CANCELLED (or the signal's reason, where it has a code).
 */
export function createModelCaller(model: Model, options: CallerOptions = {}): ModelCaller {
  const { clock = systemClock, random = systemRandom, limits = {} } = options;
  const settings: Settings = { model, clock, random, limits: limitsFor(model, limits) };
  let unreachableAt: number | null = null;
  return {
    model,
    async call(request, options) {
      const isDown = unreachableAt !== null && clock.monotonic() - unreachableAt < UNREACHABLE_MS;
      const limits = isDown ? { ...settings.limits, retries: 0 } : settings.limits;
      try {
        const reply = await runCall(startCall({ ...settings, limits }, request, options));
        unreachableAt = null;
        return reply;
      } catch (thrown) {
        const isUnreachable = thrown instanceof ModelCallError && thrown.code === "MODEL_UNAVAILABLE";
        unreachableAt = isUnreachable ? (unreachableAt ?? clock.monotonic()) : null;
        throw thrown;
      }
    },
  };
}

/** A provider that could not be reached with all retries is asked just once by the calls of this time. */
const UNREACHABLE_MS = 30_000;

interface Settings {
  model: Model;
  clock: Clock;
  random: Random;
  limits: CallLimits;
}

interface Call extends Settings {
  request: ModelRequest;
  options: CallOptions;
  account: CallAccount;
  pieces: PieceRelay;
  startedAt: number;
}

function startCall(settings: Settings, request: ModelRequest, options: CallOptions): Call {
  const { model, clock } = settings;
  const maxOutputTokens = Math.min(request.maxOutputTokens, model.maxOutputTokens);
  return {
    ...settings,
    request: { ...request, maxOutputTokens },
    options,
    account: createCallAccount(model.price, options.allowance),
    pieces: createPieceRelay(options),
    startedAt: clock.monotonic(),
  };
}

async function runCall(call: Call): Promise<ModelReply> {
  const { account, options, model } = call;
  let failure: PlanwrightError | null = null;
  for (let attempt = 1; ; attempt++) {
    if (options.signal.aborted) throw callError(call, abortReason(options.signal, model.name), attempt - 1);
    const reservation = account.reserve(call.request);
    if (reservation === null) throw callError(call, failure ?? shortage(call), attempt - 1);
    const outcome = await tryOnce(call, reservation);
    if (outcome instanceof PlanwrightError) failure = outcome;
    else return outcome;
    const waitMs = pauseMs(attempt, failure, call.random);
    if (!isWorthRetrying(call, { failure, attempt, waitMs })) throw callError(call, failure, attempt);
    call.pieces.restart();
    await pause(call, waitMs);
  }
}

async function tryOnce(call: Call, reservation: Reservation): Promise<ModelReply | PlanwrightError> {
  const { model, request, options, account, pieces, clock, limits } = call;
  let isAlive = false;
  try {
    const {
      value,
      raw,
      usage,
      model: name,
    } = await makeTimedAttempt({
      ...{ model, clock, limits, signal: options.signal, trial: options.trial, onText: pieces.onText },
      request: { ...request, maxOutputTokens: reservation.maxOutputTokens },
      deadline: call.startedAt + limits.totalMs,
      onActivity: () => {
        isAlive = true;
      },
    });
    account.settle(reservation, usage);
    pieces.finish();
    return { value, raw, model: name, ...account.spent() };
  } catch (thrown) {
    const failure = asPlanwrightError(thrown);
    account.settle(reservation, usageOf(failure, isAlive));
    return failure;
  }
}

/** Failures before any work: where nobody tells otherwise and nothing came, they used nothing. */
const WITHOUT_WORK: ReadonlySet<ErrorCode> = new Set([
  "MODEL_RATE_LIMITED",
  "MODEL_OVERLOADED",
  "MODEL_UNAVAILABLE",
  "MODEL_AUTH",
  "MODEL_QUOTA",
  "MODEL_BAD_REQUEST",
  "MODEL_CONTEXT_OVERFLOW",
  "CASSETTE_MISS",
]);

function usageOf(failure: PlanwrightError, isAlive: boolean): TokenUsage | null {
  const told = failure instanceof ModelError ? failure.usage : null;
  return told ?? (!isAlive && WITHOUT_WORK.has(failure.code) ? NO_TOKENS : null);
}

const RETRIED: ReadonlySet<ErrorCode> = new Set([
  "MODEL_RATE_LIMITED",
  "MODEL_OVERLOADED",
  "MODEL_UNAVAILABLE",
  "MODEL_TIMEOUT",
  "MODEL_STREAM_BROKEN",
]);

interface Failed {
  failure: PlanwrightError;
  attempt: number;
  waitMs: number;
}

function isWorthRetrying(call: Call, { failure, attempt, waitMs }: Failed): boolean {
  const { limits, clock, options, pieces, startedAt } = call;
  if (options.signal.aborted || !RETRIED.has(failure.code) || attempt > limits.retries) return false;
  if (!pieces.canRestart() || waitMs > limits.longestWaitMs) return false;
  return clock.monotonic() + waitMs < startedAt + limits.totalMs;
}

/** Ends early, and without complaint, on an abort: the loop looks at the signal. */
function pause({ clock, options: { signal } }: Call, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.setTimer(waitMs, done);
    signal.addEventListener("abort", done, { once: true });
  });
}

function shortage({ request, account, model }: Call): PlanwrightError {
  const left = account.left();
  if (lacksTokens(request, left)) {
    return new PlanwrightError("LIMIT_TOKENS", `${left.tokens} tokens are too few for a call of ${model.name}.`, {
      hint: "Raise the token budget, or use shorter documents.",
    });
  }
  return new PlanwrightError("LIMIT_COST", `${left.costUsd ?? 0} USD are too little for a call of ${model.name}.`, {
    hint: "Raise the cost budget, use shorter documents, or a cheaper model.",
  });
}

function callError({ account }: Call, failure: PlanwrightError, attempts: number): ModelCallError {
  const { code, message, hint, retryAfterMs, issues } = failure;
  const tries = attempts > 1 ? ` (${attempts} attempts)` : "";
  return new ModelCallError(code, `${message}${tries}`, {
    ...{ hint, retryAfterMs, issues, cause: failure },
    ...account.spent(),
  });
}
