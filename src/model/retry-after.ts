/** How long a provider asks to wait. Owns: reading its headers. */
import { systemClock } from "../shared/clock.ts";

/** Milliseconds from `retry-after-ms` or `retry-after` (seconds or a date); null where none is given or none makes sense. */
export function retryAfterMs(headers: Headers): number | null {
  const exact = nonNegative(headers.get("retry-after-ms"));
  if (exact !== null) return Math.ceil(exact);
  const text = headers.get("retry-after");
  const seconds = nonNegative(text);
  if (seconds !== null) return Math.ceil(seconds * 1_000);
  const until = Date.parse(text ?? "");
  if (Number.isNaN(until)) return null;
  // By the server's own clock, where it tells it: ours may be wrong.
  const sent = Date.parse(headers.get("date") ?? "");
  return Math.max(0, until - (Number.isNaN(sent) ? systemClock.now() : sent));
}

function nonNegative(text: string | null): number | null {
  if (text === null || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return null;
  return Number(text);
}
