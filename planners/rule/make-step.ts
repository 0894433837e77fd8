/**
 * A tool and a wish become a step. Owns: where each input comes from, and chaining backwards through tools whose
 * outputs provide what is missing. Must not: choose the tool for a wish, nor use a tool with side effects as a source.
 */
import type { PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { answerFor, type Missing } from "./answers.ts";
import { mentionsDocument } from "./clause-roles.ts";
import { comparedInput, comparedInputs, documentInput, documentText, namedDocument } from "./document-inputs.ts";
import { addStep, type Draft, type DraftStep } from "./draft.ts";
import { type Each, elementInput } from "./each.ts";
import { type GoalValues, subjectOf, valuesInGoal } from "./goal-values.ts";
import { fitOf, isType, propertiesOf, requiredOf, schemaAt, typeOfValue } from "./schema-reading.ts";
import { sourceInputs } from "./source-inputs.ts";
import { normalName } from "./tokens.ts";
import type { ToolIndex } from "./tool-index.ts";
import type { Wish } from "./wish.ts";

export interface Maker {
  request: PlanningRequest;
  index: ToolIndex;
  goal: string;
  draft: Draft;
  /** Tools that may not be used at all: refused by the goal, or failed. */
  barred: ReadonlySet<string>;
}

type Made = { step: DraftStep; missing: null } | { step: null; missing: Missing };

interface Demand {
  tool: ToolDescription;
  wish: Wish;
  /** What the step is named after. */
  name: string;
  when: JsonObject | null;
  each: Each | null;
  /** Step whose answer the wish says to work on. */
  source: DraftStep | null;
  /** For inputs with the hint `results`. */
  sections: JsonValue[];
  /** Tools on the way that wait for this one. */
  path: readonly string[];
}

const DEEPEST_CHAIN = 3;
const MOST_PROVIDERS = 5;

interface Filling extends Demand {
  maker: Maker;
  goalValues: GoalValues;
  fromSource: ReadonlyMap<string, JsonValue>;
  compared: [string, string] | null;
  /** Root of the document at hand, such as `document`, `documents[1]` or `item`; null without documents. */
  documentRoot: string | null;
  usesSeveral: boolean;
}

/** Makes the step and whatever has to run before it; leaves the draft as it was where an input stays open. */
export function makeStep(maker: Maker, demand: Demand): Made {
  const mark = maker.draft.steps.length;
  const filling = startFilling(maker, demand);
  const input: JsonObject = {};
  const required = requiredOf(demand.tool.inputSchema);
  for (const [name, schema] of propertiesOf(demand.tool.inputSchema)) {
    const value = required.has(name) ? requiredValue(filling, name, schema) : optionalValue(filling, name, schema);
    if (value !== undefined) input[name] = value;
    else if (required.has(name) && !("default" in schema)) {
      maker.draft.steps.length = mark;
      return { step: null, missing: missingOf(filling, name, schema) };
    }
  }
  const each = eachOf(filling, input);
  const unused = each === null ? null : useElement(filling, input);
  if (unused !== null) {
    maker.draft.steps.length = mark;
    return { step: null, missing: unused };
  }
  return {
    step: addStep(maker.draft, demand.name, { tool: demand.tool, input, when: demand.when, each }),
    missing: null,
  };
}

function startFilling(maker: Maker, demand: Demand): Filling {
  const { documents } = maker.request;
  const named = namedDocument(documents, demand.wish.tokens);
  const single = documents.length === 1 ? "document" : null;
  const chosen = documents.length > 1 && named !== null ? `documents[${named}]` : single;
  const collects = Object.values(demand.tool.planning?.inputs ?? {}).includes("results");
  const usesSeveral = !collects && demand.each === null && documents.length > 1 && chosen === null;
  const required = [...requiredOf(demand.tool.inputSchema)];
  const isOverDocuments = usesSeveral || demand.each?.isDocuments === true;
  return {
    ...demand,
    maker,
    goalValues: valuesInGoal(demand.tool, demand.wish, maker.goal),
    fromSource: demand.source === null ? new Map() : sourceInputs(demand.tool, demand.source),
    compared: documents.length >= 2 ? comparedInputs(required) : null,
    documentRoot: isOverDocuments ? "item" : (chosen ?? (documents.length > 1 && !collects ? "document" : null)),
    usesSeveral,
  };
}

/** Runs over a list: the one the goal names, its source's, or all documents where it takes one of several. */
function eachOf(filling: Filling, input: JsonObject): DraftStep["each"] {
  if (filling.each !== null) return { items: filling.each.items, max: filling.each.max };
  const isIndexed = [...filling.fromSource.values()].some((value) => /\[index\]/.test(JSON.stringify(value)));
  if (isIndexed) return filling.source?.each ?? null;
  const usesItem = Object.values(input).some((value) => /"(ref)":"item[."]/.test(JSON.stringify(value)));
  return usesItem && filling.usesSeveral
    ? { items: { ref: "documents" }, max: filling.maker.request.documents.length }
    : null;
}

/** A step for each element has to use it: where no input did by name, the first text takes it. */
function useElement(filling: Filling, input: JsonObject): Missing | null {
  const { each, tool } = filling;
  if (each === null || /"item[."]|\[index\]/.test(JSON.stringify(input))) return null;
  const hints = tool.planning?.inputs ?? {};
  const required = requiredOf(tool.inputSchema);
  const inputs = propertiesOf(tool.inputSchema).filter(([name]) => required.has(name));
  inputs.sort(([left], [right]) => Number(hints[right] !== undefined) - Number(hints[left] !== undefined));
  for (const [name, schema] of inputs) {
    const value = elementInput(each, { name, schema, isAny: true });
    if (value === null) continue;
    input[name] = value;
    return null;
  }
  return { ...missingOf(filling, inputs[0]?.[0] ?? "", {}), why: "none of its inputs takes the element" };
}

