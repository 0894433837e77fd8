/**
 * "for each topic": what a step is run for. Owns: the list, its elements' type, and which input takes which part.
 * Must not: make the step that yields the list (compose-plan.ts does).
 */
import { DOCUMENT_JSON_SCHEMA } from "../../src/goal/document.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { documentInput } from "./document-inputs.ts";
import { fitOf, isType, propertiesOf, typesOf } from "./schema-reading.ts";
import { nameStems, normalName, type Token } from "./tokens.ts";

export interface Each {
  items: JsonValue;
  max: number;
  element: JsonSchema;
  /** Stems of what the goal calls an element. */
  words: string[];
  isDocuments: boolean;
}

/** Elements of a list that is only known at run time. */
export const MOST_ELEMENTS = 50;

export function eachDocument(count: number): Each {
  return {
    items: { ref: "documents" },
    max: count,
    element: DOCUMENT_JSON_SCHEMA,
    words: ["document"],
    isDocuments: true,
  };
}

export function eachOfList(path: string, list: { element: JsonSchema; max: number }, tokens: readonly Token[]): Each {
  return {
    items: { ref: path },
    max: list.max,
    element: list.element,
    words: tokens.map((token) => token.stem),
    isDocuments: false,
  };
}

/** What an input takes from the element: the part of its name; with `isAny`, the part that tells what it is. */
export function elementInput(
  each: Each,
  input: { name: string; schema: JsonSchema; isAny: boolean },
): JsonObject | null {
  if (each.isDocuments)
    return input.isAny ? documentInput("text", input.schema, "item") : documentInput(input.name, input.schema, "item");
  if (!isType(each.element, "object")) {
    const isNamed = nameStems(input.name).some((stem) => each.words.includes(stem));
    const isFit = typesOf(each.element).length === 0 || fitOf(each.element, input.schema) !== "no";
    return (input.isAny || isNamed) && isFit ? { ref: "item" } : null;
  }
  const parts = propertiesOf(each.element).filter(([, schema]) => fitOf(schema, input.schema) !== "no");
  const same = parts.find(([name]) => normalName(name) === normalName(input.name));
  if (same !== undefined && (input.isAny || normalName(input.name) !== "text")) return { ref: `item.${same[0]}` };
  if (!input.isAny) return null;
  const telling =
    parts.find(([name]) => each.words.includes(normalName(name))) ??
    parts.find(([, schema]) => isType(schema, "string"));
  return telling === undefined ? null : { ref: `item.${telling[0]}` };
}
