/**
 * A goal as wishes with the tools that could meet them. Owns: what counts as a wish, what is filler, and what nobody
 * can do. Must not: fill inputs or make steps.
 */

import { cutText } from "../../src/shared/cut-text.ts";
import {
  headOf,
  isFiller,
  isNameLike,
  languageOf,
  makesProduct,
  maskDocuments,
  opensWithTask,
  opensWithVerb,
  startsWithPreposition,
} from "./clause-roles.ts";
import { namedElements, selectorIn } from "./element-filter.ts";
import { valueWords } from "./goal-values.ts";
import { findMentions, type Mention, relationOf, takesSubject } from "./mentions.ts";
import { leavesOf, propertiesOf, requiredOf } from "./schema-reading.ts";
import type { Clause, ConditionClause, GoalParts } from "./split-goal.ts";
import { hasContent, isStop, nameStems, normalName, type Token } from "./tokens.ts";
import type { Candidate, ToolIndex } from "./tool-index.ts";
import type { Wish } from "./wish.ts";

export interface Unmet {
  text: string;
  closest: Candidate[];
}

export interface Reading {
  wishes: Wish[];
  conditions: ConditionClause[];
  unmet: Unmet[];
  /** Tools the goal says not to use, with its words. */
  refused: Map<string, string>;
  /** By tool: values of its list's elements that are not wanted ("but not the places"). */
  excluded: Map<string, { values: Set<string>; text: string }>;
}

interface State {
  index: ToolIndex;
  parts: GoalParts;
  reading: Reading;
  isMade: boolean;
  /** "using the summary": source of the wishes of the next clause. */
  pending: Wish | null;
  /** Clause before, where nothing was found for it and it may still join the next. */
  open: Clause | null;
}

export function readWishes(index: ToolIndex, parts: GoalParts): Reading {
  const reading: Reading = {
    wishes: [],
    conditions: parts.conditions,
    unmet: [],
    refused: new Map(),
    excluded: new Map(),
  };
  const state: State = { index, parts, reading, isMade: false, pending: null, open: null };
  for (const clause of parts.clauses) {
    readClause(state, clause);
    state.isMade ||= makesProduct(clause);
  }
  return reading;
}

export function textOf(goal: string, tokens: readonly Token[]): string {
  const first = tokens[0];
  const last = tokens.at(-1);
  const text = first === undefined || last === undefined ? "" : goal.slice(first.start, last.end);
  return cutText(text, 120);
}

function readClause(state: State, clause: Clause): void {
  const mentions = findMentions(state.index, maskDocuments(clause.tokens, state.isMade));
  const best = mentions[0];
  if (clause.isNegated) return refuse(state, clause, mentions);
  const isFound = best !== undefined && best.candidates.length > 0;
  const language = languageOf(clause.tokens);
  if (language !== null && !speaks(isFound ? best : state.reading.wishes.at(-1)?.mention, language)) {
    miss(state, clause.tokens, mentions);
  }
  if (!isFound) return readUnmatched(state, clause, mentions);
  if (hasStrangeVerb(state, clause, mentions)) return miss(state, clause.tokens, mentions);
  addMentions(state, clause, mentions);
}

function refuse(state: State, clause: Clause, mentions: Mention[]): void {
  for (const mention of mentions) {
    const tool =
      mention.candidates[0]?.tool ?? mention.rejected.find((entry) => entry.candidate.score >= 0.5)?.candidate.tool;
    if (tool === undefined) continue;
    const text = textOf(state.parts.goal, clause.tokens);
    const named = selectorIn(state.index.tools) === null ? null : namedElements(tool, clause.tokens);
    if (named === null || named.values.length === 0) state.reading.refused.set(tool.name, text);
    else {
      const known = state.reading.excluded.get(tool.name)?.values ?? [];
      state.reading.excluded.set(tool.name, { values: new Set([...known, ...named.values]), text });
    }
  }
}

