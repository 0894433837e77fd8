/**
 * What a provider's failures mean. Owns: error bodies and statuses → codes, messages and hints (SAFETY, "Errors"). No
 * error object of an SDK or of fetch is kept: they hold the request's headers, and with them the key.
 */
import type { ErrorCode } from "../error/codes.ts";
import { cutText } from "../shared/cut-text.ts";
import { isJsonObject } from "../shared/json.ts";
import { ModelError, NO_TOKENS, type TokenUsage } from "./model.ts";
import { speaksOfSchema } from "./schema-rejection.ts";

/** Of a provider's own words in a message. */
const LONGEST_WORDS = 600;

/** What a provider says about a failure, in any of the shapes in which servers say it. */
export interface ProviderWords {
  /** Types and codes, such as `insufficient_quota`, joined. */
  kind: string;
  message: string;
  /** An HTTP status that the body names. */
  status: number | null;
}

/** `{error: {type, code, message}}`, `{error: "text"}`, `{detail: …}`, `{message}`, or plain text. */
export function wordsOf(body: unknown): ProviderWords {
  if (typeof body === "string") return { kind: "", message: cutText(body.trim(), LONGEST_WORDS), status: null };
  if (!isJsonObject(body)) return { kind: "", message: "", status: null };
  const { error } = body;
  if (typeof error === "string" || isJsonObject(error)) return wordsOf(error);
  const { type, code, message, detail, details } = body;
  const inner = isJsonObject(details) ? details["error_code"] : undefined;
  const kind = [type, code, inner].filter((part) => typeof part === "string").join(" ");
  const text = [message, detail].find((part) => part !== undefined && part !== null) ?? body;
  return {
    kind,
    message: cutText(typeof text === "string" ? text : JSON.stringify(text), LONGEST_WORDS),
    status: typeof code === "number" && code >= 400 && code < 600 ? code : statusOfKind(kind),
  };
}

/** For errors that come inside a stream, where no status tells. */
const STATUS_OF_KIND: readonly (readonly [kind: RegExp, status: number])[] = [
  [/insufficient_quota|billing_error/, 402],
  [/authentication_error|invalid_api_key/, 401],
  [/permission_error/, 403],
  [/rate_limit/, 429],
  [/overloaded|slow_down/, 529],
  [/timeout_error/, 408],
  [/request_too_large/, 413],
  [/invalid_request|invalid_prompt|context_length/, 400],
];

function statusOfKind(kind: string): number | null {
  return STATUS_OF_KIND.find(([pattern]) => pattern.test(kind))?.[1] ?? null;
}

const QUOTA_KINDS = /insufficient_quota|billing|credit_balance|spend_limit|usage_limit/;
const QUOTA_WORDS = /exceeded your current quota|credit balance|spend(?:ing)? limit|usage limits/i;
const OVERFLOW =
  /context_length|context[ _](?:length|window|size|limit)|prompt is too long|(?:input|prompt|request) (?:is )?too (?:long|large)|request_too_large|too many (?:input |prompt )?tokens/i;
const REFUSAL = /content_filter|content_policy|policy_violation|bio_policy/;

const CODE_OF_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [401, "MODEL_AUTH"],
  [402, "MODEL_QUOTA"],
  [403, "MODEL_AUTH"],
  [407, "MODEL_AUTH"],
  [408, "MODEL_TIMEOUT"],
  [413, "MODEL_CONTEXT_OVERFLOW"],
  [429, "MODEL_RATE_LIMITED"],
  [503, "MODEL_OVERLOADED"],
  [529, "MODEL_OVERLOADED"],
]);

/** The code for an error status with these words. */
export function codeOf(status: number, words: ProviderWords): ErrorCode {
  const isClientError = status >= 400 && status < 500;
  if (isClientError && (QUOTA_KINDS.test(words.kind) || QUOTA_WORDS.test(words.message))) return "MODEL_QUOTA";
  const usual = CODE_OF_STATUS.get(status);
  if (usual !== undefined) return usual;
  if (status >= 500) return codeOfServerError(words);
  return isClientError ? codeOfRequest(words) : "MODEL_BAD_RESPONSE";
}

/** Some servers answer 500 where they cannot make a grammar of the schema: asking again changes nothing. */
function codeOfServerError({ kind, message }: ProviderWords): ErrorCode {
  if (/overloaded/.test(kind)) return "MODEL_OVERLOADED";
  return speaksOfSchema(message) ? "MODEL_BAD_REQUEST" : "MODEL_UNAVAILABLE";
}

