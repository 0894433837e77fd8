/**
 * "the people" of a list of people and places. Owns: which values of an `enum` of a list's elements a wish names, and
 * the step that keeps only these. Must not: know tools by name; a filter is any tool that takes `items` and `where`.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject, JsonSchema } from "../../src/shared/json.ts";
import { addStep, type Draft, type DraftStep } from "./draft.ts";
import { isType, itemsOf, namedValues, propertiesOf, requiredOf, schemaAt } from "./schema-reading.ts";
import { stemOf } from "./stem.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Values of one field of the elements. */
interface NamedElements {
  field: string;
  schema: JsonSchema;
  values: string[];
  all: string[];
}

/** Any tool that gives those `items` that meet `where`. */
export function selectorIn(tools: readonly ToolDescription[]): ToolDescription | null {
  const found = tools.find((tool) => {
    const required = [...requiredOf(tool.inputSchema)];
    const where = schemaAt(tool.inputSchema, "where");
    const items = schemaAt(tool.outputSchema, "items");
    const takesItems = required.length === 1 && required[0] === "items" && tool.effect === "read";
    return takesItems && where !== null && isType(where, "object") && items !== null && isType(items, "array");
  });
  return found ?? null;
}

/** Values of the elements' one `enum` field that these words name; null where the answer is no such list. */
export function namedElements(tool: ToolDescription, words: readonly Token[]): NamedElements | null {
  const list = schemaAt(tool.outputSchema, tool.planning?.answer ?? "");
  if (list === null || !isType(list, "array")) return null;
  const fields = propertiesOf(itemsOf(list, tool.outputSchema), tool.outputSchema).filter(([, schema]) => {
    return Array.isArray(schema.enum) && namedValues(schema).length > 1;
  });
  const [field, schema] = fields[0] ?? [];
  if (field === undefined || schema === undefined || fields.length > 1) return null;
  const stems = new Set(words.map((token) => token.stem));
  const all = namedValues(schema);
  return {
    field,
    schema,
    all,
    values: all.filter((value) => spellingsOf(value, schema).some((stem) => stems.has(stem))),
  };
}

/** A value's own word, and those that the field's description gives it. */
function spellingsOf(value: string, schema: JsonSchema): string[] {
  return [value.toLowerCase(), ...wordsFor(value, schema)].map(stemOf);
}

/** Words in brackets behind a value in its field's description: "person (people, who)". */
function wordsFor(value: string, schema: JsonSchema): string[] {
  const description = typeof schema.description === "string" ? schema.description : "";
  const start = description.toLowerCase().indexOf(`${value.toLowerCase()} (`);
  const inner = start < 0 ? "" : (/\(([^()]*)\)/.exec(description.slice(start + value.length))?.[1] ?? "");
  return tokenize(inner).flatMap((token) => (token.kind === "word" ? token.lower : []));
}

export interface FilterDemand {
  tool: ToolDescription;
  words: readonly Token[];
  /** Values the goal says are not wanted. */
  excluded: ReadonlySet<string>;
}

export interface ElementCondition {
  where: JsonObject;
  /** What the elements that meet it are called. */
  label: string;
}

/** Condition on an element, or null where the wish is about the whole list; several named values leave it whole. */
export function elementCondition({ tool, words, excluded }: FilterDemand): ElementCondition | null {
  const named = namedElements(tool, words);
  if (named === null || (excluded.size === 0 && named.values.length !== 1)) return null;
  const kept = (named.values.length > 0 ? named.values : named.all).filter((value) => !excluded.has(value));
  if (kept.length === 0 || kept.length === named.all.length) return null;
  const [only, ...others] = kept;
  if (only === undefined || others.length > 0) return { where: { field: named.field, in: kept }, label: tool.name };
  return { where: { field: named.field, is: only }, label: wordsFor(only, named.schema)[0] ?? only };
}

/** The step that keeps the elements of `step`'s answer which meet `where`. */
export function addSelection(
  draft: Draft,
  of: { step: DraftStep; selector: ToolDescription; where: JsonObject; name: string },
): DraftStep {
  const { step, selector, where, name } = of;
  const start = step.each === null ? step.id : `${step.id}[index]`;
  const answer = step.tool.planning?.answer ?? "";
  const items = { ref: answer === "" ? start : `${start}.${answer}` };
  return addStep(draft, name, { tool: selector, input: { items, where }, when: step.when, each: step.each });
}
