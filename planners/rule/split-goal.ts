/**
 * A goal as clauses. Owns: where one wish ends and the next begins, in which order, under which condition, for each
 * of what, and what is not wanted. Must not: know tools; words are only words here.
 */
import { isVerbAt, type Marker, type MarkerKind, markerAt } from "./markers.ts";
import { asksWho, isStop, type Token, tokenize } from "./tokens.ts";

export interface Clause {
  tokens: Token[];
  joiner: "start" | "and" | "or" | "comma" | "but";
  sentence: number;
  /** Wishes of a later stage come after those of the stage before. */
  stage: number;
  isNegated: boolean;
  branch: { condition: number; side: "then" | "else" } | null;
  /** "for each topic": what is gone through. */
  each: Token[] | null;
  /** "using the summary": what the clause after it works on. */
  isSource: boolean;
}

export interface ConditionClause {
  tokens: Token[];
  /** "unless": the condition must not hold. */
  isUnless: boolean;
}

export interface GoalParts {
  goal: string;
  clauses: Clause[];
  conditions: ConditionClause[];
}

/** Longest clause in tokens; what is longer is cut, so that words far apart never make a match. */
const LONGEST = 40;

interface Reader extends GoalParts {
  tokens: Token[];
  at: number;
  current: Clause;
  stage: number;
  branch: Clause["branch"];
  each: Token[] | null;
  /** Tokens of the sentence that no marker is read into. */
  said: ReadonlySet<Token>;
  /** A clause that goes after the next one ("before listing …, summarise"). */
  late: boolean;
}

/** Splits a goal; linear in its length. `said` tells which tokens of a sentence are a phrase that stays whole. */
export function splitGoal(
  goal: string,
  said: (tokens: readonly Token[]) => ReadonlySet<Token> = () => new Set(),
): GoalParts {
  const reader: Reader = {
    goal,
    clauses: [],
    conditions: [],
    tokens: [],
    at: 0,
    current: emptyClause(),
    stage: 0,
    branch: null,
    each: null,
    late: false,
    said: new Set(),
  };
  sentencesOf(tokenize(goal)).forEach((tokens, sentence) => {
    reader.said = said(tokens);
    if (reader.said.size > 0 || !isBackground(tokens)) readSentence(reader, tokens, sentence);
  });
  return { goal, clauses: reader.clauses, conditions: reader.conditions };
}

function emptyClause(): Clause {
  return {
    tokens: [],
    joiner: "start",
    sentence: 0,
    stage: 0,
    isNegated: false,
    branch: null,
    each: null,
    isSource: false,
  };
}

function sentencesOf(tokens: Token[]): Token[][] {
  const sentences: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "mark" && /[.!?;\n。；]/.test(token.lower)) sentences.push([]);
    else sentences.at(-1)?.push(token);
  }
  return sentences.filter((sentence) => sentence.length > 0);
}

const REQUESTS =
  /^(want|wants|need|needs|like|love|require|ask|please|wish|looking|hope|must|should|interested|would|could|can|know)$/;
