/** Takes a known secret out of whatever is kept or shown. Owns: what stands in its place. */
import type { JsonValue } from "../shared/json.ts";

const SCRUBBED = "[secret]";

/** Shorter ones would tear ordinary words apart, and no provider's keys are that short. */
const SHORTEST_SECRET = 4;

export function scrubText(text: string, secret: string | null): string {
  return secret === null || secret.length < SHORTEST_SECRET ? text : text.replaceAll(secret, SCRUBBED);
}

export function scrubJson(value: JsonValue, secret: string | null): JsonValue {
  const text = JSON.stringify(value);
  const scrubbed = scrubText(text, secret === null ? null : JSON.stringify(secret).slice(1, -1));
  return scrubbed === text ? value : (JSON.parse(scrubbed) as JsonValue);
}
