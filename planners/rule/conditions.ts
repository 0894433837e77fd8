/**
 * "if the tone is negative" as data. Owns: which tool can tell, and the condition on its output.
 * Must not: guess; a condition that no declared value, number or list expresses is a problem with a reason.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { DraftStep } from "./draft.ts";
import { isType, type Leaf, leavesOf, namedValues, requiredOf, schemaAt } from "./schema-reading.ts";
import { stemOf } from "./stem.ts";
import { hasContent, isStop, nameStems, type Token } from "./tokens.ts";
import { type Candidate, THRESHOLD, type ToolIndex } from "./tool-index.ts";

/** What a condition asks, before the step that answers it exists. */
export interface Test {
  tool: ToolDescription;
  score: number;
  /** Place in the output that is looked at. */
  path: string;
  operator: string;
  operand: JsonValue;
  /** The list at `path` has to be counted by this tool first. */
  counter: ToolDescription | null;
}

/** Below this a tool is not what the condition speaks of. */
const RELATED = 0.4;

/** Finds what could decide the condition, or null. `usable` tells which tools may run. */
export function testFor(
  index: ToolIndex,
  tokens: readonly Token[],
  usable: (tool: ToolDescription) => boolean,
): Test | null {
  const related = index.match(tokens).filter((found) => found.tool.effect === "read" && usable(found.tool));
  const comparison = comparisonIn(tokens);
  if (comparison !== null) return numberTest(related, tokens, comparison) ?? countTest(index, related, comparison);
  return valueTest(index, tokens, { related, usable }) ?? flagTest(related, tokens) ?? presenceTest(related, tokens);
}

const COMPARISONS: readonly [RegExp, string][] = [
  [/\b(at least|no (less|fewer) than|not (less|fewer) than)$/, "gte"],
  [/\b(at most|no more than|not more than|up to)$/, "lte"],
  [/\b(more|greater|higher|larger|bigger|older|longer) than$|\b(over|above|exceeds?|exceeding|beyond)$/, "gt"],
  [/\b(less|fewer|lower|smaller|shorter|colder) than$|\b(under|below)$/, "lt"],
  [/\b(exactly|equals?|is|are|equal to)$/, "is"],
];

interface Comparison {
  operator: string;
  operand: JsonValue;
  /** The number compared with. */
  number: Token;
}

/** A number right behind words of comparison. */
function comparisonIn(tokens: readonly Token[]): Comparison | null {
  for (const [at, number] of tokens.entries()) {
    if (number.kind !== "number") continue;
    const before = tokens
      .slice(Math.max(0, at - 4), at)
      .map((token) => token.lower)
      .join(" ");
    const found = COMPARISONS.find(([pattern]) => pattern.test(before));
    if (found !== undefined) return { operator: found[1], operand: number.value, number };
  }
  return null;
}

/** The condition's words without what it compares with: those that say what is looked at. */
export function subjectTokens(tokens: readonly Token[], test: Test): Token[] {
  const values = new Set([test.operand].flat().map((value) => stemOf(String(value).toLowerCase())));
  const number = comparisonIn(tokens)?.number;
  return tokens.filter((token) => token !== number && !values.has(token.stem));
}

/** A number in a tool's output whose name the condition speaks. */
function numberTest(related: Candidate[], tokens: readonly Token[], { operator, operand }: Comparison): Test | null {
  for (const { tool, score } of related) {
    const leaf = leavesOf(tool.outputSchema).find((candidate) => {
      const isNumber = isType(candidate.schema, "number") || isType(candidate.schema, "integer");
      return isNumber && isSpoken(candidate, tokens);
    });
    if (leaf !== undefined && score >= RELATED)
      return { tool, score, path: leaf.path, operator, operand, counter: null };
  }
  return null;
}

function isSpoken(leaf: Leaf, tokens: readonly Token[]): boolean {
  const stems = nameStems(leaf.path.split(".").at(-1) ?? "");
  return stems.length > 0 && stems.every((stem) => tokens.some((token) => token.stem === stem));
}

/** "more than 3 topics": the length of a list, where the tool or another one counts it. */
function countTest(index: ToolIndex, related: Candidate[], { operator, operand }: Comparison): Test | null {
  const best = related.find((found) => found.score >= THRESHOLD);
  if (best === undefined) return null;
  const { tool, score } = best;
  const own = leavesOf(tool.outputSchema).find((leaf) => leaf.path === "count" && isType(leaf.schema, "integer"));
  if (own !== undefined) return { tool, score, path: own.path, operator, operand, counter: null };
  const list = listIn(tool);
  const counter = counterIn(index.tools);
  return list === null || counter === null ? null : { tool, score, path: list, operator, operand, counter };
}

/** Any tool that takes `items` and tells their `count`. */
export function counterIn(tools: readonly ToolDescription[]): ToolDescription | null {
  const found = tools.find((tool) => {
    const required = [...requiredOf(tool.inputSchema)];
    const count = schemaAt(tool.outputSchema, "count");
    const takesItems = required.length === 1 && required[0] === "items" && tool.effect === "read";
    return takesItems && count !== null && (isType(count, "integer") || isType(count, "number"));
  });
  return found ?? null;
}

