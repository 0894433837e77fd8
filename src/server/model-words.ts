/**
 * Which models a request, or a journal that came from elsewhere, may ask for by a word. Owns: that no word makes this
 * process read a file (a cassette), speak to an address of the asker's choice, or send the operator's key anywhere but
 * to the origin that the operator configured.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Model } from "../model/model.ts";
import { type ModelWord, readModelWord } from "../model/model-word.ts";
import { type OpenModelOptions, openModel } from "../model/open-model.ts";
import { isLoopback } from "./check-access.ts";

export interface AskedModelOptions extends OpenModelOptions {
  /** Word of the model that the operator chose; null for rules. */
  configured: string | null;
}

/**
 * The model of a word that was asked for. Every path to it leads here: starting, planning, forking, resuming, taking
 * over. Throws FORBIDDEN, and what `openModel` throws.
 */
export async function openAskedModel(text: string, options: AskedModelOptions): Promise<Model> {
  const { configured, env, ...others } = options;
  const { isKeySent } = checkModelWord(text, configured);
  return openModel(text, { ...others, env: isKeySent ? env : { ...env, PLANWRIGHT_API_KEY: undefined } });
}

/** Throws FORBIDDEN, and CONFIG_INVALID for what is no model. `isKeySent`: whether PLANWRIGHT_API_KEY may go along. */
export function checkModelWord(text: string, configured: string | null): { isKeySent: boolean } {
  const word = readModelWord(text);
  const own = configured === null ? null : readModelWord(configured);
  switch (word.kind) {
    case "offline":
    case "anthropic":
    case "openai":
      return { isKeySent: false };
    case "compatible": {
      const isOwn = own?.kind === "compatible" && originOf(own) === originOf(word);
      if (isOwn || isLoopback(new URL(word.url).hostname)) return { isKeySent: isOwn };
      throw forbidden();
    }
    case "cassette":
      if (own?.kind === "cassette" && own.file === word.file) return { isKeySent: false };
      throw forbidden();
  }
}

function originOf({ url }: Extract<ModelWord, { kind: "compatible" }>): string {
  return new URL(url).origin;
}

function forbidden(): PlanwrightError {
  return new PlanwrightError("FORBIDDEN", "Neither requests nor recorded runs can choose that model.", {
    hint: "Use offline, anthropic:NAME, openai:NAME, the model that is configured here, or a compatible one on this machine or at the origin of the configured one.",
  });
}