function requiredValue(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  const { maker, tool } = filling;
  const hint = tool.planning?.inputs?.[name];
  if (hint === "results") return filling.sections.length > 0 ? filling.sections : undefined;
  return (
    givenValue(filling, name, schema) ??
    answerFor(maker.request, { tool: tool.name, input: name, schema }) ??
    fromDocuments(filling, name, schema) ??
    (hint === "subject" || hint === "quote" ? fromElement(filling, { name, schema, isAny: true }) : undefined) ??
    provided(filling, name, schema) ??
    lastResort(filling, name, schema)
  );
}

/** What the goal, its sources and its parameters give, in this order. */
function givenValue(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  return (
    filling.fromSource.get(name) ??
    fromElement(filling, { name, schema, isAny: false }) ??
    filling.goalValues.get(name) ??
    fromParams(filling.maker.request, name, schema)
  );
}

function optionalValue(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  const given = givenValue(filling, name, schema);
  if (given !== undefined || normalName(name) !== "text") return given;
  return fromDocuments(filling, name, schema);
}

function fromElement(
  filling: Filling,
  input: { name: string; schema: JsonSchema; isAny: boolean },
): JsonValue | undefined {
  return filling.each === null ? undefined : (elementInput(filling.each, input) ?? undefined);
}

function fromParams(request: PlanningRequest, name: string, schema: JsonSchema): JsonValue | undefined {
  const normal = normalName(name);
  const key = Object.keys(request.params).find((param) => normalName(param) === normal);
  if (key === undefined) return undefined;
  const value = request.params[key] ?? null;
  if (fitOf({ type: typeOfValue(value) }, schema) === "no") return undefined;
  return { ref: /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `params.${key}` : `params[${JSON.stringify(key)}]` };
}

function fromDocuments(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  const { compared, documentRoot } = filling;
  if (compared?.includes(name)) return comparedInput(schema, `documents[${compared.indexOf(name)}]`) ?? undefined;
  if (documentRoot === null || comparedInputs([...requiredOf(filling.tool.inputSchema)])?.includes(name))
    return undefined;
  return documentInput(name, schema, documentRoot) ?? undefined;
}

/** The output of a step or, failing that, of the tool that takes the fewest further steps. */
function provided(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  const { maker, path, tool } = filling;
  const providers = (maker.index.outputs.get(normalName(name)) ?? []).filter((entry) => {
    const found = schemaAt(entry.tool.outputSchema, entry.path);
    const isOpen = entry.tool.effect === "read" && !maker.barred.has(entry.tool.name);
    const isNew = entry.tool.name !== tool.name && !path.includes(entry.tool.name);
    return isOpen && isNew && found !== null && fitOf(found, schema) !== "no";
  });
  for (const entry of providers) {
    const step = maker.draft.steps.find(
      (known) => known.tool === entry.tool && known.when === null && known.each === null,
    );
    if (step !== undefined) return { ref: `${step.id}.${entry.path}` };
  }
  if (path.length >= DEEPEST_CHAIN || normalName(name) === "titl") return undefined;
  const cost = (entry: { tool: ToolDescription }): number => requiredOf(entry.tool.inputSchema).size;
  providers.sort((a, b) => cost(a) - cost(b) || (a.tool.name < b.tool.name ? -1 : 1));
  for (const entry of providers.slice(0, MOST_PROVIDERS)) {
    const made = makeStep(maker, chained(filling, entry.tool));
    if (made.step !== null && made.step.each === null) return { ref: `${made.step.id}.${entry.path}` };
  }
  return undefined;
}

function chained(filling: Filling, tool: ToolDescription): Demand {
  const path = [...filling.path, filling.tool.name];
  return { tool, wish: filling.wish, name: tool.name, when: null, each: null, source: null, sections: [], path };
}

/** What a person would take for granted: a title, the document for "this", the wish's subject for a tool without hints. */
function lastResort(filling: Filling, name: string, schema: JsonSchema): JsonValue | undefined {
  const { tool, wish, maker, documentRoot } = filling;
  const hint = tool.planning?.inputs?.[name];
  if (normalName(name) === "titl" && isType(schema, "string")) return quoteIn(wish) ?? { ref: "goal" };
  const texts = [...requiredOf(tool.inputSchema)].filter((other) =>
    isType(schemaAt(tool.inputSchema, other) ?? {}, "string"),
  );
  if (texts.length !== 1 || hint !== undefined || texts[0] !== name || "enum" in schema) return undefined;
  const subject = tool.planning === null ? (subjectOf(wish, maker.goal) ?? codeIn(wish)) : null;
  if (subject !== null) return subject;
  if (documentRoot === null || !mentionsDocument(wish.tokens)) return undefined;
  return documentText(schema, documentRoot) ?? undefined;
}

/** "A-17": a word with letters and digits is a name of something. */
function codeIn(wish: Wish): string | null {
  return wish.tokens.find((token) => /\p{L}/u.test(token.text) && /\d/.test(token.text))?.text ?? null;
}

function quoteIn(wish: Wish): string | undefined {
  return wish.tokens.find((token) => token.kind === "quote")?.text;
}

function missingOf(filling: Filling, input: string, schema: JsonSchema): Missing {
  const has = filling.maker.request.documents.length;
  const compares = comparedInputs([...requiredOf(filling.tool.inputSchema)])?.includes(input) === true;
  const why = compares
    ? `it compares two documents and there ${has === 1 ? "is only one" : "are none"}`
    : "nothing provides it";
  return { tool: filling.tool, input, schema, why };
}
