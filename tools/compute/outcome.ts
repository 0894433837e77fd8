/** What an operation gives: a value, or which input is in its way and why. Owns: the shape. */
import { cutText } from "../../src/shared/cut-text.ts";
import type { JsonValue } from "../../src/shared/json.ts";

export type Outcome =
  | { ok: true; value: JsonValue }
  | { ok: false; path: (string | number)[]; words: string; hint: string };

export function give(value: JsonValue): Outcome {
  return { ok: true, value };
}

/** `words` completes "Input '/values/1' is not accepted: …", without the full stop. */
export function refuse(path: (string | number)[], words: string, hint = ""): Outcome {
  return { ok: false, path, words, hint };
}

/** `the text "12"`, `null`, `a list`: what stands in a place where it can't. */
export function describeElement(value: JsonValue | undefined): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return `the text ${JSON.stringify(cutText(value, 40))}`;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}
