/**
 * One HTTP exchange of an attempt: the `fetch` that an SDK is given, and what is learned by watching it. Owns: statuses,
 * content types, sizes, redirects, and how a body ends; so that no SDK's error has to be understood or kept.
 * Must not: read events.
 */
import type { JsonObject } from "../shared/json.ts";
import { isJsonObject } from "../shared/json.ts";
import type { ModelError } from "./model.ts";
import {
  type FailureDetails,
  failureOfBody,
  failureOfNetwork,
  failureOfStatus,
  modelFailure,
} from "./provider-failure.ts";
import { retryAfterMs } from "./retry-after.ts";

export type Fetch = typeof globalThis.fetch;

/** An answer of 128,000 tokens, one event each, has under 40 MB. */
const LONGEST_BODY_BYTES = 64 * 1024 * 1024;
const LONGEST_ERROR_BYTES = 64 * 1024;

export interface Exchange {
  /** What the SDK calls. Never follows a redirect: the key and the prompt go to the configured address only. */
  fetch: Fetch;
  /** The failure that the response itself was, such as an error status. */
  failure: ModelError | null;
  /** A whole JSON answer that came where a stream was asked for. */
  whole: JsonObject | null;
  /** The request went out: from here on the provider may have counted tokens. */
  isSent: boolean;
  /** The body ended, whole or not: its last byte was read, or the connection broke. */
  isEnded: boolean;
}

export interface ExchangeOptions {
  model: string;
  fetch: Fetch;
  onActivity: () => void;
  /** Only these headers of the SDK are sent; all of them where it is left out. */
  headers?: readonly string[];
}

export function createExchange(options: ExchangeOptions): Exchange {
  const exchange: Exchange = {
    fetch: (input, init) => send(exchange, options, [input, init]),
    failure: null,
    whole: null,
    isSent: false,
    isEnded: false,
  };
  return exchange;
}

async function send(exchange: Exchange, options: ExchangeOptions, call: Parameters<Fetch>): Promise<Response> {
  const [input, init = {}] = call;
  const details: FailureDetails = { model: options.model };
  let response: Response;
  const headers = chosen(new Headers(init.headers), options.headers);
  exchange.isSent = true;
  try {
    response = await options.fetch(input, { ...init, headers, redirect: "manual" });
  } catch (thrown) {
    exchange.failure = failureOfNetwork(thrown, details);
    throw thrown;
  }
  options.onActivity();
  if (!response.ok) throw await refused(exchange, response, options);
  const type = response.headers.get("content-type") ?? "";
  if (/json/i.test(type)) throw await answeredWhole(exchange, response, options);
  if (type !== "" && !/event-stream/i.test(type)) {
    exchange.failure = modelFailure(
      "MODEL_BAD_RESPONSE",
      `answered with '${type.slice(0, 80)}' instead of a stream.`,
      details,
    );
    await dropBody(response);
    throw exchange.failure;
  }
  const body = response.body === null ? null : watched(exchange, response.body, options);
  return new Response(body, { status: response.status, headers: response.headers });
}

function chosen(headers: Headers, names: readonly string[] | undefined): Headers {
  if (names === undefined) return headers;
  return new Headers([...headers].filter(([name]) => names.includes(name)));
}

async function refused(exchange: Exchange, response: Response, options: ExchangeOptions): Promise<ModelError> {
  const { text } = await readText(response, LONGEST_ERROR_BYTES, options.onActivity);
  const details = { model: options.model, retryAfterMs: retryAfterMs(response.headers) };
  exchange.failure = failureOfStatus(response.status, parsed(text) ?? pageTitle(text), details);
  return exchange.failure;
}

/** Servers that ignore `stream` answer with the whole JSON at once. */
async function answeredWhole(exchange: Exchange, response: Response, options: ExchangeOptions): Promise<Error> {
  const { model } = options;
  const { text, isWhole } = await readText(response, LONGEST_BODY_BYTES, options.onActivity);
  const body = parsed(text);
  exchange.isEnded = true;
  if (isJsonObject(body) && body["error"] === undefined) exchange.whole = body;
  else exchange.failure = failureOfWhole(body, { model, isCut: !isWhole || /^\s*\{/.test(text) });
  return exchange.failure ?? new Error("the whole answer is in the exchange");
}

function failureOfWhole(body: unknown, { model, isCut }: { model: string; isCut: boolean }): ModelError {
  if (isJsonObject(body)) return failureOfBody(body, { model });
  if (isCut) return modelFailure("MODEL_STREAM_BROKEN", "stopped before the end of its answer.", { model });
  return modelFailure("MODEL_BAD_RESPONSE", "answered with something that is not JSON.", { model });
}

/** The body as it comes, each chunk reported. A body that never ends, or is too long, is not this function's concern. */
function watched(
  exchange: Exchange,
  body: ReadableStream<Uint8Array>,
  options: ExchangeOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((thrown: unknown) => {
          exchange.isEnded = true;
          throw thrown;
        });
        exchange.isEnded = done;
        if (done) return controller.close();
        options.onActivity();
        bytes += value.byteLength;
        if (bytes <= LONGEST_BODY_BYTES) return controller.enqueue(value);
        exchange.failure = tooLong(options.model);
        await reader.cancel();
        throw exchange.failure;
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function tooLong(model: string): ModelError {
  return modelFailure("MODEL_BAD_RESPONSE", `answered with more than ${LONGEST_BODY_BYTES} bytes.`, { model });
}

/** At most `mostBytes` of the body, and whether that is all of it: the connection may break. */
async function readText(
  response: Response,
  mostBytes: number,
  onActivity: () => void,
): Promise<{ text: string; isWhole: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      onActivity();
      bytes += chunk.byteLength;
      text += decoder.decode(chunk, { stream: true });
      if (bytes > mostBytes) return { text, isWhole: false };
    }
  } catch {
    // A broken connection or a cancel: the caller looks at the signal, and judges by what came.
    return { text, isWhole: false };
  }
  return { text, isWhole: true };
}

async function dropBody(response: Response): Promise<void> {
  await response.body?.cancel();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** Proxies answer with pages: their title says enough. */
function pageTitle(text: string): string {
  if (!/^\s*</.test(text)) return text;
  return /<title[^>]{0,200}>([^<]{0,200})/i.exec(text)?.[1]?.trim() ?? "a page instead of JSON";
}
