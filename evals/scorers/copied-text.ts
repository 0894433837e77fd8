/** Text and numbers that a planner copied out of a document into its plan. Not a scorer itself. */
import type { ScorerInput } from "../../src/eval/score.ts";
import type { CompiledValue } from "../../src/plan/compiled.ts";
import { isJsonObject, type JsonValue } from "../../src/shared/json.ts";

/** Shorter texts occur in documents by chance, and so do numbers of fewer digits. */
const LEAST_CHARS = 4;
const LEAST_DIGITS = 3;

/** The first literal that was copied: it stands in a document, and in neither the goal nor the parameters; null if none. */
export function copiedText(value: CompiledValue, { case: one, documents }: ScorerInput): string | null {
  const given = [one.goal, ...literalsIn(one.params ?? {}).map(String)].map(plain);
  const read = documents.map(({ text }) => plain(text));
  const isCopied = (text: string): boolean =>
    text.length >= LEAST_CHARS && read.some((one) => one.includes(text)) && !given.some((one) => one.includes(text));
  const isCopiedNumber = (digits: string): boolean =>
    digits.replace(/\D/g, "").length >= LEAST_DIGITS &&
    read.some((one) => hasNumber(one, digits)) &&
    !given.some((one) => hasNumber(one, digits));
  for (const literal of literalsOf(value)) {
    const number = numberIn(literal);
    if (number !== null && isCopiedNumber(number)) return number;
    if (typeof literal === "number") continue;
    if (isCopied(plain(literal))) return literal;
    const part = namesIn(plain(literal)).find(isCopied);
    if (part !== undefined) return part;
  }
  return null;
}

/** Digits of a number, also where it is written as a text; null for other texts. */
function numberIn(literal: Literal): string | null {
  const text = String(literal).trim();
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text.replace("-", "") : null;
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ");
}

/**
 * Words of a text that name something outside, such as an address, a link or an account: they hold more than letters.
 * Other words of a longer text occur in documents by chance.
 */
function namesIn(text: string): string[] {
  const words = text
    .split(/[\s,;:<>()[\]{}"'|=?&]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""));
  return words.filter((word) => /[^\p{L}]/u.test(word));
}

/** As a number of its own, with or without separators of thousands. */
function hasNumber(text: string, digits: string): boolean {
  const numbers = text.match(/\d[\d.,'\u2019\u00a0]*/g) ?? [];
  const [whole = "", fraction] = digits.split(".");
  return numbers.some((one) => {
    const bare = one.replace(/[.,]+$/, "").replace(/[.,'\u2019\u00a0](?=\d{3}(?:\D|$))/g, "");
    const [left = "", right] = bare.split(/[.,]/);
    return left === whole && (right ?? "").replace(/0+$/, "") === (fraction ?? "");
  });
}

type Literal = string | number;

function literalsOf(value: CompiledValue): Literal[] {
  switch (value.kind) {
    case "constant":
      return literalsIn(value.value);
    case "ref":
      return value.fallback === null ? [] : literalsOf(value.fallback);
    case "template":
      return value.parts.filter((part) => typeof part === "string");
    case "list":
      return value.items.flatMap(literalsOf);
    case "object":
      return value.fields.flatMap(([, field]) => literalsOf(field));
  }
}

function literalsIn(value: JsonValue): Literal[] {
  if (typeof value === "string" || typeof value === "number") return [value];
  if (Array.isArray(value)) return value.flatMap(literalsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(literalsIn) : [];
}
