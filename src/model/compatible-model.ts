/**
 * Any server that speaks OpenAI's Chat Completions (vLLM, llama.cpp, Ollama, gateways). Owns: that nothing meant for
 * OpenAI reaches it: no key, no organization, no headers from the environment.
 */
import { makeAttempt } from "./attempt.ts";
import { createCompatibleReader } from "./compatible-reader.ts";
import { compatibleBody } from "./compatible-request.ts";
import type { Fetch } from "./exchange.ts";
import type { AnswerFormat, Model } from "./model.ts";
import type { Price } from "./price.ts";
import { priceOf } from "./price-table.ts";
import { LONGEST_SDK_TIMEOUT_MS } from "./sdk-timeout.ts";

export interface CompatibleOptions {
  /** As the server knows it. */
  name: string;
  /** Where its `/chat/completions` is: `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  /** Sent as a bearer token; none is sent where it is left out. */
  apiKey?: string;
  /** USD per million tokens. Null, the default: unknown. */
  price?: Price | null;
  /** Defaults to 8,192. */
  maxOutputTokens?: number;
  /** What the server can do; all three by default. What it then refuses, whoever asks may ask in another format. */
  formats?: readonly AnswerFormat["kind"][];
  /** Defaults to the global `fetch`. */
  fetch?: Fetch;
}

const HEADERS = ["accept", "content-type", "user-agent"];

/** `generate` makes one attempt, always as a stream; the SDK is loaded with the first one. */
export function createCompatibleModel(options: CompatibleOptions): Model {
  const { name, baseUrl, apiKey, maxOutputTokens = 8_192, formats = ["schema", "tool", "text"] } = options;
  const model = `compatible:${name}`;
  return {
    name: model,
    provider: "compatible",
    price: options.price === undefined ? priceOf(model) : options.price,
    maxOutputTokens,
    formats,
    generate: (request, attempt) =>
      makeAttempt({
        ...{ model, request, options: attempt, secret: apiKey ?? null },
        reader: createCompatibleReader(request.format),
        fetch: options.fetch ?? globalThis.fetch,
        headers: apiKey === undefined ? HEADERS : [...HEADERS, "authorization"],
        open: async (fetch, signal) => {
          const client = await createClient({ apiKey, baseUrl, fetch });
          return client.chat.completions.create(compatibleBody(name, request), { signal });
        },
      }),
  };
}

interface ClientSettings {
  apiKey: string | undefined;
  baseUrl: string;
  fetch: Fetch;
}

async function createClient({ apiKey, baseUrl, fetch }: ClientSettings) {
  const { default: OpenAI } = await import("openai");
  return new OpenAI({
    // Without a key the SDK would look for OpenAI's in the environment: this one is never sent.
    ...{ apiKey: apiKey ?? "none", adminAPIKey: null, organization: null, project: null },
    ...{ baseURL: baseUrl, fetch, maxRetries: 0, timeout: LONGEST_SDK_TIMEOUT_MS, logLevel: "off" },
  });
}
