/** OpenAI's models through its SDK and the Responses API. Owns: how the SDK is set up. */
import { makeAttempt } from "./attempt.ts";
import type { Fetch } from "./exchange.ts";
import type { Model } from "./model.ts";
import { createOpenAiReader } from "./openai-reader.ts";
import { openAiBody } from "./openai-request.ts";
import type { Price } from "./price.ts";
import { priceOf } from "./price-table.ts";
import { LONGEST_SDK_TIMEOUT_MS } from "./sdk-timeout.ts";

export interface OpenAiOptions {
  /** As the API knows it: `gpt-6.2-sol`. */
  name: string;
  apiKey: string;
  /** Defaults to OpenAI's own API. */
  baseUrl?: string;
  /** USD per million tokens; defaults to the price table. Null: unknown. */
  price?: Price | null;
  /** Defaults to 128,000: what the models in the price table can do. */
  maxOutputTokens?: number;
  /** Defaults to the global `fetch`. */
  fetch?: Fetch;
}

/** `generate` makes one attempt, always as a stream; the SDK is loaded with the first one. */
export function createOpenAiModel(options: OpenAiOptions): Model {
  const { name, apiKey, baseUrl, maxOutputTokens = 128_000 } = options;
  const model = `openai:${name}`;
  return {
    name: model,
    provider: "openai",
    price: options.price === undefined ? priceOf(model) : options.price,
    maxOutputTokens,
    formats: ["schema", "tool", "text"],
    generate: (request, attempt) =>
      makeAttempt({
        ...{ model, request, options: attempt, secret: apiKey },
        reader: createOpenAiReader(request.format, model),
        fetch: options.fetch ?? globalThis.fetch,
        open: async (fetch, signal) => {
          const { default: OpenAI } = await import("openai");
          const settings = { maxRetries: 0, timeout: LONGEST_SDK_TIMEOUT_MS, logLevel: "off" } as const;
          const client = new OpenAI({ apiKey, adminAPIKey: null, baseURL: baseUrl ?? null, fetch, ...settings });
          return client.responses.create(openAiBody(name, request), { signal });
        },
      }),
  };
}
