/**
 * Tools that a clause speaks of. Owns: which candidates count, and how two tools in one clause relate.
 * Must not: fill inputs or make steps.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { headOf, isNameLike, isQuestion } from "./clause-roles.ts";
import { requiredOf } from "./schema-reading.ts";
import { isStop, isWeakStem, type Token } from "./tokens.ts";
import { type Candidate, STRONG, THRESHOLD, type ToolIndex } from "./tool-index.ts";
import { STOP_WORDS } from "./vocabulary.ts";

export interface Mention {
  /** Usable tools, best first. */
  candidates: Candidate[];
  /** Weighed and not usable, best first. */
  rejected: { candidate: Candidate; why: string }[];
  /** Tokens that made the match. */
  positions: Set<number>;
}

const MOST_MENTIONS = 8;
const MOST_CANDIDATES = 5;

/** All tools the clause speaks of, in the order of its words; the first entry always carries the rejected ones. */
export function findMentions(index: ToolIndex, tokens: readonly Token[]): Mention[] {
  const left = tokens.map((token) => ({ ...token }));
  const first = weigh(index.match(left), tokens);
  const mentions: Mention[] = [first];
  let latest = first;
  while (latest.candidates.length > 0 && mentions.length < MOST_MENTIONS) {
    blank(left, latest.positions);
    const again = index.match(left);
    const same = again.find((found) => found.tool === latest.candidates[0]?.tool && isWhole(found, left));
    if (same !== undefined) {
      for (const position of same.positions) latest.positions.add(position);
      continue;
    }
    const next = weigh(
      again.filter((found) => isWhole(found, left)),
      tokens,
    );
    const tool = next.candidates[0]?.tool;
    if (tool === undefined || mentions.some((mention) => mention.candidates[0]?.tool === tool)) break;
    mentions.push(next);
    latest = next;
  }
  for (const mention of mentions) keepOwn(mention);
  return mentions.sort((a, b) => Math.min(...a.positions, 1e9) - Math.min(...b.positions, 1e9));
}

function blank(tokens: Token[], positions: ReadonlySet<number>): void {
  for (const position of positions) {
    const token = tokens[position];
    if (token !== undefined) Object.assign(token, { stem: "", lower: "" });
  }
}

/** A further tool in a clause needs its whole phrase, with a word that says something. */
function isWhole(found: Candidate, tokens: readonly Token[]): boolean {
  if (!found.isComplete || found.kind !== "intent" || found.score < THRESHOLD) return false;
  if (found.isVerbatim) return true;
  return found.positions.some((at) => !isWeakStem(tokens[at]?.stem ?? "") && !STOP_WORDS.has(tokens[at]?.lower ?? ""));
}

function weigh(found: Candidate[], tokens: readonly Token[]): Mention {
  const mention: Mention = { candidates: [], rejected: [], positions: new Set() };
  for (const candidate of found) {
    const why = objection(candidate, tokens);
    if (why === null) mention.candidates.push(candidate);
    else if (mention.rejected.length < MOST_CANDIDATES) mention.rejected.push({ candidate, why });
  }
  const best = mention.candidates[0];
  mention.positions = new Set(best?.positions);
  return mention;
}

/** Alternatives are tools for the same words. */
function keepOwn(mention: Mention): void {
  const own = mention.candidates.filter((found) => found.positions.some((at) => mention.positions.has(at)));
  mention.candidates = own.slice(0, MOST_CANDIDATES);
}

/** Why a candidate may not be used, or null. */
function objection(candidate: Candidate, tokens: readonly Token[]): string | null {
  if (candidate.score < THRESHOLD && !isPlainSearch(candidate, tokens)) return `its score is below ${THRESHOLD}`;
  if (lacksSubject(candidate, tokens)) return "the goal does not say what it should be about";
  if (candidate.tool.effect === "read") return null;
  return isAskedFor(candidate, tokens)
    ? null
    : `it has side effects (${candidate.tool.effect}) and is not asked for outright`;
}

/** "Find Berlin": a verb that says little, of a tool that takes a subject, and nothing else but a name or quote. */
function isPlainSearch(candidate: Candidate, tokens: readonly Token[]): boolean {
  if (candidate.kind !== "intent" || !candidate.isComplete || !takesSubject(candidate.tool)) return false;
  const rest = tokens.filter((_, at) => !candidate.positions.includes(at));
  return candidate.positions.includes(headOf(tokens)) && candidate.tool.effect === "read" && isNameLike(rest);
}

/** A part of a phrase alone, of a tool that needs to be told what about: "where are they" is no search. */
function lacksSubject(candidate: Candidate, tokens: readonly Token[]): boolean {
  const hints = candidate.tool.planning?.inputs ?? {};
  const needsSubject = [...requiredOf(candidate.tool.inputSchema)].some((name) => hints[name] === "subject");
  if (candidate.isComplete || !needsSubject) return false;
  return tokens.every((token, at) => candidate.positions.includes(at) || isStop(token) || isWeakStem(token.stem));
}

/** Side effects need the whole phrase, with its verb at the head of a clause that is no question. */
function isAskedFor(candidate: Candidate, tokens: readonly Token[]): boolean {
  const isDeclared = candidate.kind === "intent" || (candidate.tool.planning === null && candidate.kind === "name");
  if (!isDeclared || !candidate.isComplete || candidate.score < STRONG || isQuestion(tokens)) return false;
  const head = headOf(tokens);
  const word = tokens[head]?.lower ?? "";
  if (/^(sent|bought|paid|sold|.+ed)$/.test(word)) return false;
  return candidate.positions.includes(head) || /^(make|place|do|perform)$/.test(word);
}

const FEEDS = /^(of|from|in|within|using|on|about|for|to|based|where|whose)$/;
const INTO = /^(into|as|to)$/;

/**
 * How two mentions in one clause relate: `second feeds first` ("topics of the summary"), `first feeds second`
 * ("turn the summary into a report"), or not at all.
 */
export function relationOf(tokens: readonly Token[], first: Mention, second: Mention): "back" | "forth" | "none" {
  const between = tokens.slice(Math.max(...first.positions) + 1, Math.min(...second.positions));
  if (between.length > 6) return "none";
  if (between.some((token) => INTO.test(token.lower) && token.lower !== "to")) return "forth";
  const isObject =
    first.positions.has(headOf(tokens)) && between.every((token) => /^(the|that|this)$/.test(token.lower));
  if (isObject && between.length > 0) return "back";
  return between.some((token) => FEEDS.test(token.lower)) ? "back" : "none";
}

/** True where the tool takes what the wish is about, so that nouns after the match are values. */
export function takesSubject(tool: ToolDescription): boolean {
  const hints = Object.values(tool.planning?.inputs ?? {});
  return hints.includes("subject") || hints.includes("quote");
}