const TELLERS = /^(i|i'm|i've|we|we're|we've|he|she|they|my|our|it's|there|this|it)$/;

/** "I have a meeting tomorrow": tells something and asks for nothing. */
function isBackground(tokens: Token[]): boolean {
  const first = tokens[0]?.lower ?? "";
  return TELLERS.test(first) && !tokens.some((token) => REQUESTS.test(token.lower)) && tokens.length > 1;
}

function readSentence(reader: Reader, tokens: Token[], sentence: number): void {
  Object.assign(reader, { tokens, at: 0, branch: null, each: null });
  reader.current = { ...emptyClause(), sentence };
  while (reader.at < tokens.length) {
    const isInitial = reader.current.tokens.every(isStop);
    const current = tokens[reader.at];
    const isSaid = current !== undefined && reader.said.has(current);
    const marker = isSaid ? null : markerAt(tokens, reader.at, isInitial);
    if (marker !== null && applyMarker(reader, marker)) continue;
    if (current !== undefined) reader.current.tokens.push(current);
    reader.at += 1;
    if (reader.current.tokens.length >= LONGEST) flush(reader, "comma");
  }
  flush(reader, "start");
}

/** Ends the clause at hand; clauses of stop words alone vanish, and their marks pass on to the next. */
function flush(reader: Reader, joiner: Clause["joiner"]): void {
  const clause = reader.current;
  const isSaid = clause.tokens.some((token) => reader.said.has(token));
  const isEmpty = clause.tokens.every(isStop) && !asksWho(clause.tokens) && !isSaid;
  if (!isEmpty) {
    clause.stage = reader.late ? reader.stage + 1 : reader.stage;
    clause.branch ??= reader.branch;
    clause.each ??= reader.each;
    reader.clauses.push(clause);
    reader.late = false;
  }
  const carried = isEmpty && clause.joiner !== "start" ? clause.joiner : joiner;
  const fresh = { ...emptyClause(), sentence: clause.sentence, joiner: carried };
  reader.current = isEmpty ? { ...fresh, isNegated: clause.isNegated, isSource: clause.isSource } : fresh;
  if (!isEmpty) reader.current.isNegated = clause.isNegated && negationReaches(reader, joiner);
}

/** A refusal goes on over "or", and over "and" and commas until a new verb or a word that ends it. */
function negationReaches(reader: Reader, joiner: Clause["joiner"]): boolean {
  if (joiner === "or") return true;
  if (joiner === "but" || joiner === "start") return false;
  let at = reader.at + 1;
  while (/^(please|and|also|then)$/.test(reader.tokens[at]?.lower ?? "")) at += 1;
  const ahead = reader.tokens.slice(at, at + 6);
  return !isVerbAt(reader.tokens, at) && !ahead.some((token) => /^(just|only|but|instead|please)$/.test(token.lower));
}

type Apply = (reader: Reader, marker: Marker) => boolean;

const JOIN =
  (joiner: Clause["joiner"]): Apply =>
  (reader, marker) => {
    flush(reader, joiner);
    reader.at += marker.length;
    return true;
  };

const APPLY: Record<MarkerKind, Apply> = {
  and: JOIN("and"),
  or: JOIN("or"),
  but: JOIN("but"),
  comma: JOIN("comma"),
  first: skip,
  then: nextStage,
  if: readCondition,
  unless: readCondition,
  else: readElse,
  not: negate,
  each: readEach,
  reason(reader) {
    reader.at = reader.tokens.length;
    return true;
  },
  using(reader, marker) {
    flush(reader, "comma");
    reader.current.isSource = true;
    return skip(reader, marker);
  },
  before(reader, marker) {
    if (reader.current.tokens.every(isStop)) reader.late = true;
    else nextStage(reader, { ...marker, length: 0 });
    return skip(reader, marker);
  },
  after(reader, marker) {
    if (reader.current.tokens.every(isStop)) return readAfter(reader, marker);
    reader.late = true;
    flush(reader, "comma");
    return skip(reader, marker);
  },
};

function applyMarker(reader: Reader, marker: Marker): boolean {
  return APPLY[marker.kind](reader, marker);
}

function skip(reader: Reader, marker: Marker): boolean {
  reader.at += marker.length;
  return true;
}

function nextStage(reader: Reader, marker: Marker): boolean {
  flush(reader, "and");
  reader.current.isNegated = false;
  if (reader.clauses.some((clause) => clause.stage === reader.stage)) reader.stage += 1;
  return skip(reader, marker);
}

/** "after listing the topics, summarise": the first part is a stage of its own. */
function readAfter(reader: Reader, marker: Marker): boolean {
  const end = reader.tokens.findIndex((token, at) => at > reader.at && token.lower === ",");
  skip(reader, marker);
  if (end < 0) return true;
  reader.current.tokens.push(...reader.tokens.slice(reader.at, end));
  reader.at = end + 1;
  return nextStage(reader, { kind: "then", length: 0 });
}

function negate(reader: Reader, marker: Marker): boolean {
  if (!reader.current.tokens.every(isStop)) flush(reader, "but");
  reader.current.isNegated = true;
  return skip(reader, marker);
}

const ASKING = /^(tell|check|see|know|say|find|out|determine|ask|wonder|show|decide|let)$/;

/** "if X, do A" opens a branch to the sentence's end; "do A if X" puts the clause before it under the condition. */
function readCondition(reader: Reader, marker: Marker): boolean {
  const before = reader.current.tokens.filter((token) => !isStop(token));
  if (before.length > 0 && before.every((token) => ASKING.test(token.lower))) return false;
  const start = reader.at + marker.length;
  const end = conditionEnd(reader.tokens, start);
  const condition =
    reader.conditions.push({ tokens: reader.tokens.slice(start, end), isUnless: marker.kind === "unless" }) - 1;
  reader.at = end;
  if (/^(,|then|:)$/.test(reader.tokens[end]?.lower ?? "")) reader.at += 1;
  if (reader.tokens[reader.at]?.lower === "then") reader.at += 1;
  if (before.length === 0) {
    reader.branch = { condition, side: "then" };
    return true;
  }
  reader.current.branch = { condition, side: "then" };
  flush(reader, "but");
  return true;
}

function conditionEnd(tokens: readonly Token[], start: number): number {
  const stop = tokens.findIndex((token, at) => at > start && /^(,|then|:|otherwise|else|—|–)$/.test(token.lower));
  const end = stop < 0 ? tokens.length : stop;
  if (stop >= 0 && tokens[stop]?.lower !== "otherwise") return end;
  for (let at = start + 2; at < end; at++) {
    if (isVerbAt(tokens, at) && !/^(to|not|a|an|the|any|no)$/.test(tokens[at - 1]?.lower ?? "")) return at;
  }
  return end;
}

function readElse(reader: Reader, marker: Marker): boolean {
  if (reader.conditions.length === 0) return skip(reader, marker);
  flush(reader, "but");
  reader.branch = { condition: reader.conditions.length - 1, side: "else" };
  reader.current.isNegated = false;
  skip(reader, marker);
  if (reader.tokens[reader.at]?.lower === ",") reader.at += 1;
  return true;
}

/** "for each topic, …" covers the rest of the sentence; "… for each topic" and "each topic" the clause at hand. */
function readEach(reader: Reader, marker: Marker): boolean {
  const start = reader.at + marker.length;
  const stop = reader.tokens.findIndex(
    (token, at) => at >= start && (token.kind === "mark" || EACH_ENDS.has(token.lower)),
  );
  const end = stop < 0 ? reader.tokens.length : stop;
  const each = reader.tokens.slice(start, end);
  if (each.length === 0) return skip(reader, marker);
  const isLeading = reader.current.tokens.every(isStop);
  reader.at = end;
  if (isLeading) reader.each = each;
  else reader.current.each = each;
  return true;
}

const EACH_ENDS: ReadonlySet<string> = new Set("and then in with using if by to on at but".split(" "));
