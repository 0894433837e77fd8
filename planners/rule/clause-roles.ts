/**
 * What the words of a clause do. Owns: its head, whether it asks something, and mentions of what was handed in.
 * Must not: match tools.
 */

import { isVerbAt } from "./markers.ts";
import type { Clause } from "./split-goal.ts";
import { asksWho, hasContent, isDocumentNoun, isStop, isWeakStem, type Token } from "./tokens.ts";
import {
  FILLER_WORDS,
  LANGUAGES,
  MAKING_VERBS,
  NOUN_VERBS,
  POINTING_WORDS,
  PREPOSITIONS,
  TASK_VERBS,
} from "./vocabulary.ts";

const QUESTION = /^(how|what|when|why|who|whom|which|where|whether|did|does|has|have|is|are|was|were|should)$/;

/** Index of the first word that is neither a stop word nor filler, or -1. */
export function headOf(tokens: readonly Token[]): number {
  return tokens.findIndex((token) => !isStop(token) && !(FILLER_WORDS.has(token.lower) && token.kind === "word"));
}

/** True where the clause opens with a verb that asks for something particular ("translate …", "email it"). */
export function opensWithTask(tokens: readonly Token[]): boolean {
  const head = headOf(tokens);
  const word = tokens[head]?.lower ?? "";
  return head >= 0 && (TASK_VERBS.has(word) || NOUN_VERBS.has(word)) && isVerbAt(tokens, head);
}

export function opensWithVerb(tokens: readonly Token[]): boolean {
  const head = headOf(tokens);
  return head >= 0 && isVerbAt(tokens, head);
}

export function isQuestion(tokens: readonly Token[]): boolean {
  const first = tokens[0]?.lower ?? "";
  return QUESTION.test(first) || (/^(can|may|could|shall)$/.test(first) && /^(i|we)$/.test(tokens[1]?.lower ?? ""));
}

/** True where nothing in the clause could be a wish. */
export function isFiller(tokens: readonly Token[]): boolean {
  return !tokens.some(hasContent) && !opensWithTask(tokens) && !asksWho(tokens);
}

export function startsWithPreposition(tokens: readonly Token[]): boolean {
  return PREPOSITIONS.has(tokens[0]?.lower ?? "");
}

/** "in French": the language an answer is asked for in, or null. */
export function languageOf(tokens: readonly Token[]): Token | null {
  const at = tokens.findIndex((token, place) => {
    return LANGUAGES.has(token.lower) && /^(in|into|to)$/.test(tokens[place - 1]?.lower ?? "");
  });
  return tokens[at] ?? null;
}

/**
 * Blanks mentions of what was handed in ("this annual report"), so that they match no tool; "write the report" and
 * "a report" stay.
 */
export function maskDocuments(tokens: readonly Token[], isMade: boolean): Token[] {
  const masked = tokens.map((token) => ({ ...token }));
  hideOpeningVerb(masked);
  hideCounting(masked);
  const makes = tokens.some((token) => MAKING_VERBS.has(token.lower)) || isMade;
  tokens.forEach((token, at) => {
    if (
      !POINTING_WORDS.has(token.lower) ||
      (token.lower === "the" && makes && !/^(in|of|from)$/.test(tokens[at - 1]?.lower ?? ""))
    )
      return;
    for (const hidden of masked.slice(at + 1, documentNounAfter(tokens, at) + 1)) hidden.stem = "";
  });
  return masked;
}

/** Place of the noun that ends "this annual report", or -1; two words may stand between. */
export function documentNounAfter(tokens: readonly Token[], at: number): number {
  for (let next = at + 1; next <= at + 3; next++) {
    const noun = tokens[next];
    if (noun === undefined || noun.kind !== "word" || isStop(noun)) return -1;
    if (isDocumentNoun(noun)) return next;
  }
  return -1;
}

/** "how many": that "how" asks for a number and not for a manner. */
function hideCounting(tokens: Token[]): void {
  tokens.forEach((token, at) => {
    if (token.lower === "how" && /^(many|much)$/.test(tokens[at + 1]?.lower ?? "")) token.stem = "";
  });
}

/** "report the tone": there "report" is what one says for "tell". */
function hideOpeningVerb(tokens: Token[]): void {
  const head = tokens[headOf(tokens)];
  const next = tokens[headOf(tokens) + 1]?.lower ?? "";
  if (
    head !== undefined &&
    /^(report|note|state)$/.test(head.lower) &&
    /^(the|its|all|any|what|who|how|on|whether)$/.test(next)
  )
    head.stem = "";
}

/** True where the clause asks for a product such as "a report"; from then on "the report" may mean that. */
export function makesProduct(clause: Clause): boolean {
  const { tokens } = clause;
  return tokens.some((token, at) => isDocumentNoun(token) && /^(a|an|into)$/.test(tokens[at - 1]?.lower ?? ""));
}

/** True where the clause speaks of the document or points at it ("this", "it"). */
export function mentionsDocument(tokens: readonly Token[]): boolean {
  return tokens.some((token) => isDocumentNoun(token) || /^(this|it|these|them|that)$/.test(token.lower));
}

/** Names and quotes: parts of a list that are each a value of their own. */
export function isNameLike(tokens: readonly Token[]): boolean {
  const content = tokens.filter((token) => !isStop(token) && !isWeakStem(token.stem));
  return content.length > 0 && content.every((token) => token.kind === "quote" || /^\p{Lu}/u.test(token.text));
}
