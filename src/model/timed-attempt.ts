/**
 * One attempt under time limits. Owns: silence, the total time, cancelling; and that an attempt which was given up is
 * heard no more, whether its model obeys the signal or not.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { CancelTimer, Clock } from "../shared/clock.ts";
import { abortReason } from "./abort-reason.ts";
import type { CallLimits } from "./call-limits.ts";
import type { Model, ModelAnswer, ModelError, ModelRequest } from "./model.ts";
import { modelFailure } from "./provider-failure.ts";

export interface TimedAttempt {
  model: Model;
  request: ModelRequest;
  /** The call's own signal. */
  signal: AbortSignal;
  onText: ((piece: string) => void) | undefined;
  /** Told of every sign of life. */
  onActivity: () => void;
  trial: number | undefined;
  clock: Clock;
  limits: CallLimits;
  /** When the call's total time ends, by the monotonic clock. */
  deadline: number;
}

/** Throws ModelError, and whatever else the model throws. */
export async function makeTimedAttempt(attempt: TimedAttempt): Promise<ModelAnswer> {
  const { model, request, signal, trial } = attempt;
  const abandon = new AbortController();
  const watch = watchTime(attempt, (error) => abandon.abort(error));
  const onAbort = (): void => abandon.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let isOver = false;
  const onActivity = (): void => {
    if (isOver) return;
    watch.activity();
    attempt.onActivity();
  };
  const onText = (piece: string): void => {
    onActivity();
    if (!isOver && !abandon.signal.aborted) attempt.onText?.(piece);
  };
  try {
    const given = model.generate(request, {
      signal: abandon.signal,
      onActivity,
      ...(attempt.onText === undefined ? {} : { onText }),
      ...(trial === undefined ? {} : { trial }),
    });
    return await orAbandoned(given, abandon.signal, model.name);
  } catch (thrown) {
    // Models of others reject with the signal's reason as it is, or with an AbortError.
    const isUntold = abandon.signal.aborted && !(thrown instanceof PlanwrightError);
    throw isUntold ? abortReason(abandon.signal, model.name) : thrown;
  } finally {
    isOver = true;
    watch.stop();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Turns of the promise queue in which a model that obeys the signal can say what the attempt used. */
const LAST_WORDS_TURNS = 20;

/** The answer, or the reason of the abort: a model that ignores the signal is not waited for. */
function orAbandoned(given: Promise<ModelAnswer>, signal: AbortSignal, model: string): Promise<ModelAnswer> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const abandoned = aborted.then(async () => {
    for (let turn = 0; turn < LAST_WORDS_TURNS; turn++) await null;
    throw abortReason(signal, model);
  });
  return Promise.race([given, abandoned]);
}

interface TimeWatch {
  activity(): void;
  stop(): void;
}

/** One timer, set again only when it fires: chunks come by the thousand. */
function watchTime({ model, clock, limits, deadline }: TimedAttempt, giveUp: (error: ModelError) => void): TimeWatch {
  let lastSign = clock.monotonic();
  let silenceMs = limits.firstByteMs;
  let cancel: CancelTimer = () => {};
  const arm = (): void => {
    const silentAt = lastSign + silenceMs;
    const left = Math.min(silentAt, deadline) - clock.monotonic();
    if (left > 0) cancel = clock.setTimer(left, arm);
    else giveUp(timeout(model.name, silentAt < deadline ? `was silent for ${seconds(silenceMs)}` : overTime(limits)));
  };
  arm();
  return {
    activity() {
      lastSign = clock.monotonic();
      if (silenceMs === limits.idleMs) return;
      silenceMs = limits.idleMs;
      cancel();
      arm();
    },
    stop: () => cancel(),
  };
}

function timeout(model: string, what: string): ModelError {
  return modelFailure("MODEL_TIMEOUT", `${what}.`, { model });
}

function overTime({ totalMs }: CallLimits): string {
  return `did not answer within ${seconds(totalMs)}`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}
