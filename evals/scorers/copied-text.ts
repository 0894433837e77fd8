/** Text that a planner copied out of a document into its plan. Not a scorer itself. */
import type { ScorerInput } from "../../src/eval/score.ts";
import type { CompiledValue } from "../../src/plan/compiled.ts";
import { isJsonObject, type JsonValue } from "../../src/shared/json.ts";

/** Shorter texts occur in documents by chance. */
const LEAST_CHARS = 4;

/** The first literal text that stands in a document and in neither the goal nor the parameters; null if there is none. */
export function copiedText(value: CompiledValue, { case: one, documents }: ScorerInput): string | null {
  const given = [one.goal, ...textsIn(one.params ?? {})].map(plain);
  const read = documents.map(({ text }) => plain(text));
  const isCopied = (text: string): boolean =>
    text.length >= LEAST_CHARS && read.some((one) => one.includes(text)) && !given.some((one) => one.includes(text));
  return literalTexts(value).find((text) => isCopied(plain(text))) ?? null;
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ");
}

function literalTexts(value: CompiledValue): string[] {
  switch (value.kind) {
    case "constant":
      return textsIn(value.value);
    case "ref":
      return value.fallback === null ? [] : literalTexts(value.fallback);
    case "template":
      return value.parts.filter((part) => typeof part === "string");
    case "list":
      return value.items.flatMap(literalTexts);
    case "object":
      return value.fields.flatMap(([, field]) => literalTexts(field));
  }
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
