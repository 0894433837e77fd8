/**
 * What a scripted model can answer, beyond a plain value. Owns: the script's words and what they come to.
 * Must not: wait or stream; `scripted-model.ts` does.
 */
import { type ModelRequest, NO_TOKENS, type TokenUsage } from "../model/model.ts";
import type { JsonValue } from "../shared/json.ts";

/** One answer in detail; all but `value` may be left out. */
export interface ReplyDetails {
  /** Text as it is; another JSON value becomes its JSON text. */
  value?: JsonValue;
  /** Thrown once the pieces are out, instead of an answer: a stream that broke. */
  error?: Error;
  /** What this call used; by default four bytes count as a token. */
  usage?: Partial<TokenUsage>;
  /** How a stream is cut; the whole answer in one piece by default. */
  pieces?: readonly string[];
  /** Pause before each piece, and before an answer that isn't streamed; the model's own by default. */
  delayMs?: number;
  raw?: JsonValue;
}

/** Made by `modelReply`; a class, since any plain object is an answer by itself. */
export class ModelReplyScript {
  readonly details: ReplyDetails;

  constructor(details: ReplyDetails) {
    this.details = details;
  }
}

/**
 * An answer with its usage, its pieces, its pace or the error it ends in.
 *
 * @example
 * createScriptedModel([modelReply({ value: "Yes.", usage: { inputTokens: 12, outputTokens: 3 } })]);
 */
export function modelReply(details: ReplyDetails): ModelReplyScript {
  return new ModelReplyScript(details);
}

type FixedAnswer = JsonValue | Error | ModelReplyScript;

/** A text or JSON value, an error to throw, a `modelReply`, or a function of the request that gives one of these. */
export type ScriptedModelAnswer = FixedAnswer | ((request: ModelRequest) => FixedAnswer | Promise<FixedAnswer>);

/** What a script's answer comes to: text to say, and perhaps an error at its end. */
export interface SpokenReply {
  value: string;
  pieces: readonly string[];
  error: Error | null;
  usage: TokenUsage;
  delayMs: number | null;
  raw: JsonValue;
}

export async function speak(answer: ScriptedModelAnswer, request: ModelRequest): Promise<SpokenReply> {
  const given = typeof answer === "function" ? await answer(request) : answer;
  const details = given instanceof ModelReplyScript ? given.details : plainDetails(given);
  const { error = null, delayMs = null } = details;
  const value = details.value === undefined ? (details.pieces ?? []).join("") : textOf(details.value);
  const pieces = details.pieces ?? (value === "" ? [] : [value]);
  const usage = { ...estimateUsage(request, value), ...details.usage };
  return { value, pieces, error, usage, delayMs, raw: details.raw ?? { scripted: value } };
}

function plainDetails(given: JsonValue | Error): ReplyDetails {
  return given instanceof Error ? { error: given } : { value: given };
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Bytes of English prose and JSON per token, about; real models count for themselves. */
const BYTES_PER_TOKEN = 4;

/** Estimated, as a double can only do. */
function estimateUsage({ system, messages, format }: ModelRequest, value: string): TokenUsage {
  const texts = [...system, ...messages.flatMap(({ parts }) => parts)].map(({ text }) => text);
  if (format.kind !== "text") texts.push(JSON.stringify(format.schema));
  return { ...NO_TOKENS, inputTokens: tokensOf(texts.join("")), outputTokens: tokensOf(value) };
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