function codeOfRequest({ kind, message }: ProviderWords): ErrorCode {
  if (REFUSAL.test(kind)) return "MODEL_REFUSED";
  return OVERFLOW.test(`${kind} ${message}`) ? "MODEL_CONTEXT_OVERFLOW" : "MODEL_BAD_REQUEST";
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  MODEL_AUTH: "Check the API key, and that it may use this model.",
  MODEL_QUOTA: "The account has no credit left or has reached its limit: see the provider's billing page.",
  MODEL_RATE_LIMITED: "Try again later, or with fewer runs at a time.",
  MODEL_OVERLOADED: "The provider is overloaded: try again later, or use another model.",
  MODEL_UNAVAILABLE: "Check the network and the provider's status page; --model offline plans without a model.",
  MODEL_TIMEOUT: "Try again, or raise the time limits for models.",
  MODEL_STREAM_BROKEN: "Try again; the connection was lost while the answer was being written.",
  MODEL_BAD_REQUEST: "Correct what the provider names: model name, parameters or schema.",
  MODEL_CONTEXT_OVERFLOW: "Use shorter documents, fewer tools, or a model with a larger context window.",
  MODEL_TRUNCATED: "Allow more output tokens.",
  MODEL_REFUSED: "Rephrase the goal, or use another model.",
  MODEL_BAD_RESPONSE: "Check that the base URL is that of the provider's API, and not of a page or a proxy.",
};

export interface FailureDetails {
  /** `anthropic:NAME`, for the message. */
  model: string;
  usage?: TokenUsage | null;
  retryAfterMs?: number | null;
  hint?: string;
}

/** An error with the usual hint for its code. `what` continues the model's name: `answered 429: …`. */
export function modelFailure(code: ErrorCode, what: string, details: FailureDetails): ModelError {
  const { model, usage = null, retryAfterMs = null, hint = HINTS[code] ?? "" } = details;
  return new ModelError(code, `${model} ${what}`, { hint, usage, retryAfterMs });
}

/** An error status: the request was refused before the model ran, so that nothing was used. */
export function failureOfStatus(status: number, body: unknown, details: FailureDetails): ModelError {
  const words = wordsOf(body);
  const code = codeOf(status, words);
  const said = [words.kind, words.message].filter((part) => part !== "").join(": ");
  const hint = status === 404 ? { hint: "Check the model's name and the base URL." } : {};
  return modelFailure(code, `answered ${status}${said === "" ? "" : `: ${said}`}`, {
    ...details,
    usage: NO_TOKENS,
    ...hint,
  });
}

/** An error that came in place of an answer, or in the middle of it. */
export function failureOfBody(body: unknown, details: FailureDetails): ModelError {
  const words = wordsOf(body);
  const code = codeOf(words.status ?? 500, words);
  const said = [words.kind, words.message].filter((part) => part !== "").join(": ");
  return modelFailure(code, `broke off with an error: ${said === "" ? "it gave no reason" : said}`, details);
}

/** Codes of failures to get a connection at all: nothing was sent, so that nothing was used. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EACCES|EPERM|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_INVALID_URL)/;

/** A failure of the network before the first byte of a response. */
export function failureOfNetwork(thrown: unknown, details: FailureDetails): ModelError {
  const { code, message } = rootOf(thrown);
  const isUnsent = NOT_CONNECTED.test(code);
  const said = [code, message].filter((part) => part !== "" && part !== undefined).join(": ");
  return modelFailure("MODEL_UNAVAILABLE", `could not be reached${said === "" ? "" : `: ${cutText(said, 200)}`}`, {
    ...details,
    usage: isUnsent ? NO_TOKENS : null,
  });
}

/** fetch hides what happened in `cause`, or in the first of several errors below it. */
function rootOf(thrown: unknown, depth = 0): { code: string; message: string } {
  if (!(thrown instanceof Error)) return { code: "", message: typeof thrown === "string" ? thrown : "" };
  const inner: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown.cause;
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  if (inner instanceof Error && depth < 4) {
    const root = rootOf(inner, depth + 1);
    return root.code === "" ? { code, message: root.message } : root;
  }
  return { code, message: thrown.message };
}
