/**
 * Takes secrets out of what a cassette writes down. Owns: what counts as one. Must not: be the only guard; keys belong
 * in headers, which no adapter records.
 */
import { isJsonObject, type JsonValue } from "../../shared/json.ts";

/** What stands where a secret stood. */
export const SCRUBBED = "[secret]";

export interface Scrubber {
  text(text: string): string;
  /** All texts, keys included; what stands under the name of a secret header goes altogether. */
  json(value: JsonValue): JsonValue;
}

/** Known secrets shorter than this would tear ordinary words apart; no provider's keys are that short. */
const SHORTEST_SECRET = 8;

/** Keys of providers and services by their prefixes, authorization headers, tokens, private keys. Linear, each of them. */
const PATTERNS: readonly RegExp[] = [
  /\bsk-[\w-]{12,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|hf_|npm_)[\w-]{12,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{4,}/g,
  /(?<=\b(?:bearer|basic)[ \t]{1,4})(?=[a-z._~+/=-]{0,200}\d)[\w.~+/=-]{12,}/gi,
  /(?<=\b(?:x-api-key|api[-_]?key|authorization|secret|password|token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)(?=[a-z._~+/=-]{0,200}\d)[\w.~+/=-]{12,}/gi,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
];

const SECRET_NAMES =
  /^(?:(?:proxy-)?authorization|(?:x-)?api[-_]?key|x-goog-api-key|(?:set-)?cookie|password|client[-_]?secret|access[-_]?token|refresh[-_]?token)$/i;

/** `secrets`: values that are known to be secret, such as the model's own key. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings))];
  known.sort((left, right) => right.length - left.length);
  const text = (given: string): string => {
    const without = known.reduce((left, secret) => left.replaceAll(secret, SCRUBBED), given);
    return PATTERNS.reduce((left, pattern) => left.replace(pattern, SCRUBBED), without);
  };
  const json = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    const fields = Object.entries(value).map(([name, field]): [string, JsonValue] => {
      const isSecret = SECRET_NAMES.test(name) && field !== null;
      return [text(name), isSecret ? SCRUBBED : json(field)];
    });
    return Object.fromEntries(fields);
  };
  return { text, json };
}

/** As it is, in JSON text, in an address, and in base64 (`Basic` headers hold other text around it: not found there). */
function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
}
