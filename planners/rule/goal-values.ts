/**
 * Values that stand in the goal's own words: numbers, quotes, what a wish is about. Owns: which words of a wish are
 * which value. Must not: look at documents, steps or parameters.
 */

import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { isJsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";
import { isFiller, isNameLike } from "./clause-roles.ts";
import { isType, propertiesOf, requiredOf, typesOf } from "./schema-reading.ts";
import { hasContent, isDocumentNoun, isStop, nameStems, type Token } from "./tokens.ts";
import { MEASURES, PREPOSITIONS } from "./vocabulary.ts";
import type { Wish } from "./wish.ts";

/** Inputs by name that the words of the wish give. */
export type GoalValues = Map<string, JsonValue>;

/** Reads every input of `tool` that the wish's words give; hints first, then names, then what is left. */
export function valuesInGoal(tool: ToolDescription, wish: Wish, goal: string): GoalValues {
  const values: GoalValues = new Map();
  readNamedValues(tool, wish, values);
  readNumbers(tool, wish, values);
  readTexts(tool, wish, { goal, values });
  return values;
}

/** Words that are values of an input's `enum`, in lower case. */
export function valueWords(tool: ToolDescription): ReadonlySet<string> {
  const values = propertiesOf(tool.inputSchema).flatMap(([, schema]) =>
    Array.isArray(schema.enum) ? schema.enum : [],
  );
  return new Set(values.map((value) => String(value).toLowerCase()));
}

/** A word of an input's `enum` ("in fahrenheit"); behind its own preposition where the input is named so ("to USD"). */
function readNamedValues(tool: ToolDescription, wish: Wish, values: GoalValues): void {
  const used = new Set<number>();
  const inputs = propertiesOf(tool.inputSchema).filter(([, schema]) => Array.isArray(schema.enum));
  const take = (name: string, schema: JsonSchema, accepts: (at: number) => boolean): void => {
    if (values.has(name) || !Array.isArray(schema.enum)) return;
    const allowed = schema.enum.filter((value) => typeof value === "string");
    const at = wish.tokens.findIndex((token, place) => {
      return !used.has(place) && accepts(place) && allowed.some((value) => value.toLowerCase() === token.lower);
    });
    if (at < 0) return;
    used.add(at);
    values.set(name, allowed.find((value) => value.toLowerCase() === wish.tokens[at]?.lower) ?? null);
  };
  const isNear = (name: string, at: number): boolean => nameStems(name).includes(wish.tokens[at - 1]?.stem ?? "");
  for (const [name, schema] of inputs) take(name, schema, (at) => isNear(name, at));
  for (const [name, schema] of inputs) take(name, schema, () => true);
}

interface NumberInput {
  name: string;
  schema: JsonSchema;
  stems: string[];
  isRequired: boolean;
}

function readNumbers(tool: ToolDescription, wish: Wish, values: GoalValues): void {
  const inputs = numberInputs(tool).filter((input) => !values.has(input.name));
  const free = new Set(wish.tokens.flatMap((token, at) => (token.kind === "number" ? [at] : [])));
  const take = (input: NumberInput, at: number | undefined): void => {
    const value = at === undefined ? null : (wish.tokens[at]?.value ?? null);
    if (at === undefined || value === null || values.has(input.name)) return;
    if (isType(input.schema, "integer") && !Number.isInteger(value)) return;
    values.set(input.name, isType(input.schema, "string") ? String(value) : value);
    free.delete(at);
  };
  for (const input of inputs)
    take(
      input,
      [...free].find((at) => isNamed(input, wish.tokens, at)),
    );
  for (const input of inputs)
    take(
      input,
      [...free].find((at) => isLikely(input, wish, at)),
    );
}

function numberInputs(tool: ToolDescription): NumberInput[] {
  const required = requiredOf(tool.inputSchema);
  const hints = tool.planning?.inputs ?? {};
  return propertiesOf(tool.inputSchema).flatMap(([name, schema]) => {
    const isNumber = isType(schema, "number") || isType(schema, "integer");
    const isWanted = hints[name] === "number" || (isNumber && hints[name] === undefined && required.has(name));
    return isWanted ? [{ name, schema, stems: nameStems(name), isRequired: required.has(name) }] : [];
  });
}

/** "3 sentences", "order 17": the input's name stands beside the number. */
function isNamed(input: NumberInput, tokens: readonly Token[], at: number): boolean {
  return [tokens[at - 1], tokens[at + 1], tokens[at + 2]].some((token) => {
    return token !== undefined && token.kind === "word" && input.stems.includes(token.stem);
  });
}

const LIMITING = /^(top|max|maximum|most|first|limit|to|least|best|last|only|than)$/;

function isLikely(input: NumberInput, wish: Wish, at: number): boolean {
  const after = wish.tokens[at + 1];
  if (after !== undefined && (MEASURES.has(after.lower) || isDocumentNoun(after))) return false;
  if (input.isRequired) return true;
  if (wish.tokens[at]?.lower === "one" && (after === undefined || isStop(after))) return false;
  if (LIMITING.test(wish.tokens[at - 1]?.lower ?? ""))
    return after === undefined || !hasContent(after) || isMatched(wish, at);
  return isMatched(wish, at);
}

/** "5 main topics": the number counts what the wish asks for. */
function isMatched(wish: Wish, at: number): boolean {
  return wish.tokens.slice(at + 1, at + 4).some((token) => wish.words.includes(token));
}

function readTexts(tool: ToolDescription, wish: Wish, into: { goal: string; values: GoalValues }): void {
  const hints = tool.planning?.inputs ?? {};
  const quotes = wish.tokens.filter((token) => token.kind === "quote").map((token) => token.text);
  const names = Object.keys(hints).filter((name) => hints[name] === "quote" || hints[name] === "subject");
  const required = requiredOf(tool.inputSchema);
  const phrases = names.length > 1 ? phrasesByPreposition(wish, into.goal) : new Map<string, string>();
  for (const name of names) {
    if (into.values.has(name)) continue;
    const byName = nameStems(name)
      .map((stem) => phrases.get(stem))
      .find((text) => text !== undefined);
    const mayGuess = hints[name] === "subject" ? phrases.size < 2 : required.has(name);
    const text = byName ?? quotes.shift() ?? (mayGuess ? subjectOf(wish, into.goal, valueWords(tool)) : null);
    if (text !== null && text !== undefined) into.values.set(name, text);
  }
}

/** "from Oslo to Paris": what stands behind each preposition. */
function phrasesByPreposition(wish: Wish, goal: string): Map<string, string> {
  const phrases = new Map<string, string>();
  wish.tokens.forEach((token, at) => {
    if (!PREPOSITIONS.has(token.lower)) return;
    const stop = wish.tokens.findIndex(
      (other, place) => place > at && (PREPOSITIONS.has(other.lower) || other.kind === "mark"),
    );
    const phrase = trimStops(wish.tokens.slice(at + 1, stop < 0 ? undefined : stop));
    if (phrase.length > 0) phrases.set(token.stem, sliceOf(goal, phrase));
  });
  return phrases;
}

/** What the wish is about: its quote, else what follows the matched words, else what stands before them. */
export function subjectOf(wish: Wish, goal: string, values: ReadonlySet<string> = new Set()): string | null {
  const quote = wish.tokens.find((token) => token.kind === "quote");
  if (quote !== undefined) return quote.text;
  const last = Math.max(0, ...wish.words.map((token) => token.end));
  const first = Math.min(Number.MAX_SAFE_INTEGER, ...wish.words.map((token) => token.start));
  const after = trimStops(
    withoutDocument(wish.tokens.filter((token) => token.start >= last && !values.has(token.lower))),
  );
  const before = trimStops(wish.tokens.filter((token) => token.end <= first));
  for (const tokens of [after, isNameLike(before) ? before : []]) {
    if (tokens.some((token) => token.kind === "number" || isSpecific(token))) return sliceOf(goal, tokens);
  }
  return null;
}

function isSpecific(token: Token): boolean {
  return hasContent(token) || (token.kind === "word" && !isStop(token) && !isFiller([token]));
}

/** "the document for growth" is about growth; "growth in the document" too. */
function withoutDocument(tokens: Token[]): Token[] {
  const at = tokens.findIndex(isDocumentNoun);
  if (at < 0) return tokens;
  const before = trimStops(tokens.slice(0, at));
  return before.some(hasContent) ? before : tokens.slice(at + 1);
}

function trimStops(tokens: readonly Token[]): Token[] {
  const start = tokens.findIndex((token) => !isStop(token));
  if (start < 0) return [];
  const end = tokens.findLastIndex((token) => !isStop(token));
  return tokens.slice(start, end + 1);
}

function sliceOf(goal: string, tokens: readonly Token[]): string {
  return goal
    .slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0)
    .replace(/\s+/g, " ")
    .trim();
}

