/**
 * What models cost, in USD per million tokens. Owns: the published standard prices, and whose price a name has. Prices
 * change without notice: `prices` of the configuration overrides them. A model that is not here has no known price;
 * none is guessed.
 */
import type { Price, Rates } from "./price.ts";

/** No row is older than this: Anthropic's are of this day, OpenAI's of 2026-11-18. */
export const PRICES_AS_OF = "2026-10-24";

/** Input, cached input (read), cache write (the default lifetime), output. */
type Row = readonly [input: number, cached: number, written: number, output: number];

/**
 * Source: "Pricing" and the model pages of platform.claude.com/docs; cache writes are those that live for five minutes.
 * Claude Sonnet 5.5 reads its cache at the price of 2026-10-07; Claude Haiku 5.5 has a second price for long requests.
 */
const ANTHROPIC: Record<string, Row> = {
  "claude-fable-5-1": [10, 0.25, 12.5, 50],
  "claude-fable-5": [10, 1, 12.5, 50],
  "claude-mythos-5-1": [10, 0.25, 12.5, 50],
  "claude-mythos-5": [10, 1, 12.5, 50],
  "claude-opus-5-5": [4, 0.2, 5, 20],
  "claude-opus-5": [5, 0.5, 6.25, 25],
  "claude-opus-4-8": [5, 0.5, 6.25, 25],
  "claude-opus-4-7": [5, 0.5, 6.25, 25],
  "claude-opus-4-6": [5, 0.5, 6.25, 25],
  "claude-opus-4-5": [5, 0.5, 6.25, 25],
  "claude-sonnet-5-5": [2, 0.1, 2.5, 10],
  "claude-sonnet-5": [2, 0.2, 2.5, 10],
  "claude-sonnet-4-6": [3, 0.3, 3.75, 15],
  "claude-sonnet-4-5": [3, 0.3, 3.75, 15],
  "claude-haiku-5-5": [0.1, 0.01, 0.125, 0.5],
  "claude-haiku-4-5": [1, 0.1, 1.25, 5],
};

/**
 * Source: developers.openai.com/api/docs/pricing and the model pages beside it, standard processing, cache writes of 30
 * minutes (1.25 times the input by their rule, from GPT-5.6 on). GPT-5.4 has no price for them: they cost what input does.
 */
const OPENAI: Record<string, Row> = {
  "gpt-6.2-astra": [8, 0.4, 10, 40],
  "gpt-6.2-sol": [2, 0.1, 2.5, 10],
  "gpt-6.1-sol": [2, 0.1, 2.5, 10],
  "gpt-6.1-terra": [1, 0.05, 1.25, 5],
  "gpt-6-astra": [10, 1, 12.5, 50],
  "gpt-6-sol": [2, 0.2, 2.5, 10],
  "gpt-6-luna": [0.1, 0.01, 0.125, 0.5],
  "gpt-5.6-sol": [4, 0.4, 5, 20],
  "gpt-5.6-terra": [2, 0.2, 2.5, 12],
  "gpt-5.6-luna": [0.2, 0.02, 0.25, 1.2],
  "gpt-5.4": [2.5, 0.25, 2.5, 15],
  "gpt-5.4-mini": [0.75, 0.075, 0.75, 4.5],
  "gpt-5.4-nano": [0.2, 0.02, 0.2, 1.25],
};

/** Above this many input tokens OpenAI's models cost twice as much for all input and 1.5 times as much for output. */
const OPENAI_LONG_INPUT = 272_000;
/** Their context ends before that. */
const OPENAI_WITHOUT_LONG_INPUT = new Set(["gpt-5.4-mini", "gpt-5.4-nano"]);

const TABLE: ReadonlyMap<string, Price> = new Map([
  ...Object.entries(ANTHROPIC).map(([name, row]): [string, Price] => [`anthropic:${name}`, anthropicPrice(name, row)]),
  ...Object.entries(OPENAI).map(([name, row]): [string, Price] => [`openai:${name}`, openAiPrice(name, row)]),
]);

/** All names in the table, as `anthropic:NAME` and `openai:NAME`. */
export function pricedModels(): string[] {
  return [...TABLE.keys()];
}

/**
 * Price of `provider:NAME`; null where none is known. Names of a dated version (`-20251001`, `-2026-03-05`) have the
 * price of the model. `overrides` come first, under the name as it is given.
 */
export function priceOf(modelName: string, overrides: Readonly<Record<string, Price>> = {}): Price | null {
  const given = Object.hasOwn(overrides, modelName) ? overrides[modelName] : undefined;
  return given ?? TABLE.get(modelName) ?? TABLE.get(withoutDate(modelName)) ?? null;
}

function withoutDate(name: string): string {
  return name.replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d)$/, "");
}

function ratesOf([input, cached, written, output]: Row): Rates {
  return {
    inputUsdPerMillion: input,
    cachedInputUsdPerMillion: cached,
    cacheWriteUsdPerMillion: written,
    outputUsdPerMillion: output,
  };
}

function anthropicPrice(name: string, row: Row): Price {
  if (name !== "claude-haiku-5-5") return ratesOf(row);
  return { ...ratesOf(row), longInput: { overTokens: 100_000, ...ratesOf([0.5, 0.05, 0.625, 2.5]) } };
}

function openAiPrice(name: string, row: Row): Price {
  if (OPENAI_WITHOUT_LONG_INPUT.has(name)) return ratesOf(row);
  const [input, cached, written, output] = row;
  const long = ratesOf([input * 2, cached * 2, written * 2, output * 1.5]);
  return { ...ratesOf(row), longInput: { overTokens: OPENAI_LONG_INPUT, ...long } };
}
