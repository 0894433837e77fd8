/**
 * From a word to a model: `anthropic:NAME`, `openai:NAME`, `compatible:NAME@URL`, `cassette:FILE`. Owns: which variable
 * holds which key, and the default models. Must not: read the process's environment; it is handed one.
 */
import { createAnthropicModel } from "./anthropic-model.ts";
import { createCompatibleModel } from "./compatible-model.ts";
import type { Fetch } from "./exchange.ts";
import type { Model } from "./model.ts";
import { checkedAddress, MODEL_FORMS, readModelWord, unusableModel } from "./model-word.ts";
import { createOpenAiModel } from "./openai-model.ts";
import type { Price } from "./price.ts";
import { priceOf } from "./price-table.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenModelOptions {
  /** ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL, PLANWRIGHT_API_KEY. */
  env: Environment;
  /** Override the price table, by the model's whole name without URL: `anthropic:NAME`, `compatible:NAME`. */
  prices?: Readonly<Record<string, Price>>;
  /** Defaults to the global `fetch`. */
  fetch?: Fetch;
  /** Opens `cassette:FILE`; without it cassettes are CONFIG_INVALID. */
  openCassette?: (file: string) => Model | Promise<Model>;
}

/** Throws CONFIG_INVALID, with the name of a missing variable in the hint. */
export async function openModel(spec: string, options: OpenModelOptions): Promise<Model> {
  const word = readModelWord(spec);
  if (word.kind !== "cassette") return openProviderModel(spec, options);
  const hint = `Use ${MODEL_FORMS}.`;
  if (options.openCassette === undefined) throw unusableModel(spec, "cassettes cannot be played here", hint);
  return options.openCassette(word.file);
}

/** The same for models that need no file to be read: all but cassettes. */
export function openProviderModel(spec: string, options: Omit<OpenModelOptions, "openCassette">): Model {
  const word = readModelWord(spec);
  switch (word.kind) {
    case "anthropic":
      return openAnthropic(word.name, options);
    case "openai":
      return openOpenAi(word.name, options);
    case "compatible":
      return openCompatible(word, options);
    case "cassette": {
      const hint = "Pass what openModel resolves with instead of the word.";
      throw unusableModel(spec, "a cassette has to be read first", hint);
    }
    case "offline":
      throw unusableModel(spec, "it is the word for no model", `Write ${MODEL_FORMS}, or leave the model out.`);
  }
}

function openAnthropic(name: string, { env, prices, fetch }: OpenModelOptions): Model {
  const apiKey = keyFrom(env, "ANTHROPIC_API_KEY", `anthropic:${name}`);
  const baseUrl = addressFrom(env, "ANTHROPIC_BASE_URL");
  const price = priceOf(`anthropic:${name}`, prices);
  return createAnthropicModel({ name, apiKey, price, ...given({ baseUrl, fetch }) });
}

function openOpenAi(name: string, { env, prices, fetch }: OpenModelOptions): Model {
  const apiKey = keyFrom(env, "OPENAI_API_KEY", `openai:${name}`);
  const baseUrl = addressFrom(env, "OPENAI_BASE_URL");
  const price = priceOf(`openai:${name}`, prices);
  return createOpenAiModel({ name, apiKey, price, ...given({ baseUrl, fetch }) });
}

function openCompatible({ name, url }: { name: string; url: string }, { env, prices, fetch }: OpenModelOptions): Model {
  const apiKey = checkedKey(env, "PLANWRIGHT_API_KEY", `compatible:${name}@${url}`);
  return createCompatibleModel({
    ...{ name, baseUrl: url, price: priceOf(`compatible:${name}`, prices) },
    ...given({ apiKey, fetch }),
  });
}

export interface ModelChoice {
  /** Ready for `openModel`. */
  spec: string;
  /** Half a sentence. */
  why: string;
}

/** What a found key picks. Both are the vendors' own middle way between ability and price. */
const DEFAULTS: readonly (readonly [variable: string, spec: string])[] = [
  ["ANTHROPIC_API_KEY", "anthropic:claude-sonnet-5-5"],
  ["OPENAI_API_KEY", "openai:gpt-6.2-sol"],
];

/** Anthropic first; null where no key is found. PLANWRIGHT_API_KEY picks nothing: it names no server. */
export function defaultModel(env: Environment): ModelChoice | null {
  const found = DEFAULTS.filter(([variable]) => setValue(env, variable) !== undefined);
  const [first, second] = found;
  if (first === undefined) return null;
  const unused = second === undefined ? "" : `; ${second[0]} is set too and stays unused`;
  return { spec: first[1], why: `${first[0]} is set${unused}` };
}

function keyFrom(env: Environment, variable: string, spec: string): string {
  const key = checkedKey(env, variable, spec);
  if (key !== undefined) return key;
  const hint = `Set ${variable}, or use --model offline to plan without a model.`;
  throw unusableModel(spec, "there is no API key for it", hint);
}

/** A line break inside a key would make an invalid header, and a message that shows the key. */
function checkedKey(env: Environment, variable: string, spec: string): string | undefined {
  const key = setValue(env, variable);
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  const hint = `Set ${variable} again, without spaces and line breaks.`;
  throw unusableModel(spec, `${variable} holds characters that no key has`, hint);
}

function addressFrom(env: Environment, variable: string): string | undefined {
  const url = setValue(env, variable);
  return url === undefined ? undefined : checkedAddress(url, variable, `Set ${variable} to an http or https address.`);
}

function setValue(env: Environment, variable: string): string | undefined {
  const value = env[variable]?.trim();
  return value === "" ? undefined : value;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
function given<T extends Record<string, unknown>>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