/** An answer in another language needs a tool that takes the language or names it. */
function speaks(mention: Mention | undefined, language: Token): boolean {
  const tool = mention?.candidates[0]?.tool;
  if (tool === undefined) return false;
  return propertiesOf(tool.inputSchema).some(([name, schema]) => {
    const values = Array.isArray(schema.enum) ? schema.enum.map((value) => String(value).toLowerCase()) : [];
    return /lang|target|locale/.test(nameStems(name).join(" ")) || values.includes(language.lower);
  });
}

function miss(state: State, tokens: Token[], mentions: Mention[]): void {
  const weighed = mentions.flatMap((mention) => [
    ...mention.candidates,
    ...mention.rejected.map((entry) => entry.candidate),
  ]);
  const closest = weighed.sort((a, b) => b.score - a.score).slice(0, 3);
  const text = textOf(state.parts.goal, tokens);
  if (!state.reading.unmet.some((known) => known.text === text)) state.reading.unmet.push({ text, closest });
}

/** "translate the summary" is no summary: a verb of its own that no matched tool accounts for. */
function hasStrangeVerb(state: State, clause: Clause, mentions: Mention[]): boolean {
  if (!opensWithTask(clause.tokens)) return false;
  const head = headOf(clause.tokens);
  if (mentions.some((mention) => mention.positions.has(head))) return false;
  const stem = clause.tokens[head]?.stem ?? "";
  return !mentions.some((mention) => {
    const tool = mention.candidates[0]?.tool;
    return tool !== undefined && state.index.vocabulary(tool).has(stem);
  });
}

function addMentions(state: State, clause: Clause, mentions: Mention[]): void {
  const made = mentions.map((mention) => wishOf(state, clause, mention));
  made.forEach((wish, place) => {
    const next = made[place + 1];
    if (next === undefined) return;
    const relation = relationOf(clause.tokens, wish.mention, next.mention);
    if (relation === "back" && canFeed(next, wish)) {
      wish.source = next;
      next.isHidden = true;
    }
    if (relation === "forth" && canFeed(wish, next)) next.source = wish;
    narrow(wish, next, wish.source === next);
  });
  if (clause.isSource) {
    state.pending = made[0] ?? null;
    for (const wish of made) wish.isHidden = true;
  } else {
    for (const wish of made) wish.source ??= state.pending;
    state.pending = null;
  }
  for (const wish of made) addWish(state, clause, wish);
  state.open = null;
}

function wishOf(state: State, clause: Clause, mention: Mention): Wish {
  const words = [...mention.positions].sort((a, b) => a - b).map((at) => clause.tokens[at]);
  return {
    text: textOf(state.parts.goal, clause.tokens),
    tokens: clause.tokens,
    mention,
    words: words.filter((token) => token !== undefined),
    stage: clause.stage,
    branch: clause.branch,
    each: clause.each,
    source: null,
    isHidden: false,
  };
}

/** Two tools in one clause share its words: each takes those up to the next match; of a source's, also quotes. */
function narrow(first: Wish, second: Wish, isSource: boolean): void {
  const border = second.words[0]?.start ?? 0;
  first.tokens = first.tokens.filter((token) => token.start < border || (isSource && token.kind === "quote"));
  second.tokens = second.tokens.filter((token) => token.start >= border);
}

function canFeed(source: Wish, target: Wish): boolean {
  const from = source.mention.candidates[0]?.tool;
  const into = target.mention.candidates[0]?.tool;
  if (from === undefined || into === undefined || from === into) return false;
  const hints = into.planning?.inputs ?? {};
  const given = new Set(leavesOf(from.outputSchema).map((leaf) => normalName(leaf.path)));
  if ([...requiredOf(into.inputSchema)].some((name) => given.has(normalName(name)))) return true;
  return [...requiredOf(into.inputSchema)].some((name) => hints[name] === undefined || hints[name] === "results");
}

/** A wish that goes on with the tool of the one before ("the people" · "organisations in it") joins it. */
function addWish(state: State, clause: Clause, wish: Wish): void {
  const before = state.reading.wishes.at(-1);
  const tool = wish.mention.candidates[0]?.tool;
  const isSame = before !== undefined && before.mention.candidates[0]?.tool === tool && before.stage === wish.stage;
  const isAlike = isSame && before.branch === wish.branch && before.source === wish.source && before.each === wish.each;
  if (!isAlike || tool === undefined || takesSubject(tool) || opensWithVerb(clause.tokens) || wish.isHidden) {
    state.reading.wishes.push(wish);
    return;
  }
  before.tokens = [...before.tokens, ...wish.tokens];
  before.words = [...before.words, ...wish.words];
  before.text = textOf(state.parts.goal, before.tokens);
  state.reading.wishes.splice(-1, 1, before);
}

