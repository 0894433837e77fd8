/**
 * What a wish stands under: its condition and the list it goes through. Owns: the steps these need, and the condition
 * as data. Must not: meet the wish itself.
 */
import type { PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { conditionOn, listIn, quotedCondition, subjectTokens, type Test, testFor } from "./conditions.ts";
import { addStep, type DraftStep, outputPath } from "./draft.ts";
import { type Each, eachDocument, eachOfList, MOST_ELEMENTS } from "./each.ts";
import { addSelection, type ElementCondition, elementCondition, selectorIn } from "./element-filter.ts";
import { type Maker, makeStep } from "./make-step.ts";
import { keyOf } from "./names.ts";
import { type Reading, textOf } from "./read-wishes.ts";
import { itemsOf, schemaAt } from "./schema-reading.ts";
import type { ConditionClause } from "./split-goal.ts";
import { isDocumentNoun, normalName, type Token } from "./tokens.ts";
import { type Candidate, THRESHOLD, type ToolIndex } from "./tool-index.ts";
import type { Wish } from "./wish.ts";

export interface Setting {
  request: PlanningRequest;
  index: ToolIndex;
  goal: string;
  reading: Reading;
  /** Tools nothing may use. */
  barred: ReadonlySet<string>;
  /** Tools that a wish may not use, as `banOf` writes them. */
  bans: ReadonlySet<string>;
}

/** A plan in the making, as far as conditions and lists need to know. */
export interface Circumstances {
  setting: Setting;
  maker: Maker;
  made: Map<Wish, DraftStep | null>;
  /** By place in the reading: the condition, or why there is none. */
  conditions: Map<number, JsonObject | string>;
}

export function banOf(wish: Wish, tool: string): string {
  return `${tool}\u0000${wish.text}`;
}

export function addCount(
  around: Circumstances,
  of: { step: DraftStep; list: string; counter: ToolDescription; when: JsonObject | null },
): DraftStep {
  const input = { items: { ref: outputPath(of.step, of.list) } };
  return addStep(around.maker.draft, `${of.step.id}_count`, { tool: of.counter, input, when: of.when, each: null });
}

/** What a wish's words leave of a tool's list, where a tool can keep only that; null for all of it. */
export function selectionFor(
  around: Pick<Circumstances, "setting" | "maker">,
  tool: ToolDescription,
  words: readonly Token[],
): (ElementCondition & { selector: ToolDescription }) | null {
  const { reading, request } = around.setting;
  const excluded: ReadonlySet<string> = reading.excluded.get(tool.name)?.values ?? new Set();
  const condition = elementCondition({ tool, words, excluded });
  const selector = condition === null ? null : selectorIn(request.tools);
  if (selector === null || selector === tool || around.maker.barred.has(selector.name)) return null;
  return condition === null ? null : { ...condition, selector };
}

/** A step's own name: one that is narrowed afterwards is named by its tool, so that its part can have the goal's words. */
export function nameFor(
  around: Pick<Circumstances, "setting" | "maker">,
  tool: ToolDescription,
  words: readonly Token[],
): string {
  return keyOf(selectionFor(around, tool, words) === null ? words : [], tool);
}

/** The step that narrows `step`'s list to what the words name, or null. */
export function addNarrowed(
  around: Pick<Circumstances, "setting" | "maker">,
  step: DraftStep,
  names: { words: readonly Token[]; suffix: string },
): DraftStep | null {
  const found = selectionFor(around, step.tool, names.words);
  if (found === null) return null;
  const { selector, where, label } = found;
  const name = `${keyOf(names.words, { name: label, planning: null })}${names.suffix}`;
  return addSelection(around.maker.draft, { step, selector, where, name });
}

/** Condition of a branch, or why it cannot be expressed. The else side looks at what became of the then side. */
export function branchCondition(around: Circumstances, branch: NonNullable<Wish["branch"]>): JsonObject | string {
  const condition = around.conditions.get(branch.condition) ?? makeCondition(around, branch.condition);
  around.conditions.set(branch.condition, condition);
  if (typeof condition === "string" || branch.side === "then") return condition;
  const then = around.setting.reading.wishes.find((wish) => {
    return (
      wish.branch?.condition === branch.condition &&
      wish.branch.side === "then" &&
      around.made.get(wish)?.when === condition
    );
  });
  const step = then === undefined ? null : around.made.get(then);
  return step ? { ref: `status.${step.id}`, is: "unmet" } : { none: [condition] };
}

function makeCondition(around: Circumstances, place: number): JsonObject | string {
  const clause = around.setting.reading.conditions[place];
  if (clause === undefined) return "its condition is missing";
  const { request, index, goal } = around.setting;
  const text = textOf(goal, clause.tokens);
  const usable = (tool: ToolDescription): boolean =>
    !around.maker.barred.has(tool.name) && !around.setting.bans.has(`${tool.name}\u0000if`);
  const quoted = request.documents.length === 1 ? quotedCondition(clause.tokens, clause.isUnless) : null;
  if (quoted !== null) return quoted;
  const test = testFor(index, clause.tokens, usable);
  if (test === null) return `no tool's output can tell whether "${text}"`;
  return conditionStep(around, clause, test);
}

function conditionStep(around: Circumstances, clause: ConditionClause, test: Test): JsonObject | string {
  const text = textOf(around.setting.goal, clause.tokens);
  const found = around.setting.index.match(clause.tokens).find((candidate) => candidate.tool === test.tool);
  const positions = new Set(found?.positions ?? []);
  const words = clause.tokens.filter((_, at) => positions.has(at));
  const wish: Wish = {
    text,
    tokens: subjectTokens(clause.tokens, test),
    words,
    stage: 0,
    branch: null,
    each: null,
    source: null,
    isHidden: true,
    mention: { candidates: [], rejected: [], positions },
  };
  const name = nameFor(around, test.tool, words);
  const made = makeStep(around.maker, {
    tool: test.tool,
    wish,
    name,
    when: null,
    each: null,
    source: null,
    sections: [],
    path: [],
  });
  if (made.step === null) return `to tell whether "${text}", ${test.tool.name} needs "${made.missing.input}"`;
  if (made.step.each !== null) return `"${text}" could mean any of several documents`;
  const { counter, path } = test;
  const isList = counter !== null || test.operator === "empty";
  const kept = isList ? addNarrowed(around, made.step, { words, suffix: counter === null ? "" : "_count" }) : null;
  if (kept !== null && counter === null) return conditionOn(kept, { ...test, path: "items" }, clause.isUnless);
  if (kept !== null && counter === kept.tool) return conditionOn(kept, test, clause.isUnless);
  const step = counter === null ? made.step : addCount(around, { step: made.step, list: path, counter, when: null });
  return conditionOn(step, test, clause.isUnless);
}

/** The list that a wish goes through, or why there is none. */
export function eachFor(around: Circumstances, tokens: readonly Token[]): Each | string {
  const { request, index, goal } = around.setting;
  const named = index
    .match(tokens)
    .find(({ tool, score }) => score >= THRESHOLD && tool.effect === "read" && listIn(tool) !== null);
  if (named !== undefined && !around.maker.barred.has(named.tool.name)) return eachOfTool(around, named, tokens);
  const stems = tokens.map((token) => token.stem);
  const param = Object.entries(request.params).find(
    ([name, value]) => Array.isArray(value) && stems.includes(normalName(name)),
  );
  if (param !== undefined && Array.isArray(param[1])) {
    const element = { type: typeof param[1][0] };
    return eachOfList(`params.${param[0]}`, { element, max: Math.max(1, param[1].length) }, tokens);
  }
  const pages = request.documents.length === 1 ? request.documents[0]?.pages : undefined;
  if (stems.includes("pag") && pages !== undefined) {
    return eachOfList("document.pages", { element: { type: "string" }, max: Math.max(1, pages) }, tokens);
  }
  if (tokens.some(isDocumentNoun) && request.documents.length > 0) return eachDocument(request.documents.length);
  return `nothing yields a list of "${textOf(goal, tokens)}"`;
}

function eachOfTool(around: Circumstances, named: Candidate, tokens: readonly Token[]): Each | string {
  const { tool, positions } = named;
  const list = listIn(tool) ?? "";
  const words = tokens.filter((_, at) => positions.includes(at));
  const mention = { candidates: [named], rejected: [], positions: new Set(positions) };
  const text = textOf(around.setting.goal, tokens);
  const wish: Wish = {
    text,
    tokens: [...tokens],
    words,
    mention,
    stage: 0,
    branch: null,
    each: null,
    source: null,
    isHidden: true,
  };
  const name = nameFor(around, tool, words);
  const made = makeStep(around.maker, {
    tool,
    wish,
    name,
    when: null,
    each: null,
    source: null,
    sections: [],
    path: [],
  });
  if (made.step === null) return `the list of "${text}" needs "${made.missing.input}"`;
  if (made.step.each !== null) return `"${text}" could mean any of several documents`;
  const schema = schemaAt(tool.outputSchema, list) ?? {};
  const kept = addNarrowed(around, made.step, { words, suffix: "" });
  return eachOfList(
    kept === null ? outputPath(made.step, list) : outputPath(kept, "items"),
    { element: itemsOf(schema, tool.outputSchema), max: MOST_ELEMENTS },
    tokens,
  );
}
