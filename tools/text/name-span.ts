/**
 * How far a name reaches. Owns: which words are joined to one name ("Ministry of Health", "Ludwig van B.").
 * Must not: cut titles or judge; `find-names.ts` cuts.
 */
import type { NameToken } from "./name-tokens.ts";
import {
  LEGAL_FORMS,
  ORGANIZATION_HEADS,
  ORGANIZATION_TAILS,
  PARTICLES,
  PLACE_OF_HEADS,
  PLACE_TAILS,
} from "./name-words.ts";
import { isStopWord } from "./stop-words.ts";

/** Tokens `start` to before `end`; `isOrdinary` tells dictionary words from names. */
export interface TokenSpan {
  start: number;
  end: number;
  isOrdinary: (word: string) => boolean;
}

/** One past the last token of the name that starts at `start`; `start` where none does. */
export function nameEnd(tokens: readonly NameToken[], span: Omit<TokenSpan, "end">): number {
  let end = span.start;
  if (tokens[end]?.isCapital !== true) return end;
  end++;
  for (let step = 1; step > 0 && end < tokens.length; end += step) step = stepOver(tokens, { ...span, end });
  return end;
}

/** How many tokens after `end` belong to the name as well; 0 where it is complete. */
function stepOver(tokens: readonly NameToken[], span: TokenSpan): number {
  const last = tokens[span.end - 1]!;
  const next = tokens[span.end]!;
  if (last.isPossessive) return isOwnedTail(next) ? 1 : 0;
  if (next.isCapital) return joins(last, next) ? 1 : 0;
  const width = connectorWidth(tokens, span);
  return width === 0 ? 0 : width + 1;
}

/** "Residents' Association", "King's College": after a possessive only the end of an organization's name goes on. */
function isOwnedTail(next: NameToken): boolean {
  return next.isCapital && ORGANIZATION_TAILS.has(next.key) && /^['’]?s?['’]?\s$/.test(next.gap);
}

/** White space joins; a full stop only after an initial or a title; "&" and a comma before a legal form too. */
function joins(left: NameToken, right: NameToken): boolean {
  const { gap } = right;
  if (/^[ \t]+$|^[ \t]*\n[ \t]*(?!\n)$/.test(gap)) return true;
  if (/^\.\s+$/.test(gap))
    return left.text.length === 1 || /^(?:dr|mr|mrs|ms|prof|st|jr|capt|gen|sen|gov|rev|lt|col|sgt|rep)$/.test(left.key);
  if (/^ & $/.test(gap)) return true;
  return /^, $/.test(gap) && LEGAL_FORMS.has(right.key);
}

/** How many lower-case words join the capitals before `end` to the capital after them; 0 where they don't. */
function connectorWidth(tokens: readonly NameToken[], span: TokenSpan): number {
  const [first, second] = tokens.slice(span.end, span.end + 2);
  if (first === undefined || second === undefined || !isSpace(first) || !isSpace(second)) return 0;
  const name = tokens.slice(span.start, span.end);
  if (first.key === "and") return second.isCapital && joinsByAnd(tokens, span, name) ? 1 : 0;
  const isParticle = PARTICLES.has(first.key);
  if (!isParticle && !takesOf(name, first.key)) return 0;
  if (second.isCapital) return 1;
  const third = tokens[span.end + 2];
  const mayFollow = isParticle ? PARTICLES.has(second.key) : second.key === "the";
  return mayFollow && third?.isCapital === true && isSpace(third) ? 2 : 0;
}

/** "University of …", "Centre for …", "Gulf of …". */
function takesOf(name: readonly NameToken[], connector: string): boolean {
  if (connector !== "of" && connector !== "for") return false;
  if (name.some((token) => ORGANIZATION_HEADS.has(token.key))) return true;
  return connector === "of" && PLACE_OF_HEADS.has(name.at(-1)?.key ?? "");
}

/** "Fisheries and Oceans Agency" and "Department of Health and Care" are one name; "Anna Berg and Acme Ltd" are two. */
function joinsByAnd(tokens: readonly NameToken[], span: TokenSpan, name: readonly NameToken[]): boolean {
  const isPlain = (token: NameToken): boolean => span.isOrdinary(token.key) || isStopWord(token.key);
  let last = span.end + 1;
  while (tokens[last + 1]?.isCapital === true && joins(tokens[last]!, tokens[last + 1]!)) last++;
  const right = tokens.slice(span.end + 1, last + 1);
  if (!right.every(isPlain)) return false;
  const isOfHead = name.some((token) => token.key === "of" || token.key === "for");
  if (isOfHead) return right.length <= 2 && isPlain(name.at(-1)!) && !ORGANIZATION_HEADS.has(right[0]!.key);
  const isClosed = ORGANIZATION_TAILS.has(name.at(-1)!.key) || PLACE_TAILS.has(name.at(-1)!.key);
  return !isClosed && name.every(isPlain) && right.length >= 2 && ORGANIZATION_TAILS.has(right.at(-1)!.key);
}

function isSpace(token: NameToken): boolean {
  return /^\s+$/.test(token.gap);
}
