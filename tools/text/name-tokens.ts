/**
 * Words of a sentence as the name finder sees them. Owns: what looks like part of a name. Must not: join.
 */

export interface NameToken {
  /** Without a possessive ending. */
  text: string;
  /** Lower case, without dots. */
  key: string;
  start: number;
  end: number;
  isCapital: boolean;
  /** What stands between this word and the one before. */
  gap: string;
  /** The word had a possessive ending, which closes a name. */
  isPossessive: boolean;
}

const TOKEN = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’&.-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
const POSSESSIVE = /['’]s$/i;

export function nameTokens(sentence: string): NameToken[] {
  const tokens: NameToken[] = [];
  let last = 0;
  for (const match of sentence.matchAll(TOKEN)) {
    const [raw] = match;
    const text = raw.replace(POSSESSIVE, "");
    const after = sentence.charAt(match.index + raw.length);
    const isPossessive = text !== raw || (/s$/.test(raw) && /['’]/.test(after));
    tokens.push({
      text,
      key: text.toLowerCase().replaceAll(".", ""),
      start: match.index,
      end: match.index + text.length,
      isCapital: /^\p{Lu}/u.test(text) && !/^I(?:['’]|$)/.test(text),
      gap: sentence.slice(last, match.index),
      isPossessive,
    });
    last = match.index + raw.length;
  }
  return tokens;
}