function readUnmatched(state: State, clause: Clause, mentions: Mention[]): void {
  const before = state.reading.wishes.at(-1);
  const isSameSentence = before !== undefined && clause.joiner !== "start";
  if (isFiller(clause.tokens)) {
    if (isSameSentence && isFurtherNumber(before, clause)) state.reading.wishes.push(twin(state, before, clause));
    else if (isSameSentence) before.tokens = [...before.tokens, ...clause.tokens];
    return;
  }
  if (joinsOpen(state, clause)) return;
  const isNoun = !opensWithVerb(clause.tokens);
  if (isSameSentence && isNoun && extend(state, before, clause)) return;
  state.open = clause;
  miss(state, clause.tokens, mentions);
}

/** "cancel order 3 and 4": the same call once more, where the tool needs one number and has it. */
function isFurtherNumber(before: Wish, clause: Clause): boolean {
  const tool = before.mention.candidates[0]?.tool;
  const content = clause.tokens.filter((token) => !isStop(token));
  if (tool === undefined || content.length !== 1 || content[0]?.kind !== "number") return false;
  const hints = tool.planning?.inputs ?? {};
  const numbers = [...requiredOf(tool.inputSchema)].filter((name) => hints[name] === "number");
  return numbers.length === 1 && before.tokens.some((token) => token.kind === "number");
}

/** "pros" · "cons": two parts that only together are the phrase of a tool. */
function joinsOpen(state: State, clause: Clause): boolean {
  const open = state.open;
  if (open === null || open.sentence !== clause.sentence || opensWithTask(clause.tokens)) return false;
  const both = { ...open, tokens: [...open.tokens, ...clause.tokens] };
  const mentions = findMentions(state.index, maskDocuments(both.tokens, state.isMade));
  if ((mentions[0]?.candidates.length ?? 0) === 0) return false;
  const text = textOf(state.parts.goal, open.tokens);
  state.reading.unmet = state.reading.unmet.filter((unmet) => unmet.text !== text);
  addMentions(state, both, mentions);
  return true;
}

/** Nouns that belong to the wish before: words of its tool, a further value, or more of its subject. */
function extend(state: State, before: Wish, clause: Clause): boolean {
  const tool = before.mention.candidates[0]?.tool;
  if (tool === undefined) return false;
  const known = state.index.vocabulary(tool);
  const content = clause.tokens.filter(hasContent);
  if (takesSubject(tool) || needsText(tool)) {
    const named = valueWords(tool);
    const values = clause.tokens.filter((token) => named.has(token.lower));
    if (isNameLike(clause.tokens.filter((token) => !values.includes(token))) && !startsWithPreposition(clause.tokens)) {
      state.reading.wishes.push(twin(state, before, clause));
      before.tokens = [...before.tokens, ...values];
    } else before.tokens = [...before.tokens, ...clause.tokens];
    return true;
  }
  const ofTool = content.filter((token) => known.has(token.stem));
  if (ofTool.length === 0 && !startsWithPreposition(clause.tokens)) return false;
  before.tokens = [...before.tokens, ...clause.tokens];
  before.words = [...before.words, ...ofTool];
  before.text = textOf(state.parts.goal, before.tokens);
  return true;
}

/** Tools without hints may take any text that follows. */
function needsText(tool: Candidate["tool"]): boolean {
  return tool.planning === null && requiredOf(tool.inputSchema).size > 0;
}

/** "weather in Paris and London": the same wish with another name in the place of the first. */
function twin(state: State, before: Wish, clause: Clause): Wish {
  const last = Math.max(...before.words.map((token) => token.end));
  const opening = before.tokens.filter((token) => token.end <= last);
  return { ...before, tokens: [...opening, ...clause.tokens], text: textOf(state.parts.goal, clause.tokens) };
}