/** Path of the list that answers the tool's wish, or null. */
export function listIn(tool: ToolDescription): string | null {
  const answer = tool.planning?.answer ?? "";
  const schema = schemaAt(tool.outputSchema, answer);
  if (schema !== null && isType(schema, "array")) return answer;
  const lists = leavesOf(tool.outputSchema).filter((leaf) => isType(leaf.schema, "array"));
  return answer === "" && lists.length === 1 ? (lists[0]?.path ?? null) : null;
}

interface Usable {
  related: Candidate[];
  usable(tool: ToolDescription): boolean;
}

/** A word of an `enum` in a tool's output ("negative"); "or" joins several. */
function valueTest(index: ToolIndex, tokens: readonly Token[], among: Usable): Test | null {
  const found = namedPlaces(index, tokens, among);
  const best = found[0];
  if (best === undefined) return null;
  const isBare = tokens.every(
    (token) => !hasContent(token) || best.values.some((value) => stemOf(value.toLowerCase()) === token.stem),
  );
  const isSole = found.every((other) => other.tool === best.tool);
  if (best.score < RELATED && !(isBare && isSole)) return null;
  const isNot = isDenied(tokens);
  const one = best.values.length === 1 ? (best.values[0] ?? "") : null;
  if (one === null && isNot) return null;
  const test = { tool: best.tool, score: Math.max(best.score, RELATED), path: best.path, counter: null };
  return one === null
    ? { ...test, operator: "in", operand: best.values }
    : { ...test, operator: isNot ? "not" : "is", operand: one };
}

interface NamedPlace {
  tool: ToolDescription;
  path: string;
  values: string[];
  score: number;
}

/** Places whose declared values the condition names; those of the tool it speaks of first. */
function namedPlaces(index: ToolIndex, tokens: readonly Token[], among: Usable): NamedPlace[] {
  const scores = new Map(among.related.map((found) => [found.tool, found.score]));
  const stems = new Set(tokens.map((token) => token.stem));
  const found = index.tools.flatMap((tool) => {
    if (tool.effect !== "read" || !among.usable(tool)) return [];
    return leavesOf(tool.outputSchema).flatMap((leaf) => {
      const values = namedValues(leaf.schema).filter((value) => stems.has(stemOf(value.toLowerCase())));
      return values.length === 0 ? [] : [{ tool, path: leaf.path, values, score: scores.get(tool) ?? 0 }];
    });
  });
  return found.sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1));
}

function isDenied(tokens: readonly Token[]): boolean {
  return tokens.some((token) => /^(not|no|never|none|without)$|n't$/.test(token.lower));
}

/** "if the order is shipped": a true-or-false place of that name. */
function flagTest(related: Candidate[], tokens: readonly Token[]): Test | null {
  for (const { tool, score } of related) {
    if (score < RELATED) continue;
    const leaf = leavesOf(tool.outputSchema).find((candidate) => {
      const stems = nameStems(candidate.path.split(".").at(-1) ?? "").filter(
        (stem) => !/^(is|has|can|was)$/.test(stem),
      );
      const isFlag = isType(candidate.schema, "boolean");
      return isFlag && stems.length > 0 && stems.every((stem) => tokens.some((token) => token.stem === stem));
    });
    if (leaf !== undefined)
      return { tool, score, path: leaf.path, operator: "is", operand: !isDenied(tokens), counter: null };
  }
  return null;
}

const PRESENCE = /^(any|no|there|has|have|contains?|mentions?|mentioned|includes?|names?|without|find|found)$/;

/** "if there are any people", "if it names no people": whether the list is empty. */
function presenceTest(related: Candidate[], tokens: readonly Token[]): Test | null {
  if (!tokens.some((token) => PRESENCE.test(token.lower))) return null;
  const best = related.find((found) => found.score >= THRESHOLD);
  if (best === undefined || leftOver(best, tokens).length > 0) return null;
  const list = listIn(best.tool);
  if (list === null) return null;
  return {
    tool: best.tool,
    score: best.score,
    path: list,
    operator: "empty",
    operand: isDenied(tokens),
    counter: null,
  };
}

/** Content that the match does not explain: then the condition says more than "there are some". */
function leftOver(found: Candidate, tokens: readonly Token[]): Token[] {
  return tokens.filter((token, at) => {
    return hasContent(token) && !isStop(token) && !found.positions.includes(at) && !PRESENCE.test(token.lower);
  });
}

/** The condition on a step's output. */
export function conditionOn(step: DraftStep, test: Test, isUnless: boolean): JsonObject {
  const path = test.counter === null ? test.path : "count";
  const compare: JsonObject = { ref: path === "" ? step.id : `${step.id}.${path}`, [test.operator]: test.operand };
  return isUnless ? { none: [compare] } : compare;
}

/** `contains` on the document's own text, for a quoted text; null for anything else. */
export function quotedCondition(tokens: readonly Token[], isUnless: boolean): JsonObject | null {
  const quote = tokens.find((token) => token.kind === "quote");
  if (quote === undefined || !tokens.some((token) => /^(contains?|mentions?|includes?|says?|has)$/.test(token.lower)))
    return null;
  const compare: JsonObject = { ref: "document.text", contains: quote.text };
  return isUnless !== isDenied(tokens) ? { none: [compare] } : compare;
}