/** An answer of a person as a value of this type; undefined where it does not fit. */
export function coerceAnswer(answer: JsonValue, name: string, schema: JsonSchema): JsonValue | undefined {
  const own = isJsonObject(answer) && !isType(schema, "object") ? answer[name] : answer;
  if (own === undefined) return undefined;
  return typeof own === "string" ? coerceText(own.trim(), schema) : own;
}

function coerceText(text: string, schema: JsonSchema): JsonValue | undefined {
  if (text === "") return undefined;
  if (Array.isArray(schema.enum)) {
    return schema.enum.find((value) => String(value).toLowerCase() === text.toLowerCase());
  }
  if (isType(schema, "string") || typesOf(schema).length === 0) return text;
  if (isType(schema, "array")) return text.split(/\s*,\s*/).filter((part) => part !== "");
  return isType(schema, "boolean") ? flagOf(text) : numberFrom(text, schema);
}

function flagOf(text: string): boolean | undefined {
  if (/^(yes|true|y)$/i.test(text)) return true;
  return /^(no|false|n)$/i.test(text) ? false : undefined;
}

function numberFrom(text: string, schema: JsonSchema): number | undefined {
  const value = Number(text);
  const isFit = isType(schema, "number") || (isType(schema, "integer") && Number.isInteger(value));
  return Number.isFinite(value) && isFit ? value : undefined;
}

/** Values of people and parameters hold no references: what looks like one is kept as it is. */
export function asLiteral(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return (isJsonObject(value) || Array.isArray(value)) && /"(ref|template|literal)":/.test(text)
    ? { literal: value }
    : value;
}
