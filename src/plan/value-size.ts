/**
 * How large a resolved value may be: a short plan can name a long document thousands of times. Owns: the limits and the
 * count. Counted is what a copy would take, so a value that is shared counts wherever it stands.
 */
import type { JsonObject, JsonValue } from "../shared/json.ts";

/** Longest text that a template may become, in UTF-16 units. */
export const TEMPLATE_CHARS = 16 * 2 ** 20;

/** Most that one input, list, output or condition may hold, in UTF-16 units: three of the largest documents. */
export const VALUE_CHARS = 192 * 2 ** 20;

/** What a value counts beside the characters of strings and keys. */
const PER_VALUE = 16;

/** Characters that are left; below zero once something did not fit. */
export interface Meter {
  left: number;
}

export function createMeter(chars: number = VALUE_CHARS): Meter {
  return { left: chars };
}

/** Takes a value off the meter; false where it no longer fits. Stops walking there. */
export function takeValue(meter: Meter, value: JsonValue): boolean {
  const pending: JsonValue[] = [value];
  for (let next = pending.pop(); next !== undefined && meter.left >= 0; next = pending.pop()) {
    meter.left -= typeof next === "string" ? next.length : PER_VALUE;
    if (typeof next === "object" && next !== null) takeParts(meter, next, pending);
  }
  return meter.left >= 0;
}

function takeParts(meter: Meter, parts: JsonValue[] | JsonObject, pending: JsonValue[]): void {
  if (Array.isArray(parts)) {
    for (const item of parts) pending.push(item);
    return;
  }
  for (const [key, field] of Object.entries(parts)) {
    meter.left -= key.length;
    pending.push(field);
  }
}

/** Whether a value that was not resolved here is within the limit. */
export function fitsLimit(value: JsonValue): boolean {
  return takeValue(createMeter(), value);
}
