/**
 * One recorded call: from an outcome to its line, and from its line to the outcome again. Owns: that a replay meets the
 * same pieces, answers and failures. Must not: choose the call.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Masker } from "../../shared/mask-secrets.ts";
import { type AttemptOptions, type ModelAnswer, ModelError, type ModelRequest, type TokenUsage } from "../model.ts";
import type { CassetteCall, RequestParts } from "./cassette-line.ts";

export interface CallTold {
  key: string;
  trial: number;
  call: number;
  parts: RequestParts;
  pieces: readonly string[] | null;
  wasHeard: boolean;
  latencyMs: number;
  masker: Masker;
  answer?: ModelAnswer;
  error?: PlanwrightError;
}

/** Nothing leaves here unmasked. */
export function callLine({
  key,
  trial,
  call,
  parts,
  pieces,
  wasHeard,
  latencyMs,
  masker,
  answer,
  error,
}: CallTold): CassetteCall {
  return {
    ...{ v: 1, kind: "call", key, trial, call, parts },
    answer:
      answer === undefined
        ? null
        : {
            value: masker.text(answer.value),
            usage: answer.usage,
            model: masker.text(answer.model),
            raw: masker.json(answer.raw),
          },
    error:
      error === undefined
        ? null
        : {
            code: error.code,
            message: masker.text(error.message),
            hint: masker.text(error.hint),
            retryAfterMs: error.retryAfterMs,
            usage: error instanceof ModelError ? error.usage : null,
          },
    pieces: pieces === null ? null : maskPieces(pieces, masker),
    wasHeard,
    latencyMs,
  };
}

/** A secret may lie across two pieces: then they become one. */
function maskPieces(pieces: readonly string[], masker: Masker): string[] {
  const whole = pieces.join("");
  const masked = masker.text(whole);
  return masked === whole ? [...pieces] : [masked];
}

/** Gives the pieces without pauses, then the answer. Throws the recorded failure, and the signal's reason. */
export async function replayCall(
  line: CassetteCall,
  { maxOutputTokens }: ModelRequest,
  { signal, onText, onActivity }: AttemptOptions,
): Promise<ModelAnswer> {
  throwIfAborted(signal);
  const { answer, error } = line;
  if (answer !== null) refuseLonger(line.parts, answer.usage, maxOutputTokens);
  if (line.wasHeard) onActivity?.();
  for (const piece of line.pieces ?? (answer === null ? [] : [answer.value])) {
    onText?.(piece);
    onActivity?.();
    throwIfAborted(signal);
  }
  if (answer !== null) return structuredClone(answer);
  const { code, message, hint, retryAfterMs, usage } = error ?? EMPTY_LINE;
  throw new ModelError(code, message, { hint, retryAfterMs, usage });
}

/** A model would have been cut off there; a replay must not spend what was not reserved (SAFETY R9). */
function refuseLonger(parts: RequestParts, usage: TokenUsage, maxOutputTokens: number): void {
  if (maxOutputTokens >= parts.maxOutputTokens || usage.outputTokens <= maxOutputTokens) return;
  throw new ModelError(
    "MODEL_TRUNCATED",
    `The recorded answer has ${usage.outputTokens} tokens; this request allows ${maxOutputTokens}.`,
    {
      hint: "Raise the limit on tokens or on cost to what it was when the cassette was recorded.",
      usage: { ...usage, outputTokens: maxOutputTokens },
    },
  );
}

const EMPTY_LINE = {
  code: "MODEL_BAD_RESPONSE",
  message: "The recorded call has neither an answer nor an error.",
  hint: "Record it anew.",
  retryAfterMs: null,
  usage: null,
} as const;

function throwIfAborted({ aborted, reason }: AbortSignal): void {
  if (!aborted) return;
  if (reason instanceof PlanwrightError) throw reason;
  throw new ModelError("CANCELLED", "The call was cancelled.", { cause: reason });
}
