/**
 * The models that a suite names: of its variants and its judges. Owns: which one answers (a recording, a recording that
 * grows, or a provider). Must not: ask anybody yet.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { type CassetteModel, openCassette } from "../../model/cassette-model.ts";
import type { Model } from "../../model/model.ts";
import { readModelWord } from "../../model/model-word.ts";
import { type Environment, openModel } from "../../model/open-model.ts";
import type { Price } from "../../model/price.ts";
import { secretsIn } from "../../shared/mask-secrets.ts";

/** `replay`: only what is recorded; `record`: ask for what cassettes lack; `live`: cassettes replay, models are asked. */
export type ModelMode = "replay" | "record" | "live";

export interface ModelOptions {
  /** Whether models may be asked, and what is written down. */
  mode: ModelMode;
  /** Folder that cassettes' paths start from. */
  folder: string;
  /** Where keys and addresses of providers stand, such as `process.env`. */
  env: Environment;
  /** USD per million tokens, by a model's whole name; they take precedence over the table. */
  prices?: Readonly<Record<string, Price>>;
  /** Model that is recorded where a variant or a judge names none with `recordWith`. */
  recordWith?: string;
}

export interface NamedModel {
  /** For messages, such as `Variant 'a'`. */
  who: string;
  id: string;
  model?: string | Model;
  recordWith?: string;
}

/** Null where none is named. Throws CONFIG_INVALID. */
export type OpenSuiteModel = (named: NamedModel) => Promise<Model | null>;

/** A cassette that is recorded for several of them is opened once. */
export function createModelOpener(options: ModelOptions): OpenSuiteModel {
  const recordings = new Map<string, CassetteModel>();
  return (named) => open(named, options, recordings);
}

export function isReplaying(model: Model): boolean {
  return model.provider === "scripted" || ("mode" in model && model.mode === "replay");
}

async function open(
  { who, id, model, recordWith }: NamedModel,
  options: ModelOptions,
  recordings: Map<string, CassetteModel>,
): Promise<Model | null> {
  const { mode, folder, env, prices } = options;
  if (model === undefined) return null;
  if (typeof model !== "string") return openObject(model, { who, id, mode });
  const word = readModelWord(model);
  if (word.kind === "offline") return null;
  const given = { env, ...(prices && { prices }) };
  if (word.kind !== "cassette") {
    if (mode !== "replay") return openModel(model, given);
    const hint = `Record it: "model": "cassette:./${id}.jsonl", "recordWith": "${model}", then --record.`;
    throw refuse(`${who} asks ${model}, but where CI is set only recordings are replayed.`, hint);
  }
  const cassette = `cassette:${word.file}`;
  if (mode !== "record") return openCassette(cassette, { folder });
  const known = recordings.get(cassette);
  if (known !== undefined) return known;
  const asked = recordWith ?? options.recordWith;
  if (asked === undefined) {
    throw refuse(`${who}: nobody is named to record from.`, `Give it a 'recordWith', or pass --model.`);
  }
  const inner = await openModel(asked, given);
  const recording = await openCassette(cassette, { folder, mode: "auto", inner, secrets: secretsIn(env) });
  recordings.set(cassette, recording);
  return recording;
}

/** A model of a suite in TypeScript. What it does inside can't be seen: a recording is known by what it says of itself. */
function openObject(model: Model, { who, id, mode }: { who: string; id: string; mode: ModelMode }): Model {
  if (mode !== "replay" || isReplaying(model)) return model;
  const hint = `Use "model": "cassette:./${id}.jsonl", or a model that openCassette or createScriptedModel has made.`;
  throw refuse(`${who} asks ${model.name}, but where CI is set only recordings are replayed.`, hint);
}

function refuse(message: string, hint: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", message, { hint });
}
