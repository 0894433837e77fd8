/**
 * One attempt of one tool call: timeout, abort and whatever the tool does wrong end in an outcome (SAFETY R13, R15).
 * Owns: the tool's abort signal and timer. Must not: throw, journal or decide about retries.
 */
import { describeThrown, type ErrorShape, errorShape, PlanwrightError } from "../error/planwright-error.ts";
import type { Clock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Tool, ToolContext } from "../tool/tool.ts";
import { normaliseOutput } from "./normalise-output.ts";

export interface CallRequest {
  tool: Tool;
  /** Checked input; the tool may do with it what it likes. */
  input: unknown;
  context: Omit<ToolContext, "signal">;
  timeoutMs: number;
  clock: Clock;
}

export type CallOutcome =
  | { ok: true; value: JsonValue; text: string; bytes: number }
  | { ok: false; error: ErrorShape; isGivenUp: boolean };

export interface RunningCall {
  /** Settles once, `isGivenUp` where the tool still ran: with the tool's result, at the timeout, or when an abort was ignored for the grace period. */
  outcome: Promise<CallOutcome>;
  /** Settles when the tool itself does; until then it holds its concurrency slot. */
  released: Promise<void>;
  /** Tells the tool to stop; after `graceMs` the outcome no longer waits for it. */
  abort(reason: ErrorShape, graceMs: number): void;
}

/** Starts the tool at once. */
export function executeCall({ tool, input, context, timeoutMs, clock }: CallRequest): RunningCall {
  let controller: AbortController | null = null;
  let stopTimer = (): void => {};
  let reason: ErrorShape | null = null;
  const { outcome, tell, fail } = openOutcome(() => stopTimer());
  const abort = (error: ErrorShape, graceMs: number): void => {
    if (reason !== null) return;
    reason = error;
    stopTimer();
    controller?.abort(abortReason(error));
    if (graceMs <= 0) tell({ ok: false, error, isGivenUp: true });
    else stopTimer = clock.setTimer(graceMs, () => tell({ ok: false, error, isGivenUp: true }));
  };
  stopTimer = clock.setTimer(timeoutMs, () => abort(timeoutError(tool, timeoutMs), 0));
  // Making a signal costs more than the rest of a call: only tools that ask for it get one.
  const signalOf = (): AbortSignal => {
    controller ??= new AbortController();
    if (reason !== null && !controller.signal.aborted) controller.abort(abortReason(reason));
    return controller.signal;
  };
  const released = callTool(tool, input, withSignal(context, signalOf)).then(
    (value) => tell(outcomeOf(tool, value)),
    (thrown: unknown) => tell({ ok: false, error: reason ?? errorOfThrow(tool, thrown), isGivenUp: false }),
  );
  released.catch(fail);
  return { outcome, released, abort };
}

/** The first outcome that is told counts; a single promise, since every call makes one. */
function openOutcome(onSettled: () => void) {
  let tell: (outcome: CallOutcome) => void = () => {};
  let fail: (thrown: unknown) => void = () => {};
  const outcome = new Promise<CallOutcome>((resolve, reject) => {
    tell = (told) => {
      onSettled();
      resolve(told);
    };
    fail = (thrown) => {
      onSettled();
      reject(thrown);
    };
  });
  return { outcome, tell, fail };
}

function outcomeOf(tool: Tool, returned: unknown): CallOutcome {
  const normalised = normaliseOutput(tool, returned);
  return normalised.ok ? normalised : { ...normalised, isGivenUp: false };
}

/** `context` with a signal; what costs something is made when it is first read. */
function withSignal(context: CallRequest["context"], signalOf: () => AbortSignal): ToolContext {
  const { run, step, index, attempt, now, allowance, report } = context;
  return {
    run,
    step,
    index,
    attempt,
    get idempotencyKey() {
      return context.idempotencyKey;
    },
    get signal() {
      return signalOf();
    },
    now,
    allowance,
    report,
  };
}

function abortReason({ code, message }: ErrorShape): PlanwrightError {
  return new PlanwrightError(code, message);
}

/** A synchronous throw becomes a rejection. */
async function callTool(tool: Tool, input: unknown, context: ToolContext): Promise<unknown> {
  return tool.execute(input, context);
}

function timeoutError(tool: Tool, timeoutMs: number): ErrorShape {
  return errorShape("TOOL_TIMEOUT", `Tool '${tool.name}' took longer than ${timeoutMs} ms.`, {
    hint: "Raise the tool's timeoutMs, or give it less to do.",
  });
}

/** `transient(…)` and other typed errors keep their code; anything else is permanent (KERNEL 13). */
function errorOfThrow(tool: Tool, thrown: unknown): ErrorShape {
  if (thrown instanceof PlanwrightError) return thrown.toShape();
  const message = `Tool '${tool.name}' failed: ${describeThrown(thrown).slice(0, 2_000)}`;
  return errorShape("TOOL_PERMANENT", message, { hint: "Look at the step's input, or try another tool." });
}
