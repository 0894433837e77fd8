/** Claude through Anthropic's SDK. Owns: how the SDK is set up. */

import { createAnthropicReader } from "./anthropic-reader.ts";
import { anthropicBody } from "./anthropic-request.ts";
import { makeAttempt } from "./attempt.ts";
import type { Fetch } from "./exchange.ts";
import type { Model } from "./model.ts";
import type { Price } from "./price.ts";
import { priceOf } from "./price-table.ts";
import { LONGEST_SDK_TIMEOUT_MS } from "./sdk-timeout.ts";

export interface AnthropicOptions {
  /** As the API knows it: `claude-sonnet-5-5`. */
  name: string;
  apiKey: string;
  /** Defaults to Anthropic's own API. */
  baseUrl?: string;
  /** USD per million tokens; defaults to the price table. Null: unknown. */
  price?: Price | null;
  /** Defaults to 64,000: what the oldest model in the price table can do. */
  maxOutputTokens?: number;
  /** Defaults to the global `fetch`. */
  fetch?: Fetch;
}

/** `generate` makes one attempt, always as a stream; the SDK is loaded with the first one. */
export function createAnthropicModel(options: AnthropicOptions): Model {
  const { name, apiKey, baseUrl, maxOutputTokens = 64_000 } = options;
  const model = `anthropic:${name}`;
  return {
    name: model,
    provider: "anthropic",
    price: options.price === undefined ? priceOf(model) : options.price,
    maxOutputTokens,
    formats: ["schema", "tool", "text"],
    generate: (request, attempt) =>
      makeAttempt({
        ...{ model, request, options: attempt, secret: apiKey },
        reader: createAnthropicReader(request.format),
        fetch: options.fetch ?? globalThis.fetch,
        open: async (fetch, signal) => {
          const client = await createClient({ apiKey, baseUrl: baseUrl ?? null, fetch });
          return client.messages.create(anthropicBody(name, request), { signal });
        },
      }),
  };
}

interface ClientSettings {
  apiKey: string;
  baseUrl: string | null;
  fetch: Fetch;
}

/** A client is an object with settings: one is made for each attempt, around the attempt's own `fetch`. */
async function createClient({ apiKey, baseUrl, fetch }: ClientSettings) {
  const { default: Anthropic } = await import("@anthropic-ai/sdk");
  return new Anthropic({
    ...{ apiKey, baseURL: baseUrl, fetch, maxRetries: 0, timeout: LONGEST_SDK_TIMEOUT_MS },
    // The runtime has spans of its own, and prints nothing.
    openTelemetry: false,
    logLevel: "off",
  });
}
