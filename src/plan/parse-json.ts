/**
 * Reads JSON as models write it. Owns: strict parsing first, then the likely part of the text, then a repair of
 * small slips (trailing commas, quotes, comments). Must not: complete what was cut off, or judge what it means.
 * The repairing package is loaded at the first repair of the process.
 */
import { createRequire } from "node:module";
import { findDecisionText } from "./find-json.ts";

export type ReadJson = { ok: true; value: unknown } | { ok: false; message: string; hint: string };

/** Characters; repairs can take time quadratic in the length (64 Ki: some 0.2 s), so longer texts must be JSON as they are. */
const LONGEST_REPAIR = 65_536;

const ONE_OBJECT = "Answer with one JSON object and nothing else.";

export interface ReadJsonOptions {
  /** Takes no answer that ends inside a string for one with wrong quotes; for answers that hold JSON in strings. */
  mustClose?: boolean;
}

/** The JSON value in a text, or why there is none. Never throws. */
export function readJson(text: string, { mustClose = false }: ReadJsonOptions = {}): ReadJson {
  const whole = parseStrictly(text.startsWith("\uFEFF") ? text.slice(1) : text);
  if (whole !== undefined) return { ok: true, value: whole };
  const candidate = findDecisionText(text);
  if (candidate === null) return { ok: false, message: "The answer holds no JSON object.", hint: ONE_OBJECT };
  const hasWrongQuotes = candidate.endsInString && /\}[`\s]*$/.test(candidate.text.slice(-20));
  if (!candidate.isClosed && (mustClose || !hasWrongQuotes)) {
    const message = "The JSON of the answer ends in the middle; it was cut off.";
    return { ok: false, message, hint: "Answer again, shorter, with one complete JSON object." };
  }
  const value = parseStrictly(candidate.text) ?? repairJson(candidate.text);
  if (value !== undefined) return { ok: true, value };
  return { ok: false, message: `The answer is not valid JSON: ${reasonOf(candidate.text)}.`, hint: ONE_OBJECT };
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller tries the next way, or says why there is none
  }
}

/** The value of a text with small slips, or undefined. Never throws. */
export function repairJson(text: string): unknown {
  if (text.length > LONGEST_REPAIR) return undefined;
  try {
    const { jsonrepair } = createRequire(import.meta.url)("jsonrepair") as typeof import("jsonrepair");
    return JSON.parse(jsonrepair(text)) as unknown;
  } catch {
    return undefined; // beyond repair, or nested too deeply for the recursive repair
  }
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return "unknown reason";
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return message.replace(/\s+/g, " ").slice(0, 160).replace(/\.$/, "");
  }
}
