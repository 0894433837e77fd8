/**
 * Capitalised sequences that may be names, with what stands around them. Owns: what is cut from a name's start and end.
 * Must not: decide what kind of name it is.
 */
import { nameEnd, type TokenSpan } from "./name-span.ts";
import { type NameToken, nameTokens } from "./name-tokens.ts";
import { ORGANIZATION_TAILS, PLACE_TAILS, TITLES } from "./name-words.ts";
import { isStopWord } from "./stop-words.ts";

/** One place where a name stands. */
export interface NameMention {
  words: string[];
  /** The words with what stands between them. */
  text: string;
  isSentenceStart: boolean;
  /** A title stood before it. */
  hasTitle: boolean;
  /** The word before and after, in lower case; "" at the ends. */
  before: string;
  after: string;
  /** The sentence after the name, up to 60 characters. */
  rest: string;
  /** Names that stand beside it in a list ("A, B and C"), as lower-case keys. */
  beside: string[];
}

/** Names in one sentence, in order. `isOrdinary` tells dictionary words from names. */
export function findNames(sentence: string, isOrdinary: (word: string) => boolean): NameMention[] {
  const tokens = nameTokens(sentence);
  const mentions: NameMention[] = [];
  let index = 0;
  let last: { mention: NameMention; end: number } | null = null;
  while (index < tokens.length) {
    const end = nameEnd(tokens, { start: index, isOrdinary });
    const mention = end > index ? makeMention(sentence, tokens, { start: index, end, isOrdinary }) : null;
    if (mention !== null) {
      const from = tokens[index]!.start;
      if (last !== null && LIST_GAP.test(sentence.slice(last.end, from))) pair(last.mention, mention);
      mentions.push(mention);
      last = { mention, end: tokens[end - 1]!.end };
    }
    index = Math.max(end, index + 1);
  }
  return mentions;
}

/** What stands between two names of a list. */
const LIST_GAP = /^(?:, | and | or |, and |, or | & )(?:the )?$/;

function pair(left: NameMention, right: NameMention): void {
  left.beside.push(nameKey(right.words));
  right.beside.push(nameKey(left.words));
}

/** The key under which all mentions of a name are gathered. */
export function nameKey(words: readonly string[]): string {
  return words.join(" ").toLowerCase();
}

/** At the start of a sentence: a participle or adverb that only has a capital because it stands there. */
function isOpener(token: NameToken, isOrdinary: (word: string) => boolean): boolean {
  return (
    isOrdinary(token.key) &&
    /(?:ed|ing|ly)$|^(?:yesterday|today|tomorrow|tonight|meanwhile|dear|despite|thanks|later|earlier)$/.test(token.key)
  );
}

/** The span without stop words, openers and titles at its start and stop words at its end; it may be empty. */
function trimName(tokens: readonly NameToken[], span: TokenSpan): { start: number; end: number; hasTitle: boolean } {
  let { start, end } = span;
  while (start < end && isStopWord(tokens[start]!.key) && tokens[start]!.key !== "us") start++;
  while (start === 0 && start < end - 1 && isOpener(tokens[start]!, span.isOrdinary)) start++;
  const untitled = skipTitles(tokens, { start, end });
  while (end > untitled && isStopWord(tokens[end - 1]!.key) && tokens[end - 1]!.text.length > 2) end--;
  return { start: untitled, end, hasTitle: untitled > start };
}

/** Titles before a name are skipped; "Sister City" or "Queen Street" have none. */
function skipTitles(tokens: readonly NameToken[], { start, end }: { start: number; end: number }): number {
  const lastKey = tokens[end - 1]?.key ?? "";
  if (end - start === 2 && (ORGANIZATION_TAILS.has(lastKey) || PLACE_TAILS.has(lastKey))) return start;
  let from = start;
  while (from < end - 1 && (TITLES.has(tokens[from]!.key) || (from > start && !tokens[from]!.isCapital))) from++;
  return from;
}

function makeMention(sentence: string, tokens: readonly NameToken[], span: TokenSpan): NameMention | null {
  const { start, end, hasTitle } = trimName(tokens, span);
  const name = tokens.slice(start, end);
  const [first, last] = [name[0], name.at(-1)];
  if (first === undefined || last === undefined) return null;
  const next = tokens[end];
  return {
    words: name.map((token) => token.text),
    text: sentence.slice(first.start, last.end).replace(/\s+/g, " "),
    isSentenceStart: start === 0 || /[:“"«–—•]\s*$/.test(first.gap),
    hasTitle,
    before: tokens[start - 1]?.key ?? "",
    after: next !== undefined && /^[\s'’s]*$/.test(next.gap) ? next.key : "",
    rest: sentence.slice(last.end, last.end + 60),
    beside: [],
  };
}
