/**
 * Which inputs the documents of a run provide. Owns: names that mean the document, and which of several is meant.
 * Must not: see contents; a digest's names and counts are enough.
 */
import { DOCUMENT_JSON_SCHEMA, type DocumentDigest } from "../../src/goal/document.ts";
import type { JsonObject, JsonSchema } from "../../src/shared/json.ts";
import { fitOf, isType, typesOf } from "./schema-reading.ts";
import { isDocumentNoun, normalName, type Token } from "./tokens.ts";

const TEXT_NAMES = /^(text|content|bod|document|doc|articl|passag|document text|full text|input|prose)$/;
const WHOLE_NAMES = /^(document|doc|fil)$/;
const BEFORE = /^(befor|old|original|left|first|previou|earlier|from|bas|a|text a|document a)$/;
const AFTER = /^(after|new|revis|right|second|current|later|to|target|b|text b|document b)$/;

/** Reference to what an input of this name takes from the document at `root`; null where it takes nothing. */
export function documentInput(name: string, schema: JsonSchema, root: string): JsonObject | null {
  const normal = normalName(name);
  const isText = typesOf(schema).length === 0 || isType(schema, "string");
  if (WHOLE_NAMES.test(normal) && fitOf(DOCUMENT_JSON_SCHEMA, schema) !== "no") return { ref: root };
  if (TEXT_NAMES.test(normal) && isText) return { ref: `${root}.text` };
  if (/^(titl|document titl)$/.test(normal) && isText) return { ref: `${root}.title` };
  if (/^documents?$/.test(normal) && isType(schema, "array")) return { ref: "documents" };
  return null;
}

/** "The text a tool works on", whatever its name: used where the goal points at the document. */
export function documentText(schema: JsonSchema, root: string): JsonObject | null {
  return isType(schema, "string") && !("enum" in schema) && !("format" in schema) ? { ref: `${root}.text` } : null;
}

/** Names of the two inputs of a comparison, or null. */
export function comparedInputs(names: readonly string[]): [before: string, after: string] | null {
  const before = names.find((name) => BEFORE.test(normalName(name)));
  const after = names.find((name) => AFTER.test(normalName(name)));
  return before === undefined || after === undefined ? null : [before, after];
}

/** The half of a comparison: the document as a whole, or its text. */
export function comparedInput(schema: JsonSchema, root: string): JsonObject | null {
  if (isType(schema, "string")) return { ref: `${root}.text` };
  return fitOf(DOCUMENT_JSON_SCHEMA, schema) === "no" ? null : { ref: root };
}

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"];

/** Which document the words name, by its name or its place; null where they name none. */
export function namedDocument(documents: readonly DocumentDigest[], tokens: readonly Token[]): number | null {
  const text = tokens.map((token) => token.text.toLowerCase()).join(" ");
  const byName = documents.findIndex(({ name }) => {
    const plain = name.toLowerCase().replace(/\.[a-z0-9]{1,5}$/, "");
    const isIn = (part: string): boolean =>
      ` ${text} `.includes(
        ` ${part
          .split(/[^\p{L}\p{N}]+/u)
          .filter(Boolean)
          .join(" ")} `,
      );
    return isIn(name.toLowerCase()) || (plain.length >= 3 && isIn(plain));
  });
  if (byName >= 0) return byName;
  for (let at = 0; at < tokens.length - 1; at++) {
    const next = tokens[at + 1];
    if (next === undefined || !isDocumentNoun(next)) continue;
    const place = tokens[at]?.lower === "last" ? documents.length - 1 : ORDINALS.indexOf(tokens[at]?.lower ?? "");
    if (place >= 0 && place < documents.length) return place;
  }
  return null;
}
