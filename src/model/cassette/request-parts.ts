/**
 * What of a request decides which answer belongs to it, and the key made from that. Owns: what counts (provider, model,
 * parameters, texts, format) and what does not (cache marks, the cap on output tokens).
 */
import { sha256 } from "../../shared/hash.ts";
import { canonicalJson, type JsonObject } from "../../shared/json.ts";
import type { Masker } from "../../shared/mask-secrets.ts";
import type { ModelRequest, ModelText, ProviderName } from "../model.ts";
import type { CassetteText, RequestParts } from "./cassette-line.ts";

export interface ReadRequest {
  parts: RequestParts;
  /** Its texts by their hashes. */
  texts: Map<string, string>;
}

/** Takes a request apart; secrets are out before anything is hashed, so that a key on one machine fits on another. */
export function readRequest(
  request: ModelRequest,
  { provider, model, masker }: { provider: ProviderName; model: string; masker: Masker },
): ReadRequest {
  const texts = new Map<string, string>();
  const keep = (text: string): string => {
    const masked = masker.text(text);
    const hash = sha256(masked);
    texts.set(hash, masked);
    return hash;
  };
  const keepAll = (list: readonly ModelText[]): string[] => list.map(({ text }) => keep(text));
  const { system, messages, format, parameters, maxOutputTokens } = request;
  const parts: RequestParts = {
    provider,
    model,
    parameters: masker.json(parameters) as JsonObject,
    system: keepAll(system),
    messages: messages.map(({ role, parts: list }) => ({ role, texts: keepAll(list) })),
    format: {
      kind: format.kind,
      name: format.kind === "text" ? null : format.name,
      description: format.kind === "tool" ? masker.text(format.description) : null,
      schema: format.kind === "text" ? null : keep(canonicalJson(format.schema)),
    },
    maxOutputTokens,
  };
  return { parts, texts };
}

/** Key of the `call`-th equal request of a trial. */
export function keyOf(parts: RequestParts, { trial, call }: { trial: number; call: number }): string {
  const { maxOutputTokens: _, ...counted } = parts;
  return sha256(canonicalJson({ ...counted, trial, call }));
}

export function textLines(texts: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>): CassetteText[] {
  return [...texts]
    .filter(([hash]) => !known.has(hash))
    .map(([hash, text]) => ({ v: 1, kind: "text", hash, text }) as const);
}
