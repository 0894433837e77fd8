/**
 * The port to a language model. Owns: what a model is asked, what it answers, how it fails.
 * Adapters (`Model`) make one attempt; what calls them robustly (`ModelCaller`) retries, times out, counts and prices.
 */
import type { ErrorCode } from "../error/codes.ts";
import { type ErrorDetails, PlanwrightError } from "../error/planwright-error.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import type { Price } from "./price.ts";
import type { Allowance, Usage } from "./usage.ts";

export const PROVIDERS = ["anthropic", "openai", "compatible", "scripted", "cassette"] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** A piece of text. `isStable`: everything up to here is the same in later calls, and worth caching at the provider. */
export interface ModelText {
  text: string;
  isStable?: boolean;
}

export interface ModelMessage {
  role: "user" | "assistant";
  parts: ModelText[];
}

/** What the answer must look like. Whatever a provider promises, the answer is parsed and checked like any other. */
export type AnswerFormat =
  | { kind: "text" }
  /** The provider enforces this schema (strict mode, structured output). */
  | { kind: "schema"; name: string; schema: JsonSchema }
  /** The model must call this one tool; its arguments are the answer. Not enforced. */
  | { kind: "tool"; name: string; description: string; schema: JsonSchema };

export interface ModelRequest {
  system: ModelText[];
  messages: ModelMessage[];
  format: AnswerFormat;
  maxOutputTokens: number;
  /** Further parameters of the provider, such as `temperature`; part of what a cassette compares. */
  parameters: Record<string, JsonValue>;
}

/** Tokens of one call as the provider counted them. */
export interface TokenUsage {
  /** All input tokens, cached ones included. */
  inputTokens: number;
  /** Of these, read from the provider's cache. */
  cachedInputTokens: number;
  /** Of these, written to the provider's cache. */
  cacheWriteTokens: number;
  outputTokens: number;
}

export const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** A complete answer of one attempt. One that was cut off or refused is an error instead. */
export interface ModelAnswer {
  /** The text, or the JSON text of a tool's arguments, exactly as it came. */
  value: string;
  usage: TokenUsage;
  /** The provider's response as it came, without headers; for a stream, its last message put together. */
  raw: JsonValue;
  /** Name of the model that answered, as the provider gave it. */
  model: string;
}

export interface AttemptOptions {
  /** Aborts on cancel and on every time limit; the adapter closes its socket. */
  signal: AbortSignal;
  /** Told of each piece of the answer as it arrives. */
  onText?: (piece: string) => void;
  /** Told that bytes arrived, whatever they say: silence is measured from here. Called at least once per chunk. */
  onActivity?: () => void;
  /** Trial of an eval, from 1; keeps equal requests of different trials apart in a cassette. */
  trial?: number;
  /** Told, by a cassette only, how long the model took when this answer was recorded. */
  onLatency?: (ms: number) => void;
}

/** One adapter: makes one attempt, without retries and time limits of its own. */
export interface Model {
  /** `anthropic:NAME`, `openai:NAME`, `compatible:NAME`, `scripted`, … as results show it. */
  readonly name: string;
  readonly provider: ProviderName;
  /** Whose rules a request must keep to, where that is not `provider`: of a cassette, the provider that it recorded. */
  readonly rulesOf?: ProviderName;
  /** Null where the price is unknown. */
  readonly price: Price | null;
  /** Most tokens that one answer may have; the default where it is not known. */
  readonly maxOutputTokens: number;
  /** Which formats the server can do at all. */
  readonly formats: readonly AnswerFormat["kind"][];
  /** Throws ModelError. */
  generate(request: ModelRequest, options: AttemptOptions): Promise<ModelAnswer>;
}

/** Why an attempt failed, and what it used all the same. MODEL_ codes, CASSETTE_MISS, CANCELLED. */
export class ModelError extends PlanwrightError {
  /** Zeros where it is sure that nothing was used (a refused connection, an error status); null where nobody told. */
  readonly usage: TokenUsage | null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { usage?: TokenUsage | null } = {}) {
    super(code, message, details);
    this.usage = details.usage ?? null;
  }
}

export interface CallOptions {
  signal: AbortSignal;
  /** Without `onRestart`, a call that has handed out a piece is not tried again. */
  onText?: (piece: string) => void;
  /** Told before a retry's first piece where pieces came already: these are void. */
  onRestart?: () => void;
  /** For all attempts together; no limit where it is left out. */
  allowance?: Allowance;
  trial?: number;
}

export interface ModelReply {
  value: string;
  raw: JsonValue;
  model: string;
  /** Of all attempts. */
  usage: Usage;
  /** Null where the price is unknown. */
  costUsd: number | null;
}

/** Calls a model with retries, time limits and accounts. What planners and tools get. */
export interface ModelCaller {
  readonly model: Model;
  /** Throws ModelCallError. */
  call(request: ModelRequest, options: CallOptions): Promise<ModelReply>;
}

/** A call that failed for good, with what all of its attempts used. */
export class ModelCallError extends PlanwrightError {
  readonly usage: Usage;
  /** Null where the price is unknown. */
  readonly costUsd: number | null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { usage: Usage; costUsd: number | null }) {
    super(code, message, details);
    this.usage = details.usage;
    this.costUsd = details.costUsd;
  }
}
